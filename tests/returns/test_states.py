"""The one table of states: what it permits, to whom, and that services and pages go by it."""

from __future__ import annotations

from collections import Counter

import pytest

from returns.services.figures import HANDED_IN_AGAIN
from returns.states import (
    FIGURE_CHANGES,
    FigureState,
    Hand,
    WrongState,
    find_verifier_change,
    is_revised_with_reason,
    verifier_acts,
)


def test_each_act_of_a_hand_on_a_state_is_in_the_table_once() -> None:
    acts = Counter((item.source, item.verb, item.hand) for item in FIGURE_CHANGES)

    assert [act for act, amount in acts.items() if amount > 1] == []
    assert {item.source for item in FIGURE_CHANGES} == set(FigureState)
    assert {item.target for item in FIGURE_CHANGES} == set(FigureState)


def test_what_goes_against_somebody_s_number_needs_a_reason() -> None:
    assert {item.verb for item in FIGURE_CHANGES if item.needs_reason} == {
        *("figure.revised", "figure.withdrawn", "figure.sent-back", "figure.unit-returned"),
    }
    assert [state for state in FigureState if is_revised_with_reason(state)] == [FigureState.VERIFIED]


def test_handing_in_again_follows_from_the_table() -> None:
    assert {
        FigureState.UNIT_REVIEW: {FigureState.DRAFT, FigureState.SENT_BACK},
        FigureState.SUBMITTED: {FigureState.DRAFT, FigureState.SENT_BACK, FigureState.UNIT_REVIEW},
    } == HANDED_IN_AGAIN


@pytest.mark.parametrize("state", [FigureState.DRAFT, FigureState.UNIT_REVIEW, FigureState.SENT_BACK])
def test_verifier_acts_on_a_newer_value_s_state_only_over_what_was_handed_in(state: FigureState) -> None:
    both = {"figure.verified", "figure.sent-back"}

    assert verifier_acts(source=state, is_handed_in=False, waits=False) == frozenset()
    assert verifier_acts(source=state, is_handed_in=True, waits=True) == both
    assert verifier_acts(source=state, is_handed_in=True, waits=False) == {"figure.sent-back"}
    with pytest.raises(WrongState, match="不能改为“已核定”"):
        find_verifier_change(source=state, target=FigureState.VERIFIED, is_handed_in=False)


def test_verifier_sends_back_what_is_verified_and_confirms_it_once() -> None:
    acts = verifier_acts(source=FigureState.VERIFIED, is_handed_in=True, waits=False)

    assert acts == {"figure.sent-back"}
    assert {item.hand for item in FIGURE_CHANGES if item.target == FigureState.VERIFIED} == {Hand.VERIFIER}

"""Every address × every kind of account × own, foreign and another plan's rows, against docs/rights.md.

Rewrite the table after a change with `WRITE_RIGHTS=1 pytest tests/rights/test_every_address.py`, then read its
difference: it is what the change allows or forbids.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from django.test import Client

from tests.rights.city import MARKS, READERS, ROLES, RightsCity, make_rights_city
from tests.rights.deeds import ACTIONS, Deed
from tests.rights.table import is_worth_a_line, read_table, write_column
from tests.rights.walking import Outcome, Place, act, every_place, read

pytestmark = pytest.mark.django_db

COMBINATIONS_AT_LEAST = 150
"""For each account; that many addresses and acts there were when this was written."""


@pytest.fixture
def city() -> RightsCity:
    return make_rights_city()


def client_for(city: RightsCity, role: str) -> Client:
    client = Client(raise_request_exception=False)
    user = city.people[role]
    if user is not None:
        client.force_login(user)
    return client


def tries(
    city: RightsCity, client: Client, place: Place
) -> list[tuple[str, dict[str, Callable[[], Outcome]]]]:
    """What can be tried at an address: reading it, and each act with its body; by side."""

    def reading(address: str) -> Callable[[], Outcome]:
        return lambda: read(client, address)

    def acting(address: str, side: str, deed: Deed) -> Callable[[], Outcome]:
        prepare = deed.prepare
        before = None if prepare is None else lambda: prepare(city, side)
        return lambda: act(client, address, deed.filled(city, side), before)

    result = [("看", {side: reading(address) for side, address in place.addresses.items()})]
    for deed in ACTIONS.get(place.name, (Deed(name="post"),)):
        sides = {side: acting(address, side, deed) for side, address in deed.sides(place.addresses).items()}
        result.append((deed.name, sides))
    return result


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_as_the_table_says(
    city: RightsCity, role: str, record_property: Callable[[str, object], None]
) -> None:
    client = client_for(city, role)
    column: dict[tuple[str, str], str] = {}
    leaks, unrecorded, combinations = [], [], 0

    for place in every_place(city):
        if place.name == "sign_out":
            continue  # tried last: it ends the session
        for deed, sides in tries(city, client, place):
            words = []
            for side, attempt in sides.items():
                outcome = attempt()
                combinations += 1
                words.append(outcome.word)
                leaks += [f"{place.name} {deed} ({side}): {outcome.word}"] if outcome.status >= 500 else []
                unrecorded += [f"{place.name} {deed} ({side}): {outcome.missing}"] if outcome.missing else []
                leaks += [
                    f"{place.name} {deed} ({side}): {mark}"
                    for mark_side, mark in MARKS.items()
                    if role not in READERS[mark_side] and mark.encode() in outcome.body
                ]
            column[place.name, deed] = words[0] if len(set(words)) == 1 else " / ".join(words)
    column["sign_out", "post"] = act(client, "/accounts/logout/", {}).word

    record_property("rights_combinations", combinations)
    print(f"{ROLES[role]}: {combinations} combinations, {len(leaks)} leaks")
    if os.environ.get("WRITE_RIGHTS"):
        write_column(role, column, is_last=role == list(ROLES)[-1])
    expected = {place: words[role] for place, words in read_table().items()}
    assert leaks == []
    assert unrecorded == []  # every change and every refusal is in the trail
    assert combinations >= COMBINATIONS_AT_LEAST
    assert {place: word for place, word in column.items() if is_worth_a_line(place, column)} == {
        place: word for place, word in expected.items() if is_worth_a_line(place, expected)
    }

"""What of a figure is in force while something newer is written: conditions on rows, and the words for people.

A value is in force from the moment it is handed in (past the 单位审核, where the plan wants one) until another is
handed in, a verifier sends it back, or its reporter withdraws it with a reason. A draft never ends it: DOMAIN
section 4, "a blank never withdraws a figure: withdrawal is an act with a reason". `Figure.submitted_value` and
`submitted_revision` bear it; what was verified goes before it (`returns.selectors.effective_figures`).
"""

from __future__ import annotations

from decimal import Decimal

from django.db.models import F, Q

from audit.canonical import plain_decimal
from returns.states import FigureState

_WAITS = {
    FigureState.DRAFT: "尚未报送",
    FigureState.SENT_BACK: "尚未报送",
    FigureState.UNIT_REVIEW: "在等单位审核",
    FigureState.SUBMITTED: "在等核定",
}
"""By the state of a figure, what its newer value is waiting for."""


def is_handed_in(figure: str = "") -> Q:
    """Condition on rows: something that was handed in is in force. figure is the path to the figure."""
    return Q(**{f"{figure}submitted_revision__isnull": False})


def waits_for_verifier(figure: str = "") -> Q:
    """Condition on rows: what was handed in last is not verified yet. figure is the path to the figure."""
    unverified = Q(**{f"{figure}verified_revision__isnull": True})
    other = Q(**{f"{figure}verified_revision__lt": F(f"{figure}submitted_revision")})
    return is_handed_in(figure) & (unverified | other)


def is_settled(figure: str = "") -> Q:
    """Condition on rows: verified, and nothing was handed in since. figure is the path to the figure."""
    nothing_newer = Q(**{f"{figure}submitted_revision__isnull": True})
    nothing_newer |= Q(**{f"{figure}verified_revision__gte": F(f"{figure}submitted_revision")})
    return Q(**{f"{figure}verified_revision__isnull": False}) & nothing_newer


def note_of_newer(
    *,
    state: str,
    newest: Decimal | None,
    number: int,
    submitted: tuple[Decimal | None, int | None],
    verified: tuple[Decimal | None, int | None],
) -> str:
    """A sentence for people where an earlier value counts while a newer one waits; blank where none does.

    newest and number are the newest revision's; submitted and verified give value and revision of what was
    handed in and verified, twice None where nothing was.
    """
    value, revision = verified if verified[1] is not None else submitted
    if value is None or revision is None or number <= revision or newest is None:
        return ""
    what = "核定数" if verified[1] is not None else "报送数"
    waits = _WAITS.get(FigureState(state))
    if waits is None:
        return ""
    if verified[1] is not None and submitted[1] is not None and verified[1] < submitted[1] < number:
        return (
            f"核定数 {plain_decimal(value)} 仍然有效，报送数 {_said(submitted[0])} 在等核定，"
            f"新值 {plain_decimal(newest)} {waits}"
        )
    if newest == value:
        return f"{what} {plain_decimal(value)} 仍然有效，新存的数相同，{waits}"
    return f"{what} {plain_decimal(value)} 仍然有效，新值 {plain_decimal(newest)} {waits}"


def _said(value: Decimal | None) -> str:
    return "–" if value is None else plain_decimal(value)

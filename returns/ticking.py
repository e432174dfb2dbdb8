"""Rows of the two pages on which figures are reviewed, 核定 and 单位审核: what was typed, and which are chosen.

Nothing is chosen at first: a reviewer says what was looked at. `?ticked=clean` chooses all without a hint, for
browsers without scripts; with scripts `returns/ticking.js` does the same on the spot.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest

from returns.models import Figure
from returns.overviews import ReviewLine
from returns.states import verifier_acts


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    """A line of a review page with what was typed into it, so that a refusal loses nothing."""

    line: ReviewLine
    value: str = ""
    reason: str = ""
    chosen: bool = False
    is_own: bool = False
    """Whether this account had a part in the figure: another one has to review it."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing stands in the column of hints."""
        revision, figure = self.line.revision, self.line.figure
        if revision is None or revision.warnings or revision.number < figure.revision_number:
            return False
        return not (self.line.differs or self.is_own)

    @property
    def acts(self) -> frozenset[str]:
        """What a verifier may do with it now, by the table of states."""
        figure = self.line.figure
        return verifier_acts(
            source=figure.state,
            is_handed_in=figure.submitted_revision is not None,
            waits=figure.waits_for_verifier,
        )

    @property
    def differs_from_report(self) -> bool:
        """Whether another value was verified than the one reported: both are shown."""
        figure, revision = self.line.figure, self.line.revision
        if figure.verified_value is None or figure.verified_revision is None or revision is None:
            return False
        return figure.verified_revision == revision.number and figure.verified_value != revision.value


@dataclass(frozen=True, kw_only=True)
class Ticking:
    """The rows of a page and the two links above them: choose all without a hint, choose none."""

    rows: Sequence[ReviewRow]
    tick_address: str
    untick_address: str

    @property
    def acts(self) -> frozenset[str]:
        """What a verifier may do with one row or another."""
        return frozenset[str]().union(*(row.acts for row in self.rows))

    @property
    def clean_count(self) -> int:
        """How many rows the first link chooses."""
        return sum(row.is_clean for row in self.rows)


def ticking_of(request: HttpRequest, lines: Sequence[ReviewLine], *, own: Collection[int]) -> Ticking:
    """The lines as they were sent, else with those chosen that the address asks for; own are figures' ids."""
    chosen = set(request.POST.getlist("figure"))
    rows = [
        ReviewRow(
            line=line,
            value=request.POST.get(f"value-{line.figure.pk}", ""),
            reason=request.POST.get(f"reason-{line.figure.pk}", ""),
            chosen=str(line.figure.pk) in chosen,
            is_own=line.figure.pk in own,
        )
        for line in lines
    ]
    if not request.POST and request.GET.get("ticked") == "clean":
        rows = [replace(row, chosen=row.is_clean) for row in rows]
    query = request.GET.copy()
    query.pop("ticked", None)
    without = query.urlencode()
    query["ticked"] = "clean"
    return Ticking(
        rows=rows,
        tick_address=f"{request.path}?{query.urlencode()}",
        untick_address=f"{request.path}?{without}" if without else request.path,
    )


def chosen_figures(
    request: HttpRequest, lines: Sequence[ReviewLine], *, acts: str
) -> tuple[list[Figure], list[str]]:
    """The figures that were ticked, and what stands in the way of doing anything with them, in sentences."""
    chosen = set(request.POST.getlist("figure"))
    figures = [line.figure for line in lines if str(line.figure.pk) in chosen]
    if not chosen:
        return [], [f"还没有勾选任何一项，请先勾选要{acts}的数。"]
    if len(figures) != len(chosen):
        gone = len(chosen) - len(figures)
        return [], [
            f"所选的数有 {gone} 项已不在本页（可能刚被别人办理），没有办理任何一项，请核对下表后重新办理。"
        ]
    return figures, []

"""What storing a file would change, computed against what is stored at this moment."""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from accounts.models import User
from audit.canonical import plain_decimal
from districts.models import Organisation
from returns.models import Cycle, Figure, FigureRevision, Upload
from returns.services.figures import HANDED_IN_AGAIN, current_revisions, is_same, state_handed_in
from returns.services.uploads import Examined, warnings_by_place
from returns.states import FigureState
from returns.workbook.types import FigureRow, Vocabulary


class Effect(StrEnum):
    """What storing a row does to its place; the values are read by people."""

    NEW = "新增"
    CHANGED = "改动"
    HANDED_IN = "数值未变，改为已报送"
    TO_UNIT = "数值未变，交单位审核"
    UNCHANGED = "未变"


STORED_LINES = 300
"""Lines of a preview that the upload keeps for its page; the counts and the token are of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """One place that storing would touch: what is stored, what would be, who stored it and when."""

    indicator: str
    unit: str
    organisation: str
    effect: Effect
    before: Decimal | None
    after: Decimal
    state: str
    stored_by: str
    stored_at: datetime.datetime | None
    sheet: str | None
    cell: str | None
    warnings: tuple[str, ...]

    @property
    def says_more(self) -> bool:
        """Whether only the date or the narrative changes."""
        return self.effect is Effect.CHANGED and self.before == self.after

    def as_data(self) -> dict[str, Any]:
        """The line as JSON keeps it: exact decimals as text."""
        return {
            **asdict(self),
            "before": None if self.before is None else plain_decimal(self.before),
            "after": plain_decimal(self.after),
            "stored_at": self.stored_at.isoformat() if self.stored_at else None,
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> PreviewLine:
        """The line that `as_data` wrote."""
        stored_at = data["stored_at"]
        return cls(
            **{
                **data,
                "effect": Effect(data["effect"]),
                "before": None if data["before"] is None else Decimal(data["before"]),
                "after": Decimal(data["after"]),
                "stored_at": datetime.datetime.fromisoformat(stored_at) if stored_at else None,
                "warnings": tuple(data["warnings"]),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What storing a file would do to its places, and a token for what it was compared with.

    lines are the places that would be touched: changes first, then new ones. handed_in are drafts
    and figures sent back that would be handed in (perhaps to the unit's reviewer) as they are. The token is a digest over the
    revision number and state of each place; it differs as soon as anybody changes one of them.
    """

    new: int
    changed: int
    handed_in: int
    unchanged: int
    lines: tuple[PreviewLine, ...]
    token: str

    @property
    def total(self) -> int:
        """Places that the file has a figure for."""
        return self.new + self.changed + self.handed_in + self.unchanged

    @property
    def changes_anything(self) -> bool:
        """Whether storing would do anything at all."""
        return self.unchanged < self.total

    @property
    def is_cut(self) -> bool:
        """Whether more places would be touched than the kept lines show."""
        return self.total - self.unchanged > len(self.lines)

    def as_data(self) -> dict[str, Any]:
        """The preview as the upload keeps it, with the first STORED_LINES lines."""
        return {
            "new": self.new,
            "changed": self.changed,
            "handed_in": self.handed_in,
            "unchanged": self.unchanged,
            "lines": [line.as_data() for line in self.lines[:STORED_LINES]],
            "token": self.token,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Preview:
        """The preview that an upload keeps."""
        return cls(**{**data, "lines": tuple(PreviewLine.from_data(line) for line in data["lines"])})


def preview_examined(upload: Upload, examined: Examined) -> Preview:
    """What storing an examined file would change now."""
    return compute_preview(
        cycle=upload.cycle,
        reporter=upload.organisation,
        rows=examined.result.figures,
        warnings=warnings_by_place(examined.problems),
        vocabulary=examined.vocabulary,
    )


_ORDER = {Effect.CHANGED: 0, Effect.HANDED_IN: 1, Effect.TO_UNIT: 1, Effect.NEW: 2}


def compute_preview(
    *,
    cycle: Cycle,
    reporter: Organisation,
    rows: Sequence[FigureRow],
    warnings: Mapping[tuple[str, str], list[str]],
    vocabulary: Vocabulary,
) -> Preview:
    """Compare rows of a file with what this reporter has stored now. Four queries, whatever the size."""
    goal = state_handed_in(cycle)
    stored = {
        (figure.indicator.code, figure.organisation.code): figure
        for figure in Figure.objects.filter(cycle=cycle, reporter=reporter).select_related(
            "indicator", "organisation"
        )
    }
    concerned = [figure for row in rows if (figure := stored.get((row.indicator, row.organisation)))]
    revisions = current_revisions(concerned)
    authors = {
        user.pk: user.label
        for user in User.objects.filter(
            pk__in={item.author_id for item in revisions.values()}
        ).select_related("organisation")
    }
    indicators = {term.code: term for term in vocabulary.indicators}
    organisations = {term.code: term.name for term in vocabulary.organisations}
    lines: list[PreviewLine] = []
    counts: Counter[Effect] = Counter()
    for row in rows:
        figure = stored.get((row.indicator, row.organisation))
        revision = revisions[figure.pk] if figure else None
        effect = _effect(figure, revision, row, goal=goal)
        counts[effect] += 1
        if effect is Effect.UNCHANGED:
            continue
        lines.append(
            PreviewLine(
                indicator=indicators[row.indicator].name,
                unit=indicators[row.indicator].unit,
                organisation=organisations[row.organisation],
                effect=effect,
                before=figure.value if figure else None,
                after=row.value,
                state=figure.get_state_display() if figure else "",
                stored_by=authors[revision.author_id] if revision else "",
                stored_at=revision.created_at if revision else None,
                sheet=row.sheet,
                cell=row.cell,
                warnings=tuple(
                    _without_place(warning, row)
                    for warning in warnings.get((row.indicator, row.organisation), ())
                ),
            )
        )
    return Preview(
        new=counts[Effect.NEW],
        changed=counts[Effect.CHANGED],
        handed_in=counts[Effect.HANDED_IN] + counts[Effect.TO_UNIT],
        unchanged=counts[Effect.UNCHANGED],
        lines=tuple(sorted(lines, key=lambda line: _ORDER[line.effect])),
        token=_token(rows, stored),
    )


def _without_place(warning: str, row: FigureRow) -> str:
    """A warning (`code：sheet!cell：message`) without its code and the cell, which the line shows."""
    return warning.partition("：")[2].removeprefix(f"{row.sheet}!{row.cell}：")


def _effect(
    figure: Figure | None, revision: FigureRevision | None, row: FigureRow, *, goal: FigureState
) -> Effect:
    if figure is None or revision is None:
        return Effect.NEW
    if not is_same(figure, revision, row):
        return Effect.CHANGED
    if figure.state in HANDED_IN_AGAIN[goal]:
        return Effect.TO_UNIT if goal == FigureState.UNIT_REVIEW else Effect.HANDED_IN
    return Effect.UNCHANGED


def _token(rows: Sequence[FigureRow], stored: Mapping[tuple[str, str], Figure]) -> str:
    """SHA-256 over what is known of each place, in the order of the codes."""
    parts = []
    for place in sorted((row.indicator, row.organisation) for row in rows):
        figure = stored.get(place)
        known = f"{figure.revision_number} {figure.state}" if figure else "-"
        parts.append(f"{place[0]}/{place[1]} {known}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()

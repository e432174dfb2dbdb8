"""What a 报送单 says: its sealed text, its check code, and how its figures stand now.

The sealed text is canonical JSON (`audit/canonical.py`), its digest SHA-256. The check code is the first 60
bits of the digest in twelve characters of five bits each, most significant first, from `ALPHABET`, in groups
of four: anybody with the sealed text can work it out again (docs/submissions.md shows how).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F
from orjson import Fragment

from accounts.rules import Person
from audit.canonical import canonical_bytes, digest_text, parse_canonical, plain_decimal
from huzhou_targets.bulk import in_parts
from indicators.models import Plan
from returns.models import Figure, FigureRevision, QuarterlyReturn
from returns.states import FigureState
from returns.submissions import SignedScan, SignedSheetSetting, Submission

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters without 0, 1, I and O, which are mistaken for one another on paper."""
CODE_LENGTH, GROUP = 12, 4
FORM = "huzhou-targets/submission/1"

_COLUMNS = (
    *("figure_id", "figure__indicator__code", "figure__indicator__name", "figure__indicator__unit"),
    *("figure__organisation__code", "figure__organisation__name"),
    *("value", "data_as_of", "data_status", "number"),
)
_AT_ONCE = 2000
"""So many lines are written at once: a return may have a hundred thousand, and only their text is kept."""


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """A figure on the sheet: codes and names of its place, the value in the indicator's unit, its revision.

    is_new tells that this handing in brought it, and not an earlier one.
    """

    indicator: str
    indicator_name: str
    unit: str
    organisation: str
    organisation_name: str
    value: str
    data_as_of: datetime.date | None
    data_status: str
    revision: int
    is_new: bool

    @property
    def place(self) -> tuple[str, str]:
        """Codes of indicator and organisation."""
        return self.indicator, self.organisation

    @property
    def data_status_word(self) -> str:
        """快报、预计、核定 as the reporter said; empty where nothing was said."""
        return str(FigureRevision.DataStatus(self.data_status).label) if self.data_status else ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet as it was sealed: names are those of that day."""

    plan_name: str
    period_name: str
    organisation_name: str
    number: int
    at: datetime.datetime
    office: str
    lines: tuple[SheetLine, ...]


def sealed_text(
    quarterly_return: QuarterlyReturn,
    *,
    number: int,
    at: datetime.datetime,
    office: str,
    handed_in: Collection[int],
) -> tuple[str, int]:
    """The canonical text of what is handed in now, and how many figures stand in it. One query.

    A newer draft of a figure is its writer's own affair: the sheet bears what was handed in.

    handed_in are the ids of the figures that this act brings.
    """
    cycle, organisation = quarterly_return.cycle, quarterly_return.organisation
    new = set(handed_in)
    rows = FigureRevision.objects.filter(
        figure__quarterly_return=quarterly_return,
        number=F("figure__submitted_revision"),
    ).order_by("figure__indicator__order", "figure__indicator__code", "figure__organisation__order")
    parts, count = [], 0
    for part in in_parts(rows.values_list(*_COLUMNS).iterator(chunk_size=_AT_ONCE), size=_AT_ONCE):
        parts.append(canonical_bytes([_sealed_line(row, new) for row in part])[1:-1])
        count += len(part)
    contents = {
        "form": FORM,
        "plan": cycle.plan.code,
        "plan_name": cycle.plan.short_name,
        "period": str(cycle.period),
        "period_name": cycle.period.label,
        "organisation": organisation.code,
        "organisation_name": organisation.name,
        "number": number,
        "at": at.astimezone(datetime.UTC),
        "office": office,
        "figures": Fragment(b"[" + b",".join(parts) + b"]"),
    }
    parts.clear()  # a large return's text stands in memory as seldom as can be
    return canonical_bytes(contents, without_floats=True).decode(), count


def _sealed_line(row: tuple[Any, ...], new: Collection[int]) -> dict[str, Any]:
    figure, indicator, indicator_name, unit, code, name, value, as_of, status, revision = row
    return {
        "indicator": indicator,
        "indicator_name": indicator_name,
        "unit": unit,
        "organisation": code,
        "organisation_name": name,
        "value": None if value is None else plain_decimal(value),
        "data_as_of": as_of,
        "data_status": status,
        "revision": revision,
        "is_new": figure in new,
    }


def check_code(digest: str) -> str:
    """The printed form of a digest (64 hexadecimal digits), such as `7K3M-Q2XT-9VBD`."""
    bits = int(digest, 16) >> (256 - 5 * CODE_LENGTH)
    characters = [ALPHABET[bits >> 5 * place & 31] for place in reversed(range(CODE_LENGTH))]
    return "-".join("".join(characters[start : start + GROUP]) for start in range(0, CODE_LENGTH, GROUP))


def clean_code(typed: str) -> str:
    """A code as somebody typed it, in the printed form: spaces, dashes and small letters do not matter."""
    plain = "".join(character for character in typed.upper() if character.isalnum())
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def read_sheet(submission: Submission) -> Sheet:
    """The sheet as it was sealed."""
    contents: dict[str, Any] = parse_canonical(submission.contents)
    return Sheet(
        plan_name=contents["plan_name"],
        period_name=contents["period_name"],
        organisation_name=contents["organisation_name"],
        number=contents["number"],
        at=datetime.datetime.fromisoformat(contents["at"]),
        office=contents["office"],
        lines=tuple(_read_line(item) for item in contents["figures"]),
    )


def has_same_figures(first: Submission, second: Submission) -> bool:
    """Whether two sheets of a return bear the same figures, whoever printed them and when."""
    said = [
        [(line.place, line.revision) for line in read_sheet(submission).lines]
        for submission in (first, second)
    ]
    return said[0] == said[1]


def _read_line(item: dict[str, Any]) -> SheetLine:
    as_of = item["data_as_of"]
    return SheetLine(**(item | {"data_as_of": datetime.date.fromisoformat(as_of) if as_of else None}))


@dataclass(frozen=True, kw_only=True)
class LineNow:
    """A line of a sheet beside what is stored now. said is for people; is_changed counts for the verdict."""

    line: SheetLine
    said: str
    is_changed: bool


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A sheet against the stored figures.

    is_genuine: the sealed text has the digest and the code that it was stored with, and each of its figures
    is in the stored history as the sheet says. added are figures handed in since, as (name, organisation).
    """

    is_genuine: bool
    lines: tuple[LineNow, ...]
    added: tuple[tuple[str, str], ...]

    @property
    def changed(self) -> int:
        """How many lines no longer say what the sheet says."""
        return sum(item.is_changed for item in self.lines)

    @property
    def is_unchanged(self) -> bool:
        """Whether a sheet printed now would bear the same figures."""
        return self.is_genuine and not self.changed and not self.added


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """A figure now: state, value and revision of its newest value; handed_in is the revision that was, if any."""

    figure: int
    state: str
    value: Decimal | None
    revision: int
    submitted: Decimal | None
    handed_in: int | None
    indicator_name: str
    organisation_name: str


def readable_lines(submission: Submission, lines: Sequence[SheetLine], *, user: Person) -> list[SheetLine]:
    """The lines of a sheet that concern the account: a verifier reads those of the figures it verifies. One query."""
    figures = Figure.objects.involving(user).filter(quarterly_return=submission.quarterly_return_id)
    places = set(figures.values_list("indicator__code", "organisation__code"))
    return [line for line in lines if line.place in places]


def compare(submission: Submission, lines: Sequence[SheetLine], *, is_whole: bool = True) -> Comparison:
    """The given lines of a sheet against what is stored now. Two queries.

    is_whole says that the lines are all of the sheet: only then figures handed in since are told.
    """
    stored = _stored(submission)
    numbers = {stored[line.place].figure: line.revision for line in lines if line.place in stored}
    history = _history(submission, numbers)
    is_genuine = digest_text(submission.contents) == submission.digest and submission.code == check_code(
        submission.digest
    )
    compared = []
    for line in lines:
        now = stored.get(line.place)
        if now is None or history.get(now.figure) != (line.value, line.data_as_of):
            is_genuine = False
        compared.append(_line_now(line, now))
    known = {line.place for line in lines}
    added = [
        (now.indicator_name, now.organisation_name)
        for place, now in stored.items()
        if place not in known and now.handed_in is not None
    ]
    return Comparison(is_genuine=is_genuine, lines=tuple(compared), added=tuple(added) if is_whole else ())


def _stored(submission: Submission) -> dict[tuple[str, str], _Stored]:
    rows = Figure.objects.filter(quarterly_return=submission.quarterly_return_id)
    return {
        (row[0], row[1]): _Stored(
            figure=row[2],
            state=row[3],
            value=row[4],
            revision=row[5],
            submitted=row[6],
            handed_in=row[7],
            indicator_name=row[8],
            organisation_name=row[9],
        )
        for row in rows.values_list(
            "indicator__code",
            "organisation__code",
            "pk",
            "state",
            "value",
            "revision_number",
            "submitted_value",
            "submitted_revision",
            "indicator__name",
            "organisation__name",
        )
    }


def _history(
    submission: Submission, numbers: dict[int, int]
) -> dict[int, tuple[str | None, datetime.date | None]]:
    """Value and date of the revision of each figure that the sheet names, by the figure's id."""
    rows = FigureRevision.objects.filter(figure__quarterly_return=submission.quarterly_return_id)
    return {
        figure: (None if value is None else plain_decimal(value), as_of)
        for figure, number, value, as_of in rows.values_list("figure_id", "number", "value", "data_as_of")
        if numbers.get(figure) == number
    }


def _line_now(line: SheetLine, now: _Stored | None) -> LineNow:
    """How a line stands: a draft's value is its writer's own affair until it is handed in."""
    if now is None:
        return LineNow(line=line, said="库中没有这一项", is_changed=True)
    if now.revision == line.revision:
        return LineNow(line=line, said=f"未变，{FigureState(now.state).label}", is_changed=False)
    if now.handed_in == line.revision:
        return LineNow(line=line, said="未变，仍然有效；正在修改，新数还没有报送", is_changed=False)
    if now.value is None:
        return LineNow(line=line, said="已撤回", is_changed=True)
    if now.submitted is None:
        return LineNow(line=line, said="正在修改，还没有再次报送", is_changed=True)
    value = plain_decimal(now.submitted)
    if value == line.value:
        return LineNow(line=line, said="数值未变，说明或截至日有改动", is_changed=True)
    return LineNow(line=line, said=f"已改为 {value}", is_changed=True)


def requires_scan(plan: Plan) -> bool:
    """Whether the plan verifies only what a signed scan covers. One query."""
    return SignedSheetSetting.objects.filter(plan=plan, is_required=True).exists()


def without_signed_sheet(figures: Iterable[Figure]) -> list[Figure]:
    """Those of the figures whose revision that was handed in stands on no sheet with a signed scan. One query.

    A correction of one figure leaves the others covered by the sheet that was signed before.
    """
    figures = list(figures)
    signed = SignedScan.objects.filter(
        submission__quarterly_return__in={figure.quarterly_return_id for figure in figures}
    )
    covered = set()
    for submission in Submission.objects.filter(pk__in=signed.values("submission")):
        covered |= {
            (submission.quarterly_return_id, *line.place, line.revision)
            for line in read_sheet(submission).lines
        }
    return [
        figure
        for figure in figures
        if (
            figure.quarterly_return_id,
            figure.indicator.code,
            figure.organisation.code,
            figure.submitted_revision,
        )
        not in covered
    ]

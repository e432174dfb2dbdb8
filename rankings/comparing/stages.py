"""A board scored step by step with the other side's figures, then targets, then rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from audit.canonical import plain_decimal
from indicators.target_text import parse_target_text
from rankings.comparing.rounding import ExactEntry, exact_entries, rounded, to_cent
from rankings.comparing.types import Cause
from rankings.comparing.variants import Variant, variants_for
from rankings.computing import scheme_of, score_inputs
from rankings.spreadsheets import BoardFile, BoardRow, Located, Measure, Role
from returns.workbook.names import fold
from scoring import EntryResult, LineResult, Reason, SchemeError, ScoringError

SAMPLE = 150
"""So many organisations with differences are enough to recognise another rule by."""
MOST_RULES = 3


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A board scored with some inputs."""

    inputs: Mapping[str, Any]
    entries: Mapping[str, EntryResult]

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> Stage:
        """Score the inputs. Raises ScoringError or SchemeError."""
        return cls(inputs=inputs, entries={entry.key: entry for entry in score_inputs(inputs).entries})

    @cached_property
    def lines(self) -> Mapping[tuple[str, str], LineResult]:
        """Every line's result by organisation and indicator."""
        return {(key, line.indicator): line for key, entry in self.entries.items() for line in entry.lines}

    @cached_property
    def exact(self) -> Mapping[str, ExactEntry]:
        """Scores and totals before any rounding, where the methods give them."""
        return exact_entries(self.inputs, self.entries)

    def score(self, key: str, code: str) -> Decimal | None:
        """A line's score; None where it is not scored or not there."""
        line = self.lines.get((key, code))
        return line.score if line else None

    def total(self, key: str) -> Decimal | None:
        """An organisation's total."""
        entry = self.entries.get(key)
        return entry.total if entry else None


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """The file's rows, and how many decimals each of its columns gives."""

    rows: Mapping[str, BoardRow]
    measured: frozenset[tuple[str, Measure]]
    roles: frozenset[Role]
    places: Mapping[Any, int]

    @classmethod
    def of(cls, file: BoardFile) -> Theirs:
        """The file made ready for comparing."""
        places: dict[Any, int] = {}
        for row in file.rows:
            for key, number in (*row.numbers.items(), *row.lines.items()):
                places[key] = max(places.get(key, 0), number.places)
        return cls(
            rows={row.organisation: row for row in file.rows},
            measured=file.measured,
            roles=file.roles,
            places=places,
        )

    def line(self, key: str, code: str, measure: Measure) -> Located | None:
        """A cell of an indicator's column; None where it is blank."""
        return self.rows[key].lines.get((code, measure))

    def number(self, key: str, role: Role) -> Located | None:
        """A cell of a role's column; None where it is blank."""
        return self.rows[key].numbers.get(role)


def same_points(theirs: Located | None, ours: Decimal | None) -> bool:
    """Whether a score or total is the published one: equal to two places, or neither there."""
    if theirs is None or theirs.value is None or ours is None:
        return (theirs is None or theirs.value is None) and ours is None
    return to_cent(theirs.value) == to_cent(ours)


def is_rounded_total(theirs: Located | None, stage: Stage, key: str, *, places: int) -> str | None:
    """How the file's total comes of rounding otherwise what the stage gives; None where it does not."""
    if theirs is None or theirs.value is None:
        return None
    wanted, total = to_cent(theirs.value), stage.total(key)
    exact = stage.exact.get(key)
    if exact is not None:
        for line_places, words in (
            (None, "各项得分不先取整、最后一次取整"),
            (1, "各项得分先保留 1 位小数"),
            (0, "各项得分先取整数"),
        ):
            number = exact.total(line_places=line_places)
            if number is not None and rounded(number, min(places, 2)) == wanted:
                return words
    if (
        places < 2
        and total is not None
        and to_cent(total.quantize(Decimal(1).scaleb(-places), "ROUND_HALF_UP")) == wanted
    ):
        return f"对方总分只保留 {places} 位小数"
    return None


def is_rounded_score(theirs: Located | None, stage: Stage, key: str, code: str, *, places: int) -> str | None:
    """How the file's score comes of rounding otherwise; None where it does not."""
    score = stage.score(key, code)
    if theirs is None or theirs.value is None or score is None or places >= 2:
        return None
    exact = stage.exact.get(key)
    number = exact.scores.get(code) if exact else None
    wanted = to_cent(theirs.value)
    candidates = [score.quantize(Decimal(1).scaleb(-places), "ROUND_HALF_UP")]
    if number is not None and rounded(number, places) == wanted:
        return f"对方得分只保留 {places} 位小数"
    return f"对方得分只保留 {places} 位小数" if to_cent(candidates[0]) == wanted else None


def with_figures(inputs: Mapping[str, Any], theirs: Theirs) -> Mapping[str, Any]:
    """The inputs with the file's figures wherever it has a column for them."""

    def change(key: str, line: Mapping[str, Any]) -> Mapping[str, Any]:
        if key not in theirs.rows or (line["code"], Measure.VALUE) not in theirs.measured:
            return line
        found = theirs.line(key, line["code"], Measure.VALUE)
        value = None if found is None or found.value is None else plain_decimal(found.value)
        return line if same_amount(value, line["value"]) else {**line, "value": value}

    return _with_lines(inputs, change)


def with_targets(inputs: Mapping[str, Any], theirs: Theirs) -> Mapping[str, Any]:
    """The inputs with the file's targets wherever it states another one."""

    def change(key: str, line: Mapping[str, Any]) -> Mapping[str, Any]:
        if key not in theirs.rows or (line["code"], Measure.TARGET) not in theirs.measured:
            return line
        found = theirs.line(key, line["code"], Measure.TARGET)
        if is_same_target(found, line):
            return line
        value = target_value(found, line)
        if value is None:
            return {**line, "target": None, "excluded": line["excluded"] or Reason.NOT_SET.value}
        return {**line, "target": plain_decimal(value), "excluded": None}

    return _with_lines(inputs, change)


def _with_lines(inputs: Mapping[str, Any], change: Any) -> Mapping[str, Any]:
    units = [
        {**unit, "lines": [change(unit["key"], line) for line in unit["lines"]]} for unit in inputs["units"]
    ]
    return {**inputs, "units": units}


def same_amount(one: str | None, other: str | None) -> bool:
    """Whether two exact decimals are the same number, or neither is there."""
    return one == other or (one is not None and other is not None and Decimal(one) == Decimal(other))


def is_same_target(found: Located | None, line: Mapping[str, Any]) -> bool:
    """Whether the file states our target: the same number, the same words, or neither states one."""
    if found is not None and found.raw and fold(found.raw) == fold(line["target_text"]):
        return True
    value = target_value(found, line)
    ours = None if line["target"] is None else Decimal(line["target"])
    return value == ours


def target_value(found: Located | None, line: Mapping[str, Any]) -> Decimal | None:
    """The file's target in the indicator's unit; None where it states none or not as a number."""
    if found is None:
        return None
    if found.value is not None or not found.raw:
        return found.value
    parsed = parse_target_text(found.raw, unit=line["unit"], lower_is_better=line["direction"] == "lower")
    return None if parsed.value is None else parsed.value * Decimal(line["factor"])


@dataclass(frozen=True, kw_only=True)
class Stages:
    """The steps from our board towards the file's: with its figures, its targets, its rule."""

    base: Stage
    figures: Stage
    targets: Stage
    rules: Stage
    chosen: tuple[tuple[Variant, int], ...] = ()
    """The other rules that the file as a whole follows, each with how many numbers it accounts for."""
    singles: tuple[tuple[Variant, Stage], ...] = field(default=())
    """Every other rule alone, for numbers that follow one of their own."""

    @property
    def steps(self) -> tuple[tuple[Cause, Stage], ...]:
        """Causes with the stage at which each has been taken in."""
        return ((Cause.FIGURE, self.figures), (Cause.TARGET, self.targets), (Cause.RULE, self.rules))


def build_stages(inputs: Mapping[str, Any], theirs: Theirs) -> Stages:
    """Score our board and each step. A step that cannot be scored is left as the one before."""
    base = Stage.of(inputs)
    figures = _next(base, with_figures(inputs, theirs))
    targets = _next(figures, with_targets(figures.inputs, theirs))
    unmatched = [key for key in theirs.rows if key in base.entries and not _all_match(targets, theirs, [key])]
    if not unmatched:
        return Stages(base=base, figures=figures, targets=targets, rules=targets)
    sample = _sample(targets, unmatched)
    singles = [
        (variant, stage)
        for variant in variants_for(sample.inputs, sample.entries)
        if (stage := _tried(variant.change(sample.inputs))) is not None
    ]
    chosen = _choose(sample, theirs, singles)
    changed = targets.inputs
    for variant, _ in chosen:
        changed = variant.change(changed)
    return Stages(
        base=base,
        figures=figures,
        targets=targets,
        rules=_next(targets, changed),
        chosen=tuple(chosen),
        singles=tuple(singles),
    )


def _next(before: Stage, inputs: Mapping[str, Any]) -> Stage:
    if inputs == before.inputs:
        return before
    return _tried(inputs) or before


def _tried(inputs: Mapping[str, Any]) -> Stage | None:
    try:
        return Stage.of(inputs)
    except (ScoringError, SchemeError):
        return None


def _sample(stage: Stage, unmatched: Sequence[str]) -> Stage:
    """Enough of a large board to recognise a rule by; all of it where organisations are compared with each other."""
    scheme = scheme_of(stage.inputs)
    methods = [scheme.method, *(rule.method for rule in scheme.indicators.values() if rule.method)]
    if len(unmatched) <= SAMPLE or any(choice.method.pooled for choice in methods):
        return stage
    wanted = set(unmatched[:SAMPLE])
    units = [unit for unit in stage.inputs["units"] if unit["key"] in wanted]
    return _next(stage, {**stage.inputs, "units": units})


def _choose(
    sample: Stage, theirs: Theirs, singles: Sequence[tuple[Variant, Stage]]
) -> list[tuple[Variant, int]]:
    """The few other rules with which most of the file's numbers come out; one of each topic."""
    chosen: list[tuple[Variant, int]] = []
    best, tries = _matches(sample, theirs), list(singles)
    while tries and len(chosen) < MOST_RULES:
        counts = [_matches(stage, theirs) for _, stage in tries]
        count = max(counts)
        if count <= best:
            break
        winner, reached = tries[counts.index(count)]
        chosen.append((winner, count - best))
        best = count
        taken = {variant.topic for variant, _ in chosen}
        tries = [
            (variant, stage)
            for variant, _ in singles
            if variant.topic not in taken and (stage := _tried(variant.change(reached.inputs))) is not None
        ]
    return chosen


def _matches(stage: Stage, theirs: Theirs) -> int:
    return sum(_matched(stage, theirs, key) for key in theirs.rows if key in stage.entries)


def _all_match(stage: Stage, theirs: Theirs, keys: Iterable[str]) -> bool:
    return all(_matched(stage, theirs, key) == _countable(stage, theirs, key) for key in keys)


def _countable(stage: Stage, theirs: Theirs, key: str) -> int:
    scores = sum((line.indicator, Measure.SCORE) in theirs.measured for line in stage.entries[key].lines)
    return scores + (Role.TOTAL in theirs.roles)


def _matched(stage: Stage, theirs: Theirs, key: str) -> int:
    """How many of an organisation's scores and its total the stage gives, rounding aside."""
    count = 0
    for line in stage.entries[key].lines:
        if (line.indicator, Measure.SCORE) in theirs.measured:
            found = theirs.line(key, line.indicator, Measure.SCORE)
            places = theirs.places.get((line.indicator, Measure.SCORE), 2)
            count += same_points(found, line.score) or bool(
                is_rounded_score(found, stage, key, line.indicator, places=places)
            )
    if Role.TOTAL in theirs.roles:
        found = theirs.number(key, Role.TOTAL)
        places = theirs.places.get(Role.TOTAL, 2)
        count += same_points(found, stage.total(key)) or bool(
            is_rounded_total(found, stage, key, places=places)
        )
    return count

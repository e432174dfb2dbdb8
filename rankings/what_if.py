"""测算: the board that other figures, weights, another cap or scheme would give. Nothing is stored.

The changes travel in the address, so that a trial can be kept as a bookmark or sent to a colleague. The
board is computed by the scoring core from the run's own inputs with the changes put in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from audit.canonical import plain_decimal
from rankings.computing import in_own_unit, scheme_of, score_inputs, thaw
from rankings.models import RankingRun, SchemeVersion
from scoring import BoardResult, EntryResult, Scheme, SchemeError, ScoringError
from scoring.exact import to_millionths

MISSING_WORDS = frozenset({"无", "未报送", "没有"})
"""What one writes for a figure that is not there. A blank input means: as it is."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a trial changes; texts as typed. Figures are in the target's own unit, by unit and indicator."""

    scheme: SchemeVersion | None = None
    cap: str = ""
    weights: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is changed."""
        return not (self.scheme or self.cap or self.weights or self.figures)

    def as_query(self) -> dict[str, str]:
        """The changes as parameters of an address, blanks left out."""
        query: dict[str, str] = {}
        if self.scheme:
            query["scheme"] = scheme_name(self.scheme)
        if self.cap:
            query["cap"] = self.cap
        query |= {f"w.{code}": text for code, text in self.weights.items()}
        return query | {f"f.{unit}.{code}": text for (unit, code), text in self.figures.items()}


@dataclass(frozen=True, kw_only=True)
class TrialRow:
    """One organisation on the trial's board beside its present place."""

    key: str
    unit: str
    group: str | None
    rank: int | None
    present_rank: int | None
    group_rank: int | None
    total: Decimal | None
    present_total: Decimal | None
    excluded: str | None

    @property
    def movement(self) -> int | None:
        """Places won (positive) or lost by the trial; None where one of the two has no rank."""
        if self.rank is None or self.present_rank is None:
            return None
        return self.present_rank - self.rank

    @property
    def difference(self) -> Decimal | None:
        """Points won or lost by the trial."""
        if self.total is None or self.present_total is None:
            return None
        return self.total - self.present_total

    @property
    def lost(self) -> Decimal | None:
        """Points lost by the trial, for a sign of its own."""
        return None if self.difference is None else -self.difference


@dataclass(frozen=True, kw_only=True)
class ChangedLine:
    """A line whose figure, weight, score or light the trial changes; values in the target's own unit."""

    unit: str
    indicator: str
    measure: str
    value: str | None
    present_value: str | None
    score: Decimal | None
    present_score: Decimal | None
    light: str
    present_light: str


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a trial came to: the board and the changed lines, or the problems for which there is none."""

    rows: tuple[TrialRow, ...] = ()
    lines: tuple[ChangedLine, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def scheme_name(scheme: SchemeVersion) -> str:
    """How an address names a scheme version: `quarterly-v1`."""
    return f"{scheme.code}-v{scheme.version}"


def read_changes(
    query: Mapping[str, str], *, inputs: Mapping[str, Any], schemes: Iterable[SchemeVersion]
) -> Changes:
    """The changes that an address asks for. Blanks, unknown names and what is as it was are left out."""
    present = inputs["scheme"]
    named = {scheme_name(item): item for item in schemes}
    scheme = named.get(query.get("scheme", ""))
    if scheme is not None and (scheme.code, scheme.version) == (present["code"], present["version"]):
        scheme = None
    values: dict[tuple[str, str], str | None] = {}
    codes: dict[str, None] = {}
    for unit in inputs["units"]:
        for line in unit["lines"]:
            values[unit["key"], line["code"]] = _own_value(line)
            codes[line["code"]] = None
    weights = {code: _typed(query, f"w.{code}") for code in codes}
    figures = {place: _typed(query, f"f.{place[0]}.{place[1]}") for place in values}
    return Changes(
        scheme=scheme,
        cap=_typed(query, "cap"),
        weights={code: text for code, text in weights.items() if text},
        figures={
            place: text for place, text in figures.items() if text and not _is_same(text, values[place])
        },
    )


def _typed(query: Mapping[str, str], name: str) -> str:
    """What was typed, with full-width signs folded and thousands commas left out."""
    return unicodedata.normalize("NFKC", query.get(name, "")).replace(",", "").strip()[:60]


def _own_value(line: Mapping[str, Any]) -> str | None:
    return None if line["value"] is None else in_own_unit(Decimal(line["value"]), Decimal(line["factor"]))


def _is_same(text: str, value: str | None) -> bool:
    if text in MISSING_WORDS:
        return value is None
    try:
        return value is not None and Decimal(text) == Decimal(value)
    except InvalidOperation:
        return False


def try_changes(run: RankingRun, changes: Changes) -> Trial:
    """The board that the changes would give beside the present one. Problems are all named at once."""
    present = thaw(run.inputs)
    inputs = deepcopy(present)
    problems = _put_in_figures(inputs, changes)
    scheme, scheme_problems = _trial_scheme(present, changes)
    problems += scheme_problems
    if problems or scheme is None:
        return Trial(problems=tuple(problems))
    if changes.scheme is not None:
        inputs["rules_version"] = changes.scheme.rules_version
    try:
        before = score_inputs(present)
        after = score_inputs(inputs, scheme=scheme)
    except ScoringError as error:
        return Trial(problems=tuple(str(error).splitlines()))
    notes = []
    if scheme.late and not any("late_days" in unit for unit in inputs["units"]):
        notes.append("这一办法有迟报扣分，本期没有记录迟报天数，测算按没有迟报计。")
    if changes.cap and _has_own_cap(scheme):
        notes.append("计分方法另有自己的封顶，只改总的封顶对它不起作用。")
    return Trial(
        rows=_rows(inputs, before, after),
        lines=tuple(_changed_lines(present, inputs, before, after)),
        notes=tuple(notes),
    )


def _has_own_cap(scheme: Scheme) -> bool:
    """Whether a method of the scheme names a cap of its own, which the scheme's does not reach."""
    rules = (scheme.parameters.get("indicators") or {}).values()
    methods = [scheme.parameters.get("method"), *(rule.get("method") for rule in rules)]
    return any(isinstance(method, Mapping) and "cap" in method for method in methods)


def _put_in_figures(inputs: dict[str, Any], changes: Changes) -> list[str]:
    """Write the trial's figures into the inputs; returns what is wrong with them."""
    problems = []
    for unit in inputs["units"]:
        for line in unit["lines"]:
            text = changes.figures.get((unit["key"], line["code"]))
            if text is None:
                continue
            if text in MISSING_WORDS:
                line["value"] = None
                continue
            number, problem = _read_number(text)
            if number is None:
                problems.append(f"{unit['name']}“{line['indicator']}”的完成值：{problem}")
            else:
                line["value"] = plain_decimal(number * Decimal(line["factor"]))
    return problems


def _read_number(text: str, *, not_negative: bool = False) -> tuple[Decimal | None, str]:
    """The number typed, or what is wrong with it and how to put it right."""
    try:
        number = Decimal(text)
        to_millionths(number, what="")
    except InvalidOperation:
        return None, f"应为数字，现在是“{text}”；要看没有报送的情形，请填“无”"
    except ScoringError as error:
        return None, str(error)
    if not_negative and number < 0:
        return None, f"不能小于 0，现在是 {text}"
    return number, ""


def _trial_scheme(inputs: Mapping[str, Any], changes: Changes) -> tuple[Scheme | None, list[str]]:
    """The chosen or present scheme with the trial's cap and weights, or all its problems."""
    chosen = changes.scheme.parameters if changes.scheme else inputs["scheme"]["parameters"]
    parameters = deepcopy(dict(chosen))
    names = indicator_names(inputs)
    problems = []
    for code, text in changes.weights.items():
        number, problem = _read_number(text, not_negative=True)
        if number is None:
            problems.append(f"“{names[code]}”的分值：{problem.partition('；')[0]}")
            continue
        parameters["indicators"] = dict(parameters.get("indicators") or {})
        rule = dict(parameters["indicators"].get(code) or {})
        parameters["indicators"][code] = rule | {"weight": plain_decimal(number)}
    if changes.cap:
        parameters["cap"] = changes.cap
    try:
        return Scheme.from_dict(parameters), problems
    except SchemeError as error:
        return None, problems + [_in_words(problem) for problem in error.problems]


def _in_words(problem: str) -> str:
    return f"封顶{problem[3:]}" if problem.startswith("cap：") else f"计分办法 {problem}"


def indicator_names(inputs: Mapping[str, Any]) -> dict[str, str]:
    """Names of the board's indicators by code, in the order of their first appearance."""
    return {line["code"]: line["indicator"] for unit in inputs["units"] for line in unit["lines"]}


def _rows(inputs: Mapping[str, Any], before: BoardResult, after: BoardResult) -> tuple[TrialRow, ...]:
    names = {unit["key"]: unit["name"] for unit in inputs["units"]}
    present: dict[str, EntryResult] = {entry.key: entry for entry in before.entries}
    return tuple(
        TrialRow(
            key=entry.key,
            unit=names[entry.key],
            group=entry.group,
            rank=entry.rank,
            present_rank=present[entry.key].rank,
            group_rank=entry.group_rank,
            total=entry.total,
            present_total=present[entry.key].total,
            excluded=entry.excluded,
        )
        for entry in after.entries
    )


def _changed_lines(
    present: Mapping[str, Any], inputs: Mapping[str, Any], before: BoardResult, after: BoardResult
) -> Iterable[ChangedLine]:
    """Every line that the trial changes, in the order of the board's inputs."""
    old = {entry.key: entry for entry in before.entries}
    new = {entry.key: entry for entry in after.entries}
    for old_unit, new_unit in zip(present["units"], inputs["units"], strict=True):
        key = old_unit["key"]
        for number, (old_line, new_line) in enumerate(zip(old_unit["lines"], new_unit["lines"], strict=True)):
            was, now = old[key].lines[number], new[key].lines[number]
            if (was.score, was.light, old_line["value"]) == (now.score, now.light, new_line["value"]):
                continue
            yield ChangedLine(
                unit=old_unit["name"],
                indicator=old_line["indicator"],
                measure=old_line["unit"],
                value=_own_value(new_line),
                present_value=_own_value(old_line),
                score=now.score,
                present_score=was.score,
                light=str(now.light),
                present_light=str(was.light),
            )


@dataclass(frozen=True, kw_only=True)
class FigureInput:
    """One input of the form: the present figure in the target's own unit and what was typed."""

    name: str
    indicator: str
    measure: str
    target_text: str
    present: str | None
    typed: str


@dataclass(frozen=True, kw_only=True)
class WeightInput:
    """One weight of the form: what holds now, and what was typed."""

    name: str
    indicator: str
    present: str
    typed: str


def figure_inputs(inputs: Mapping[str, Any], changes: Changes, *, key: str) -> list[FigureInput]:
    """The figures of one organisation that may change something; lines left out by their target are not."""
    unit = next(item for item in inputs["units"] if item["key"] == key)
    return [
        FigureInput(
            name=f"f.{key}.{line['code']}",
            indicator=line["indicator"],
            measure=line["unit"],
            target_text=line["target_text"],
            present=_own_value(line),
            typed=changes.figures.get((key, line["code"]), ""),
        )
        for line in unit["lines"]
        if line["excluded"] is None and line["due"] and line["target"] and Decimal(line["target"])
    ]


def weight_inputs(inputs: Mapping[str, Any], changes: Changes) -> list[WeightInput]:
    """The weights of all indicators of the board, by the scheme that holds now."""
    scheme = scheme_of(inputs)
    own = {line["code"]: line["weight"] for unit in inputs["units"] for line in unit["lines"]}
    return [
        WeightInput(
            name=f"w.{code}",
            indicator=name,
            present=plain_decimal(
                Decimal(
                    scheme.weight_for(
                        code,
                        own=to_millionths(Decimal(own[code]), what="分值"),
                        quarter=inputs["quarter"],
                    )
                )
                / 1_000_000
            ),
            typed=changes.weights.get(code, ""),
        )
        for code, name in indicator_names(inputs).items()
    ]

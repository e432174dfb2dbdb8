"""Other rules by which people score in spreadsheets, each as a change of a board's inputs.

Only changes: what comes of them is computed by the scoring core like everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring import EntryResult, Reason

Inputs = Mapping[str, Any]
Line = Mapping[str, Any]
Reasons = Mapping[tuple[str, str], str | None]

UNSCORED = frozenset(reason.value for reason in Reason) - {Reason.UNREPORTED.value, Reason.NOT_RANKED.value}
"""Reasons for which a line is left out and the weights are renormalised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One other rule: what it says, for people, and what it makes of a board's inputs.

    topic groups variants that cannot hold together, such as two caps.
    """

    topic: str
    title: str
    change: Callable[[Inputs], Inputs]


def variants_for(inputs: Inputs, entries: Mapping[str, EntryResult]) -> list[Variant]:
    """The other rules that could make a difference on this board, the likeliest first.

    entries are the board's own result: they say which lines are not scored, and why.
    """
    reasons = {
        (key, line.indicator): line.reason.value if line.reason else None
        for key, entry in entries.items()
        for line in entry.lines
    }
    found = [*_parameter_variants(inputs), *_line_variants(inputs), *_exclusion_variants(reasons)]
    return [variant for variant in found if variant.change(inputs) != inputs]


def _parameter_variants(inputs: Inputs) -> Iterator[Variant]:
    cap = Decimal(str(inputs["scheme"]["parameters"]["cap"]))
    for share, words in (
        ("1", "封顶 100 分"),
        ("1000000", "不封顶"),
        ("1.5", "封顶 150 分"),
        ("1.2", "封顶 120 分"),
        ("1.1", "封顶 110 分"),
        ("1.3", "封顶 130 分"),
        ("2", "封顶 200 分"),
    ):
        if Decimal(share) != cap:
            yield Variant(topic="cap", title=words, change=_with_parameters(cap=share))
    yield Variant(topic="schedule", title="按全年目标计分，不按时序折算", change=_whole_year)


def _whole_year(inputs: Inputs) -> Inputs:
    return _without_milestones(_with_parameters(schedule=["1", "1", "1", "1"])(inputs))


def _with_parameters(**parameters: Any) -> Callable[[Inputs], Inputs]:
    def change(inputs: Inputs) -> Inputs:
        scheme = inputs["scheme"]
        return {**inputs, "scheme": {**scheme, "parameters": {**scheme["parameters"], **parameters}}}

    return change


def _line_variants(inputs: Inputs) -> Iterator[Variant]:
    yield Variant(
        topic="schedule",
        title="不用时序节点，按各季度的一般进度折算",
        change=_without_milestones,
    )
    yield Variant(
        topic="baseline",
        title="存量指标不扣基数，按期末数计",
        change=_each_line(lambda line: {"baseline": None}),
    )
    yield Variant(topic="weights", title="各项等权", change=_each_line(lambda line: {"weight": "1"}))
    yield Variant(topic="points", title="不计加分和扣分", change=_without_points)
    yield Variant(
        topic="unreported",
        title="未报送的指标不计分，其余各项重新归一",
        change=_each_line(
            lambda line: (
                {"excluded": Reason.NO_FIGURE_YET.value}
                if line["value"] is None and not line["excluded"]
                else {}
            )
        ),
    )


def _exclusion_variants(reasons: Reasons) -> Iterator[Variant]:
    """Lines that we leave out, counted as nothing or in full instead (没有重新归一)."""
    present = {reason for reason in reasons.values() if reason in UNSCORED}
    choices: list[tuple[str, frozenset[str]]] = [("不计分的指标", frozenset(present))]
    choices += [(f"“{reason}”的指标", frozenset({reason})) for reason in sorted(present)]
    for words, wanted in choices if len(present) != 1 else choices[1:]:
        for title, fields in (("按 0 分计入，没有重新归一", _NOTHING), ("按 100 分计入", _IN_FULL)):
            yield Variant(
                topic="exclusions",
                title=f"{words}{title}",
                change=_with_reason(reasons, wanted, fields),
            )


_OPEN: Mapping[str, Any] = {
    "excluded": None,
    "due": True,
    "kind": "rate",
    "direction": "higher",
    "strict": False,
    "counted": False,
    "target": "1",
    "baseline": None,
    "milestone_share": None,
    "milestone_amount": None,
}
_NOTHING: Mapping[str, Any] = {**_OPEN, "value": None}
_IN_FULL: Mapping[str, Any] = {**_OPEN, "value": "1"}


def _each_line(fields: Callable[[Line], Mapping[str, Any]]) -> Callable[[Inputs], Inputs]:
    def change(inputs: Inputs) -> Inputs:
        units = [
            {**unit, "lines": [{**line, **fields(line)} for line in unit["lines"]]}
            for unit in inputs["units"]
        ]
        return {**inputs, "units": units}

    return change


_without_milestones = _each_line(lambda line: {"milestone_share": None, "milestone_amount": None})


def _with_reason(
    reasons: Reasons, wanted: frozenset[str], fields: Mapping[str, Any]
) -> Callable[[Inputs], Inputs]:
    def change(inputs: Inputs) -> Inputs:
        units = [
            {
                **unit,
                "lines": [
                    {**line, **fields} if reasons.get((unit["key"], line["code"])) in wanted else line
                    for line in unit["lines"]
                ],
            }
            for unit in inputs["units"]
        ]
        return {**inputs, "units": units}

    return change


def _without_points(inputs: Inputs) -> Inputs:
    return {**inputs, "units": [{**unit, "bonuses": [], "deductions": []} for unit in inputs["units"]]}

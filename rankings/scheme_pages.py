"""Reads for the pages of schemes: which there are, who is scored by which, one explained from its own data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.rules import Person
from indicators.models import Indicator, Plan
from indicators.overviews import plans_visible_to
from rankings.computing import board_input, scheme_of, thaw
from rankings.models import Board, RankingRun, SchemeAssignment, SchemeVersion
from rankings.rules import may_see_board
from rankings.selectors import SEALED_FIRST
from scoring import (
    BoardInput,
    Direction,
    Kind,
    LineInput,
    Scheme,
    UnitInput,
    describe_scheme,
    explain_line,
    explain_total,
    score_board,
)
from scoring.explain import Section
from scoring.methods import METHODS

PARAMETERS: tuple[tuple[str, str, str], ...] = (
    ("title", "名称", '"季度晾晒 v2"'),
    ("cap", "每项得分的封顶，1.20 即最高 120 分", '"1.20"'),
    ("schedule", "流量指标一至四季度末应完成全年目标的比例", '["0.25", "0.5", "0.75", "1"]'),
    ("lights", "绿灯和黄灯的下限", '{"green": "1", "yellow": "0.8"}'),
    (
        "groups",
        "部门按计分项数分组：满几项入前一组，两组的名称",
        '{"threshold": 5, "at_least": "五项及以上组", "below": "五项以下组"}',
    ),
    ("bonus_limit", "加分合计的上限", '"5"'),
    ("deduction_limit", "扣分合计的上限", '"5"'),
    (
        "late",
        "迟报：每天扣几分、最多扣几分、从第几天起按未报送计；没有则写 null",
        '{"per_day": "0.5", "most": "3", "unreported_from": 10}',
    ),
    ("method", "计分方法，见下表；只写名称即用默认参数", '{"name": "rank_step", "step": "5"}'),
    (
        "indicators",
        "个别指标另定：方法 method、分值 weight（一个数或四个季度各一个）、否决 veto、降格 substitute",
        '{"industry-parks": {"weight": ["2", "1", "1", "1"], "veto": true}}',
    ),
    ("peers", "比较类方法与谁比：group 同组，board 全榜", '"group"'),
    ("veto", "否决性指标未达标的后果：last、lowest_grade 或 no_top_grade", '"last"'),
    (
        "grades",
        "等次，从高到低，最后一等从 0 分起",
        '[{"at": "100", "name": "优秀"}, {"at": "0", "name": "一般"}]',
    ),
    ("year", "四个季度在年度结果中的权重；不写则取四季度", '["0.15", "0.25", "0.25", "0.35"]'),
)
"""What a scheme can say, for whoever writes a new version: name, meaning, an example."""


@dataclass(frozen=True, kw_only=True)
class MethodHelp:
    """One scoring method for whoever writes a new version: its parameters as name and meaning."""

    name: str
    title: str
    formula: str
    parameters: tuple[tuple[str, str], ...]


def methods_help() -> list[MethodHelp]:
    """All scoring methods with their parameters, from the core's own table."""
    return [
        MethodHelp(
            name=name,
            title=method.title,
            formula=method.formula,
            parameters=tuple(
                (parameter.name, f"{parameter.title}{'（必填）' if parameter.required else ''}")
                for parameter in method.parameters
            ),
        )
        for name, method in METHODS.items()
    ]


def schemes_with_use(user: Person) -> QuerySet[SchemeVersion]:
    """All versions with `is_used` and, as `shown_assignments`, those to plans that the account may see."""
    assignments = (
        SchemeAssignment.objects.filter(plan__in=plans_visible_to(user).order_by().values("pk"))
        .select_related("plan")
        .order_by("plan__order", "from_year", "from_quarter")
    )
    return (
        SchemeVersion.objects.order_by("code", "-version")
        .annotate(is_used=Exists(RankingRun.objects.filter(scheme=OuterRef("pk"))))
        .prefetch_related(Prefetch("assignments", queryset=assignments, to_attr="shown_assignments"))
    )


def plans_without_assignment(plans: Sequence[Plan], schemes: Sequence[SchemeVersion]) -> list[Plan]:
    """The plans that are scored by 季度晾晒 v1 because nothing else was said."""
    assigned = {item.plan_id for scheme in schemes for item in getattr(scheme, "shown_assignments", ())}
    return [plan for plan in plans if plan.pk not in assigned]


@dataclass(frozen=True, kw_only=True)
class WorkedLine:
    """One line of a real ranking, or of an example, from the target to the score, and its total."""

    where: str
    unit: str
    indicator: str
    steps: str
    total_steps: str
    is_example: bool


def explain_in_words(scheme: Scheme) -> list[Section]:
    """The scheme in plain Chinese, with the indicators' names in place of their codes."""
    codes = list(scheme.indicators)
    names = dict(Indicator.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return [
        Section(section.title, tuple(_named(sentence, names) for sentence in section.sentences))
        for section in describe_scheme(scheme)
    ]


def _named(sentence: str, names: Mapping[str, str]) -> str:
    """The sentence with names for the codes of indicators."""
    return re.sub(r"[a-z0-9]+(?:-[a-z0-9]+)*", lambda match: names.get(match[0], match[0]), sentence)


def worked_line(user: Person, version: SchemeVersion) -> WorkedLine | None:
    """A line of the newest ranking by this scheme that the account may see; else of the shipped example."""
    run = _visible_run(user, version)
    if run is not None:
        found = _line_of_run(run)
        if found is not None:
            return found
    return _example(Scheme.from_dict(version.parameters))


def _visible_run(user: Person, version: SchemeVersion) -> RankingRun | None:
    plans = plans_visible_to(user).order_by().values("pk")
    runs = (
        RankingRun.objects.filter(scheme=version, cycle__plan__in=plans)
        .select_related("cycle__plan")
        .defer("inputs")
        .order_by(SEALED_FIRST.desc(), "-id")
    )
    visible = [run for run in runs[:40] if may_see_board(user, cycle=run.cycle)]
    found = next((run for run in visible if run.board == Board.DISTRICTS), visible[0] if visible else None)
    return RankingRun.objects.select_related("cycle__plan").get(pk=found.pk) if found else None


def _line_of_run(run: RankingRun) -> WorkedLine | None:
    inputs = thaw(run.inputs)
    return _first_line(
        board_input(inputs),
        scheme_of(inputs),
        names={unit["key"]: unit["name"] for unit in inputs["units"]},
        indicators={line["code"]: line["indicator"] for unit in inputs["units"] for line in unit["lines"]},
        where=f"{run.cycle}{run.get_board_display()}（{run.get_status_display()}）",
        is_example=False,
        rules_version=inputs["rules_version"],
    )


def _first_line(
    board: BoardInput,
    scheme: Scheme,
    *,
    names: Mapping[str, str],
    indicators: Mapping[str, str],
    where: str,
    is_example: bool,
    rules_version: str = "1",
) -> WorkedLine | None:
    """The first line of the board that was reported and scored, written out by the core.

    One that is not exactly on schedule says more about the arithmetic and is taken first.
    """
    units = {unit.key: unit for unit in board.units}
    entries = score_board(board=board, scheme=scheme, rules_version=rules_version).entries
    reported = [
        (entry, line, result)
        for entry in entries
        for line, result in zip(units[entry.key].lines, entry.lines, strict=True)
        if result.attainment is not None and result.score is not None
    ]
    if not reported:
        return None
    entry, line, result = next((item for item in reported if item[2].attainment != 100), reported[0])
    return WorkedLine(
        where=where,
        unit=names[entry.key],
        indicator=indicators[line.indicator],
        steps=explain_line(line=line, result=result, scheme=scheme, quarter=board.quarter),
        total_steps=explain_total(entry=entry),
        is_example=is_example,
    )


EXAMPLE = (("科技型产业园", Kind.FLOW, "12", "7"), ("创新型小微企业", Kind.FLOW, "160", "88"))
"""Two lines of the worked example of scoring/RULES.md: real targets of 吴兴区, invented figures."""


def _example(scheme: Scheme) -> WorkedLine | None:
    lines = tuple(
        LineInput(
            indicator=name,
            kind=kind,
            direction=Direction.HIGHER,
            counted=True,
            target=Decimal(target),
            value=Decimal(value),
        )
        for name, kind, target, value in EXAMPLE
    )
    board = BoardInput(quarter=2, units=(UnitInput(key="example", order=1, group=None, lines=lines),))
    return _first_line(
        board,
        scheme,
        names={"example": "某区县"},
        indicators={line.indicator: line.indicator for line in lines},
        where="举例：二季度，完成值为虚构",
        is_example=True,
    )


def draft_of(version: SchemeVersion, *, number: int) -> str:
    """The version's parameters as JSON for a new version with this number, for editing."""
    title = re.sub(r"\s*v\d+$", "", version.title)
    data: dict[str, Any] = {**version.parameters, "version": number, "title": f"{title} v{number}"}
    return json.dumps(data, ensure_ascii=False, indent=2)

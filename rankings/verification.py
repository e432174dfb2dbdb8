"""The independent check of everything sealed: recompute, compare, follow the chain.

A board computed elsewhere cannot be recomputed: it is checked against its sealed rows, and where its ranks
do not follow from its totals that is told as a remark and is no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model

from audit.canonical import digest_text
from rankings.computing import (
    LINE_FIELDS,
    Fields,
    Values,
    document_digest,
    document_of,
    rows_of,
    thaw,
    two_places,
)
from rankings.external import rank_remarks
from rankings.models import ChainHead, RankingRun
from rankings.selectors import entries_with_lines
from rankings.services.sealing import GENESIS, run_digest
from scoring import ScoringError


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that does not hold: which ranking, and what is wrong, for people."""

    run: str
    what: str


def verify_sealed(*, anchor: str | None = None) -> tuple[int, list[Difference]]:
    """Recompute every frozen and published ranking and check the chain.

    anchor is a digest printed earlier on paper: it must occur in the chain, which finds a chain that
    was recomputed as a whole. Returns how many rankings were checked and every difference.
    """
    differences: list[Difference] = []
    frozen = RankingRun.objects.filter(status=RankingRun.Status.FROZEN).order_by("id")
    published = RankingRun.objects.filter(status=RankingRun.Status.PUBLISHED).order_by("chain_position")
    checked = 0
    for run in frozen.select_related("cycle__plan", "scheme"):
        checked += 1
        differences += _check_content(run)
    previous, position, digests = GENESIS, 0, set()
    for run in published.select_related("cycle__plan", "scheme"):
        checked += 1
        position += 1
        differences += _check_content(run)
        if run.chain_position != position:
            differences.append(_difference(run, f"链上缺少第 {position} 个排名"))
            position = run.chain_position or position
        if run.previous_digest != previous:
            differences.append(_difference(run, "与上一个已发布排名的摘要不衔接"))
        if run.digest != run_digest(run):
            differences.append(_difference(run, "摘要与内容不符"))
        previous = run.digest
        digests.add(run.digest)
    differences += _check_head(previous, position)
    if anchor is not None and anchor.strip().lower() not in digests:
        differences.append(
            Difference(run="整个链", what=f"链中没有摘要 {anchor}：已发布的排名可能被整体改写")
        )
    return checked, differences


def external_remarks() -> list[Difference]:
    """Where sealed boards that were computed elsewhere have ranks that do not follow from their totals."""
    runs = RankingRun.objects.filter(origin=RankingRun.Origin.EXTERNAL).select_related("cycle__plan")
    return [
        _difference(run, remark)
        for run in runs.order_by("id")
        for remark in rank_remarks(thaw(run.inputs)["units"])
    ]


def _check_content(run: RankingRun) -> list[Difference]:
    if digest_text(run.inputs) != run.input_digest:
        return [_difference(run, "封存的输入与其摘要不符")]
    try:
        inputs = thaw(run.inputs)
        document = document_of(inputs)
        rows = rows_of(inputs, document)
    except (KeyError, TypeError, ValueError, ArithmeticError, ScoringError) as error:
        return [_difference(run, f"封存的输入已不能计算：{error}")]
    found = []
    if document_digest(document) != run.result_digest:
        found.append(_difference(run, "按封存输入重算的结果与封存时的摘要不符"))
    found += [_difference(run, what) for what in _check_identity(run, inputs)]
    deviation = _first_deviation(run, rows)
    if deviation:
        found.append(_difference(run, deviation))
    return found


def _check_identity(run: RankingRun, inputs: dict[str, Any]) -> Iterator[str]:
    scheme = inputs["scheme"]
    stored = [
        ("来源", inputs.get("origin", RankingRun.Origin.COMPUTED.value), run.origin),
        ("计划", inputs["plan"], run.cycle.plan.code),
        ("报告期", inputs["period"], str(run.cycle.period)),
        ("榜", inputs["board"], run.board),
        (
            "计分办法",
            scheme and [scheme["code"], scheme["version"]],
            run.scheme and [run.scheme.code, run.scheme.version],
        ),
        ("规则版本", inputs["rules_version"], run.rules_version),
    ]
    for name, sealed, now in stored:
        if sealed != now:
            yield f"“{name}”与封存输入不符：应为 {sealed}，现为 {now}"


def _first_deviation(run: RankingRun, rows: list[tuple[str, Fields, list[Values]]]) -> str | None:
    """The first stored field that differs from what the sealed inputs give, as a sentence."""
    entries = entries_with_lines(run)
    if len(entries) != len(rows):
        return f"应有 {len(rows)} 个参评单位，现有 {len(entries)} 个"
    for entry, (key, fields, lines) in zip(entries, rows, strict=True):
        if entry.organisation.code != key:
            return f"第 {entry.position} 位应为 {fields['unit']}，现为另一单位"
        deviation = _deviating_field(entry, fields)
        if deviation:
            return f"{fields['unit']}{deviation}"
        stored = list(entry.lines.all())
        if len(stored) != len(lines):
            return f"{fields['unit']}应有 {len(lines)} 项指标，现有 {len(stored)} 项"
        for line, values in zip(stored, lines, strict=True):
            sealed = dict(zip(LINE_FIELDS, values, strict=True))
            deviation = _deviating_field(line, sealed)
            if deviation:
                return f"{fields['unit']}的{sealed['indicator']}{deviation}"
    return None


def _deviating_field(row: Model, fields: Fields) -> str | None:
    for name, sealed in fields.items():
        stored = getattr(row, name)
        if isinstance(stored, Decimal):
            stored = two_places(stored)
        if stored != sealed:
            return f"“{name}”应为 {sealed}，现为 {stored}"
    return None


def _check_head(digest: str, position: int) -> list[Difference]:
    head = ChainHead.objects.filter(pk=1).first()
    if (head.digest if head else GENESIS) == digest and (head.position if head else 0) == position:
        return []
    return [Difference(run="整个链", what="链头与最后一个已发布排名不符：可能有排名被删除")]


def _difference(run: RankingRun, what: str) -> Difference:
    return Difference(run=f"{run} 第{run.number}次", what=what)

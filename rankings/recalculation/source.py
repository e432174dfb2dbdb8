"""What a workbook is made from: a run's sealed inputs beside what was published of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rankings.computing import Document, thaw
from rankings.external import is_external
from rankings.models import Board, RankingRun
from rankings.selectors import newest_chain_digest, ranking_document
from scoring import Scheme, ScoringError

SUPPORTED_RULES = frozenset({"1"})
"""Versions of the scoring rules whose formulas this package knows."""


class NotRecalculable(ScoringError):
    """There is nothing to recompute this ranking by; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Sealed inputs, published ranking, and what is printed about them.

    inputs is the thawed canonical value, document the ranking in the shape of DOMAIN section 8.
    digests holds title and digest of the seal, None where there is none yet.
    """

    inputs: Mapping[str, Any]
    document: Document
    title: str
    status: str
    digests: tuple[tuple[str, str | None], ...] = ()
    signatures: tuple[tuple[str, str], ...] = ()
    is_demo: bool = False

    def __post_init__(self) -> None:
        if is_external(self.inputs):
            raise NotRecalculable(
                "这个榜是外部计算的，系统没有它的计分过程，不能导出复核表；请查看当时导入的原表。"
            )
        if self.inputs["rules_version"] not in SUPPORTED_RULES:
            raise NotRecalculable(f"计分规则版本“{self.inputs['rules_version']}”还没有复核表。")

    @property
    def groups_by_lines(self) -> bool:
        """Whether the groups are made by the number of scored lines."""
        return bool(self.inputs["board"] == Board.DEPARTMENTS)

    @property
    def has_late_rule(self) -> bool:
        """Whether days late take points off or make a return count as unreported."""
        return self.inputs["scheme"]["parameters"].get("late") is not None

    @property
    def scheme(self) -> Scheme:
        """The scheme as it was sealed."""
        return Scheme.from_dict(self.inputs["scheme"]["parameters"])


def source_of(run: RankingRun) -> Source:
    """The source of a stored run. Raises NotRecalculable for rules without formulas."""
    cycle = run.cycle
    correction = f"（第 {run.number} 次发布：更正）" if run.number > 1 else ""
    return Source(
        inputs=thaw(run.inputs),
        document=ranking_document(run),
        title=f"{cycle.plan.short_name} {cycle.period.label} {Board(run.board).label}{correction}",
        status=RankingRun.Status(run.status).label,
        digests=(
            ("最新链摘要", newest_chain_digest()),
            ("本榜摘要", run.digest or None),
            ("输入摘要", run.input_digest),
            ("结果摘要", run.result_digest),
        ),
        signatures=(
            ("经办", run.operator_label),
            ("签发", run.signed_by_label),
            ("数据截至日", run.data_as_of.isoformat() if run.data_as_of else ""),
        ),
        is_demo=cycle.is_demo,
    )

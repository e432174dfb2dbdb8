"""The independent check of everything sealed: recompute, compare, follow the chain."""

from __future__ import annotations

from dataclasses import dataclass

from audit.canonical import digest_text
from rankings.computing import compute_document, document_digest
from rankings.models import ChainHead, RankingRun
from rankings.selectors import ranking_document
from rankings.services.sealing import GENESIS, run_digest


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


def _check_content(run: RankingRun) -> list[Difference]:
    found = []
    if digest_text(run.inputs) != run.input_digest:
        found.append(_difference(run, "封存的输入与其摘要不符"))
    document = compute_document(run.inputs)
    if document_digest(document) != run.result_digest:
        found.append(_difference(run, "按封存输入重算的结果与封存时的摘要不符"))
    stored = ranking_document(run)
    named = {key: stored[key] for key in document}
    if named != document:
        found.append(_difference(run, _first_deviation(document, named)))
    return found


def _first_deviation(computed: dict[str, object], stored: dict[str, object]) -> str:
    if computed["entries"] == stored["entries"]:
        key = next(key for key in computed if computed[key] != stored[key])
        return f"“{key}”与封存输入不符：应为 {computed[key]}，现为 {stored[key]}"
    entries = zip(computed["entries"], stored["entries"], strict=False)  # type: ignore[call-overload]
    for right, wrong in entries:
        if right != wrong:
            for key in right:
                if right[key] != wrong[key] and key != "lines":
                    return f"{right['unit']}“{key}”应为 {right[key]}，现为 {wrong[key]}"
            return f"{right['unit']}的得分构成与重算结果不符"
    return "参评单位的数目与重算结果不符"


def _check_head(digest: str, position: int) -> list[Difference]:
    head = ChainHead.objects.filter(pk=1).first()
    if (head.digest if head else GENESIS) == digest and (head.position if head else 0) == position:
        return []
    return [Difference(run="整个链", what="链头与最后一个已发布排名不符：可能有排名被删除")]


def _difference(run: RankingRun, what: str) -> Difference:
    return Difference(run=f"{run} 第{run.number}次", what=what)

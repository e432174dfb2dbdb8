"""Following the trail's chain from its first entry to its newest: what was altered, added or removed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from audit import protection
from audit.models import AuditEntry, AuditHead
from audit.services import GENESIS, entry_digest


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that does not hold; entry is the number of the first broken entry, None for the chain's end."""

    entry: int | None
    what: str


@dataclass(frozen=True, kw_only=True)
class TrailCheck:
    """What following the whole chain came to. newest is the digest at its end, 64 zeros for an empty trail."""

    entries: int
    newest: str
    faults: tuple[Fault, ...]

    @property
    def is_whole(self) -> bool:
        """Nothing was found."""
        return not self.faults


def check_trail(*, anchor: str = "") -> TrailCheck:
    """Recompute every entry's digest and follow the links.

    The chain is followed up to the first broken entry: whatever comes after it rests on it. anchor is a
    digest written down earlier; it must occur in the chain, or the trail was rewritten as a whole.
    Triggers that should protect the trail and are missing in the database are faults as well.
    """
    previous, count, anchored = GENESIS, 0, not anchor
    wanted = anchor.strip().lower()
    faults: list[Fault] = []
    for entry in AuditEntry.objects.order_by("id").iterator(chunk_size=2000):
        what = _broken(entry, previous)
        if what:
            faults.append(Fault(entry=entry.pk, what=f"{entry}：{what}"))
            break
        previous, count = entry.digest, count + 1
        anchored = anchored or entry.digest == wanted
    else:
        head = AuditHead.objects.filter(pk=1).first()
        if (head.digest if head else GENESIS) != previous:
            faults.append(Fault(entry=None, what="审计链的末端与链头不一致：最后的记录可能被删除"))
    if not anchored:
        faults.append(Fault(entry=None, what=f"链中没有摘要 {wanted}：记录可能被整体改写"))
    faults += [
        Fault(entry=None, what=f"数据库中缺少保护触发器 {name}：请运行 manage.py migrate 重新安装并查明原因")
        for name in protection.missing(connection=connection)
        if name.startswith("protect_audit_")
    ]
    return TrailCheck(entries=count, newest=previous, faults=tuple(faults))


def _broken(entry: AuditEntry, previous: str) -> str:
    """Why an entry does not continue the chain; empty where it does."""
    if entry.digest != entry_digest(entry):
        return "内容与摘要不符，这一条被改动过"
    if entry.previous_digest != previous:
        return "与前一条记录接不上，它前面的记录被删除或调换过"
    return ""

"""Appending to the audit trail, always inside the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from audit.canonical import digest_of
from audit.context import current_address
from audit.models import AuditEntry, AuditHead

if TYPE_CHECKING:
    from accounts.models import User

GENESIS = "0" * 64


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A subject that is no row: a page that was refused, a file that was made while one waited."""

    type: str
    id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Act:
    """What is to be recorded: the verb (`area.past-tense`), its subject and the change."""

    verb: str
    subject: models.Model | Thing
    plan_code: str = ""
    period: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def record(
    *,
    actor: User | None,
    verb: str,
    subject: models.Model | Thing,
    plan_code: str = "",
    period: str = "",
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    actor_label: str = "",
) -> AuditEntry:
    """Append one entry. Must run inside the transaction of the act; raises if there is none.

    actor_label names who acted where there is no account: somebody who has not signed in.
    """
    act = Act(
        verb=verb, subject=subject, plan_code=plan_code, period=period, changes=changes or {}, reason=reason
    )
    return record_many(actor=actor, acts=[act], actor_label=actor_label)[0]


def record_many(*, actor: User | None, acts: Sequence[Act], actor_label: str = "") -> list[AuditEntry]:
    """Append several entries of one act with a single lock of the chain's head.

    Call it last in a service: the head stays locked until the transaction ends.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit entry must be written in the transaction of the act it records")
    AuditHead.objects.get_or_create(pk=1, defaults={"digest": GENESIS})
    head = AuditHead.objects.select_for_update().get(pk=1)
    now = timezone.now()
    entries = []
    for act in acts:
        subject = _as_thing(act.subject)
        entry = AuditEntry(
            at=now,
            actor=actor,
            actor_label=(actor.label if actor else actor_label or "系统")[:150],
            address=current_address(),
            verb=act.verb,
            subject_type=subject.type[:64],
            subject_id=subject.id[:64],
            subject_label=subject.label[:255],
            plan_code=act.plan_code,
            period=act.period,
            changes=dict(act.changes),
            reason=act.reason,
            previous_digest=head.digest,
        )
        entry.digest = head.digest = entry_digest(entry)
        entries.append(entry)
    created = AuditEntry.objects.bulk_create(entries)
    head.save(update_fields=["digest"])
    return created


def _as_thing(subject: models.Model | Thing) -> Thing:
    if isinstance(subject, Thing):
        return subject
    return Thing(type=subject._meta.label_lower, id=str(subject.pk or ""), label=str(subject))


def entry_digest(entry: AuditEntry) -> str:
    """The digest that this entry must carry, from its content and its predecessor's digest."""
    return digest_of(
        {
            "at": entry.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(),
            "actor": entry.actor_id,
            "actor_label": entry.actor_label,
            "address": entry.address,
            "verb": entry.verb,
            "subject": [entry.subject_type, entry.subject_id, entry.subject_label],
            "plan": entry.plan_code,
            "period": entry.period,
            "changes": entry.changes,
            "reason": entry.reason,
            "previous": entry.previous_digest,
        }
    )

"""Drafting, editing, signing and issuing: the text may change until it is signed, its numbers never."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.canonical import digest_of
from audit.services import record
from bulletins.drafting import (
    BRIEF_RECIPIENTS,
    NOTICE_RECIPIENTS,
    Draft,
    draft_brief,
    draft_notice,
    issuer_of,
    known_names,
    published_runs,
)
from bulletins.models import Bulletin, Kind, Wording
from bulletins.rules import may_draft, may_draft_brief, may_edit, may_edit_wording, may_issue, may_sign
from bulletins.slots import check_text
from bulletins.wording import NOTICE, check_template
from districts.models import City
from indicators.models import Plan
from returns.models import Cycle
from returns.states import WrongState

HEADER_FIELDS = ("title", "issuer", "recipients", "copies")
MOST_CHARACTERS = 20_000


class TextRefused(ValueError):
    """An edited text cannot be kept; `problems` lists everything that is wrong, for people."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@transaction.atomic
def start_notice(*, actor: User, cycle: Cycle) -> Bulletin:
    """Draft a 通报 of a published quarter. Raises PermissionDenied, WrongState or WordingError."""
    if not may_draft(actor, plan_code=cycle.plan.code):
        raise PermissionDenied("只有牵头办可以起草通报")
    runs = published_runs(cycle)
    if not runs:
        raise WrongState(f"{cycle.period.label}的排名还没有发布，发布以后才能起草通报")
    return _store(actor, Kind.NOTICE, draft_notice(runs), city=cycle.plan.city, cycle=cycle)


@transaction.atomic
def start_brief(*, actor: User, city: City) -> Bulletin:
    """Draft a 简报 over all plans of a city. Raises PermissionDenied, WrongState or WordingError."""
    if not may_draft_brief(actor):
        raise PermissionDenied("只有牵头办可以起草简报")
    return _store(actor, Kind.BRIEF, draft_brief(city), city=city, cycle=None)


def _store(actor: User, kind: Kind, draft: Draft, *, city: City, cycle: Cycle | None) -> Bulletin:
    plan = cycle.plan if cycle else draft.runs[0].cycle.plan
    bulletin = Bulletin.objects.create(
        kind=kind,
        city=city,
        cycle=cycle,
        title=draft.title,
        issuer=issuer_of(plan),
        recipients=NOTICE_RECIPIENTS if kind == Kind.NOTICE else BRIEF_RECIPIENTS,
        sections=list(draft.sections),
        facts=draft.facts,
        tables=[table.as_dict() for table in draft.tables],
        drafted_by=actor,
    )
    bulletin.runs.set(draft.runs)
    _record(actor, "bulletin.drafted", bulletin, changes={"runs": [run.digest for run in draft.runs]})
    return bulletin


def _locked(bulletin: Bulletin) -> Bulletin:
    rows = Bulletin.objects.select_for_update(of=("self",)).select_related("cycle__plan", "city")
    return rows.get(pk=bulletin.pk)


@transaction.atomic
def edit_bulletin(
    *, actor: User, bulletin: Bulletin, header: Mapping[str, str], texts: Mapping[str, str], revision: int
) -> Bulletin:
    """Change heading fields and section texts of a draft. revision is the one that was edited.

    Raises PermissionDenied; WrongState when it is signed or somebody else saved meanwhile; TextRefused
    with every problem: unknown slots, figures typed by hand, empty headings.
    """
    bulletin = _locked(bulletin)
    if not may_edit(actor, bulletin):
        raise PermissionDenied("只有牵头办可以修改文稿")
    if not bulletin.is_draft:
        raise WrongState("文稿已签发，不能修改；确需修改请先撤回签发")
    if bulletin.revision != revision:
        raise WrongState("这份文稿已被别人改过，您的修改没有保存；请在新打开的页面上对照后再改")
    problems = _problems(bulletin, header, texts)
    if problems:
        raise TextRefused(problems)
    before = {name: getattr(bulletin, name) for name in HEADER_FIELDS}
    old = {section["key"]: section["text"] for section in bulletin.sections}
    for name in HEADER_FIELDS:
        setattr(bulletin, name, header[name].strip())
    bulletin.sections = [
        section | {"text": _tidy(texts.get(section["key"], section["text"]))} for section in bulletin.sections
    ]
    new = {section["key"]: section["text"] for section in bulletin.sections}
    bulletin.revision += 1
    bulletin.save()
    changes = {
        name: [before[name], getattr(bulletin, name)]
        for name in HEADER_FIELDS
        if before[name] != getattr(bulletin, name)
    }
    changes |= {key: [old[key], new[key]] for key in new if old[key] != new[key]}
    _record(actor, "bulletin.edited", bulletin, changes=changes)
    return bulletin


def _problems(bulletin: Bulletin, header: Mapping[str, str], texts: Mapping[str, str]) -> list[str]:
    words = {"title": "标题", "issuer": "发文机关", "recipients": "主送机关"}
    problems = [f"{word}不能为空，请填写" for name, word in words.items() if not header[name].strip()]
    names = known_names(bulletin)
    for section in bulletin.sections:
        text = texts.get(section["key"], section["text"])
        if len(text) > MOST_CHARACTERS:
            problems.append(f"“{section['heading']}”超过 {MOST_CHARACTERS} 字，请精简")
            continue
        found = check_text(_tidy(text), facts=bulletin.facts, names=names)
        problems.extend(f"“{section['heading']}”：{problem}" for problem in found)
    return problems


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def content_digest(bulletin: Bulletin) -> str:
    """SHA-256 over everything that a leader signs: heads, text, numbers, annexes, rankings."""
    return digest_of(
        {name: getattr(bulletin, name) for name in HEADER_FIELDS}
        | {
            "kind": bulletin.kind,
            "sections": bulletin.sections,
            "facts": bulletin.facts,
            "tables": bulletin.tables,
            "runs": sorted(bulletin.runs.values_list("digest", flat=True)),
        }
    )


@transaction.atomic
def sign_bulletin(*, actor: User, bulletin: Bulletin, revision: int) -> Bulletin:
    """A leader's sign-off of exactly this text. Raises PermissionDenied or WrongState."""
    bulletin = _locked(bulletin)
    if not may_sign(actor, bulletin):
        raise PermissionDenied("只有领导可以签发")
    if not bulletin.is_draft:
        raise WrongState("这份文稿已经签发")
    if bulletin.revision != revision:
        raise WrongState("这份文稿刚被修改过，请看过新稿再签发")
    bulletin.state = Bulletin.State.SIGNED
    bulletin.signed_by_label = actor.label
    bulletin.signed_at = timezone.now()
    bulletin.digest = content_digest(bulletin)
    bulletin.save()
    _record(actor, "bulletin.signed", bulletin, changes={"digest": bulletin.digest})
    return bulletin


@transaction.atomic
def take_back(*, actor: User, bulletin: Bulletin, reason: str) -> Bulletin:
    """Make a signed text a draft again, with a reason. Raises PermissionDenied or WrongState."""
    bulletin = _locked(bulletin)
    if not (may_edit(actor, bulletin) or may_sign(actor, bulletin)):
        raise PermissionDenied("只有牵头办或领导可以撤回签发")
    if bulletin.state != Bulletin.State.SIGNED:
        raise WrongState("只有已签发而未印发的文稿可以撤回")
    if not reason.strip():
        raise WrongState("撤回签发须写明理由")
    was = bulletin.digest
    bulletin.state = Bulletin.State.DRAFT
    bulletin.signed_by_label, bulletin.signed_at, bulletin.digest = "", None, ""
    bulletin.revision += 1
    bulletin.save()
    _record(actor, "bulletin.taken-back", bulletin, changes={"digest": [was, ""]}, reason=reason.strip())
    return bulletin


@transaction.atomic
def issue_bulletin(
    *, actor: User, bulletin: Bulletin, code: str, sequence: int, dated_on: datetime.date
) -> Bulletin:
    """Give a signed text its number and date. After this nothing of it changes.

    Raises PermissionDenied; WrongState when it is not signed, its rankings were corrected meanwhile, its
    content is not what was signed, or the number is taken.
    """
    bulletin = _locked(bulletin)
    if not may_issue(actor, bulletin):
        raise PermissionDenied("只有牵头办可以印发")
    if bulletin.state != Bulletin.State.SIGNED:
        raise WrongState("文稿还没有经领导签发，不能印发")
    if content_digest(bulletin) != bulletin.digest:
        raise WrongState("文稿内容与签发时不一致，不能印发；请报告审计管理员")
    if bulletin.cycle is not None and set(published_runs(bulletin.cycle)) != set(bulletin.runs.all()):
        raise WrongState("起草以后排名发布了更正，请撤回签发，按更正后的排名重新起草")
    year = dated_on.year
    same = Bulletin.objects.filter(number_code=code, number_year=year, number_sequence=sequence)
    if same.exists():
        raise WrongState(f"{code}〔{year}〕{sequence}号已经用过，请换一个序号")
    bulletin.state = Bulletin.State.ISSUED
    bulletin.number_code, bulletin.number_year, bulletin.number_sequence = code, year, sequence
    bulletin.dated_on = dated_on
    bulletin.issued_at = timezone.now()
    bulletin.save()
    _record(
        actor, "bulletin.issued", bulletin, changes={"number": bulletin.number, "digest": bulletin.digest}
    )
    return bulletin


def next_sequence(code: str, year: int) -> int:
    """The number after the newest of this office and year."""
    used = Bulletin.objects.filter(number_code=code, number_year=year)
    newest: int | None = used.aggregate(newest=Max("number_sequence"))["newest"]
    return (newest or 0) + 1


@transaction.atomic
def discard_bulletin(*, actor: User, bulletin: Bulletin) -> None:
    """Throw a draft away; the trail keeps that it was there. Raises PermissionDenied or WrongState."""
    bulletin = _locked(bulletin)
    if not may_edit(actor, bulletin):
        raise PermissionDenied("只有牵头办可以删除草稿")
    if not bulletin.is_draft:
        raise WrongState("已签发的文稿不能删除")
    _record(actor, "bulletin.discarded", bulletin, changes={"sections": bulletin.sections})
    bulletin.delete()


@transaction.atomic
def save_wording(*, actor: User, plan: Plan, templates: Mapping[str, str], front: int, end: int) -> Wording:
    """A new version of a plan's sentence templates; documents drafted before keep their text.

    Raises PermissionDenied, or TextRefused with what is wrong in each template.
    """
    if not may_edit_wording(actor, plan_code=plan.code):
        raise PermissionDenied("只有牵头办可以修改通报句式")
    headings = {section.key: section.heading for section in NOTICE}
    problems = [
        f"“{headings[key]}”：{problem}"
        for key, template in templates.items()
        if (problem := check_template(template))
    ]
    if problems:
        raise TextRefused(problems)
    newest = Wording.objects.select_for_update().filter(plan=plan).order_by("-version").first()
    wording = Wording.objects.create(
        plan=plan,
        version=newest.version + 1 if newest else 1,
        templates={key: templates[key] for key in headings if key in templates},
        front=front,
        end=end,
        changed_by=actor,
    )
    record(
        actor=actor,
        verb="wording.saved",
        subject=wording,
        plan_code=plan.code,
        changes={"templates": wording.templates, "front": front, "end": end},
    )
    return wording


def _record(
    actor: User, verb: str, bulletin: Bulletin, *, changes: Mapping[str, Any], reason: str = ""
) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=bulletin,
        plan_code=bulletin.cycle.plan.code if bulletin.cycle else "",
        period=str(bulletin.cycle.period) if bulletin.cycle else "",
        changes=changes,
        reason=reason,
    )

"""Evidence files of figures: attaching, taking back, handing out. Nothing that was kept is ever deleted."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import Act, record, record_many
from districts.models import Organisation
from returns.evidence_files import (
    EvidenceKind,
    NotEvidence,
    inspect_evidence,
    name_with_ending,
    problem_of,
    too_large,
)
from returns.models import Cycle, Figure
from returns.papers import Evidence, EvidenceWithdrawal
from returns.rules import may_attach_evidence, may_read_papers
from returns.services.batches import BATCH_BYTES
from returns.services.cycles import lock_cycle
from returns.services.entry import CodedPlace, Entered, Entry, enter_figures
from returns.services.uploads import shown_name
from returns.states import SEALED_STATES, WrongState
from returns.workbook.types import Problem


@dataclass(frozen=True, kw_only=True)
class _Checked:
    """A file that may be kept."""

    place: CodedPlace
    name: str
    kind: EvidenceKind
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


Files = Mapping[CodedPlace, Sequence[UploadedFile]]
"""Files by the place (indicator code, organisation code) of the figure for which they are evidence."""


@dataclass(frozen=True, kw_only=True)
class Attached:
    """What came of files: the rows that were added, or the problems, and then nothing was kept."""

    evidence: tuple[Evidence, ...] = ()
    problems: tuple[Problem, ...] = ()


def attach_evidence(*, actor: User, figure: Figure, files: Sequence[UploadedFile]) -> Attached:
    """Keep files as evidence of one figure, all or none.

    Raises PermissionDenied for anybody but its reporter, WrongState once its cycle is frozen.
    """
    if not may_attach_evidence(actor, figure):
        raise PermissionDenied(f"您不能为“{figure}”上传佐证：只有填报单位可以")
    place = (figure.indicator.code, figure.organisation.code)
    checked, problems = _look_through({place: files})
    if not files:
        problems = [problem_of("（未选）", "还没有选择文件，请先选择再上传", place=place)]
    if not problems:
        with transaction.atomic():
            attached = _keep(actor, figure.cycle, {place: figure}, checked)
        if not attached.problems:
            return attached
        problems = list(attached.problems)
    _record_refusal(actor, figure, figure.cycle, problems)
    return Attached(problems=tuple(problems))


def enter_with_evidence(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    entries: Sequence[Entry],
    files: Files,
    source: str,
    reason: str = "",
    submit: bool = False,
) -> Entered:
    """Save typed figures and the files given with them in one transaction, all or none.

    The files are looked at first. Raises what `enter_figures` raises.
    """
    checked, problems = _look_through(files)
    if problems:
        _record_refusal(actor, reporter, cycle, problems)
        return Entered(saved=None, problems=tuple(problems))
    with transaction.atomic():
        entered = enter_figures(
            actor=actor,
            cycle=cycle,
            reporter=reporter,
            entries=entries,
            source=source,
            reason=reason,
            submit=submit,
        )
        if entered.saved is None or not checked:
            return entered
        attached = _keep(actor, cycle, _figures_at(cycle, reporter), checked)
        if not attached.problems:
            return entered
        transaction.set_rollback(True)  # the figures go back too
    _record_refusal(actor, reporter, cycle, attached.problems)
    return Entered(saved=None, problems=attached.problems)


def _figures_at(cycle: Cycle, reporter: Organisation) -> dict[CodedPlace, Figure]:
    rows = Figure.objects.filter(cycle=cycle, reporter=reporter, value__isnull=False).order_by("pk")
    found = rows.select_related("indicator", "organisation", "reporter", "cycle__plan")
    return {(item.indicator.code, item.organisation.code): item for item in found}


def _look_through(files: Files) -> tuple[list[_Checked], list[Problem]]:
    """The files that may be kept and a problem for each that may not; both are told at once."""
    checked: list[_Checked] = []
    problems: list[Problem] = []
    total = sum(file.size or 0 for given in files.values() for file in given)
    if total > BATCH_BYTES:
        limit = BATCH_BYTES // (1024 * 1024)
        message = f"一次上传合计 {total / 1024 / 1024:.1f} MB，超过 {limit} MB 的上限，请分几次上传"
        return [], [problem_of("全部文件", message)]
    for place, given in files.items():
        for file in given:
            name = shown_name(file.name or "")
            try:
                checked.append(_look_at(place, name, file))
            except NotEvidence as refused:
                problems.append(problem_of(name, str(refused), place=place))
    return checked, problems


def _look_at(place: CodedPlace, name: str, file: UploadedFile) -> _Checked:
    limit = settings.EVIDENCE_MAX_BYTES
    if (file.size or 0) > limit:
        raise NotEvidence(too_large(file.size or 0, limit))
    data = file.read()
    kind = inspect_evidence(data, kinds=settings.EVIDENCE_KINDS, max_bytes=limit)
    return _Checked(place=place, name=name_with_ending(name, kind), kind=kind, data=data)


def _keep(
    actor: User, cycle: Cycle, figures: Mapping[CodedPlace, Figure], checked: Sequence[_Checked]
) -> Attached:
    """Store looked-at files at their figures. Raises WrongState once the cycle is frozen."""
    cycle = lock_cycle(cycle)
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不能再上传佐证")
    problems = _obstacles(figures, checked)
    if problems:
        return Attached(problems=tuple(problems))
    now = timezone.now()
    rows = []
    for item in checked:
        figure = figures[item.place]
        row = Evidence(
            figure=figure,
            revision_number=figure.revision_number,
            filename=item.name,
            kind=item.kind.code,
            size=len(item.data),
            sha256=item.sha256,
            author=actor,
            created_at=now,
        )
        row.content.save(f"{item.sha256[:32]}.bin", ContentFile(item.data), save=False)
        rows.append(row)
    rows = Evidence.objects.bulk_create(rows)
    acts = [
        Act(
            verb="evidence.attached",
            subject=row.figure,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={"evidence": row.pk, "name": row.filename, "sha256": row.sha256, "size": row.size},
        )
        for row in rows
    ]
    if acts:
        record_many(actor=actor, acts=acts)
    return Attached(evidence=tuple(rows))


def _obstacles(figures: Mapping[CodedPlace, Figure], checked: Sequence[_Checked]) -> list[Problem]:
    """What keeps files from their figures: no figure yet, too many, or the same file is there already."""
    present = Evidence.objects.filter(
        figure__in=[figure.pk for figure in figures.values()], withdrawal__isnull=True
    )
    known: dict[tuple[int, str], str] = {}
    counts: Counter[int] = Counter()
    for row in present.only("figure_id", "sha256", "filename"):
        known[row.figure_id, row.sha256] = row.filename
        counts[row.figure_id] += 1
    problems = []
    for item in checked:
        figure = figures.get(item.place)
        if figure is None:
            message = "这一项还没有完成值，请先填数再附佐证"
        elif (figure.pk, item.sha256) in known:
            message = f"与“{known[figure.pk, item.sha256]}”内容相同，不必重复上传"
        elif counts[figure.pk] >= settings.EVIDENCE_FILES_MAX:
            message = f"每项最多 {settings.EVIDENCE_FILES_MAX} 个佐证文件，请合并后上传，或先撤回不用的"
        else:
            known[figure.pk, item.sha256] = item.name
            counts[figure.pk] += 1
            continue
        problems.append(problem_of(item.name, message, place=item.place))
    return problems


def _record_refusal(
    actor: User, subject: Figure | Organisation, cycle: Cycle, problems: Sequence[Problem]
) -> None:
    with transaction.atomic():
        record(
            actor=actor,
            verb="evidence.refused",
            subject=subject,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={"problems": [problem.message for problem in problems]},
        )


@transaction.atomic
def withdraw_evidence(*, actor: User, evidence: Evidence, reason: str) -> EvidenceWithdrawal:
    """Take a file back with a reason: it no longer counts, and stays in the figure's history.

    Raises PermissionDenied for anybody but the reporter, WrongState without a reason, once the figure is
    verified (the file is what the verification rests on), once the cycle is frozen, or the second time.
    """
    cycle = lock_cycle(evidence.figure.cycle)
    figure = (
        Figure.objects.select_for_update(of=("self",))
        .select_related("indicator", "organisation", "cycle__plan")
        .get(pk=evidence.figure_id)
    )
    if not may_attach_evidence(actor, figure):
        raise PermissionDenied(f"您不能撤回“{figure}”的佐证：只有填报单位可以")
    if not reason.strip():
        raise WrongState("撤回佐证须写明理由")
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不能再撤回佐证")
    if figure.is_settled:
        raise WrongState("这一项已经核定，佐证是核定的依据，不能撤回；确需更换的，请联系核定单位退回")
    if EvidenceWithdrawal.objects.filter(evidence=evidence).exists():
        raise WrongState(f"“{evidence.filename}”已经撤回过了")
    withdrawal = EvidenceWithdrawal.objects.create(
        evidence=evidence, reason=reason.strip(), author=actor, created_at=timezone.now()
    )
    record(
        actor=actor,
        verb="evidence.withdrawn",
        subject=figure,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"evidence": evidence.pk, "name": evidence.filename, "sha256": evidence.sha256},
        reason=reason.strip(),
    )
    return withdrawal


@transaction.atomic
def hand_out_evidence(*, actor: User, evidence: Evidence) -> bytes:
    """The file as it came, and an entry in the trail of who took it. Raises PermissionDenied."""
    figure = evidence.figure
    if not may_read_papers(actor, figure):
        raise PermissionDenied
    with evidence.content.open("rb") as file:
        data: bytes = file.read()
    record(
        actor=actor,
        verb="evidence.downloaded",
        subject=figure,
        plan_code=figure.cycle.plan.code,
        period=str(figure.cycle.period),
        changes={"evidence": evidence.pk, "name": evidence.filename, "sha256": evidence.sha256},
    )
    return data

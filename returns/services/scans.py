"""Signed scans of 报送单: keeping them, handing them out, and whether a plan wants them before it verifies."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import owns_plan
from audit.services import record
from indicators.models import Plan
from returns.evidence_files import EvidenceKind, NotEvidence, inspect_evidence, name_with_ending, too_large
from returns.rules import may_attach_scan
from returns.services.cycles import lock_cycle
from returns.services.uploads import shown_name
from returns.states import SEALED_STATES, WrongState
from returns.submissions import SignedScan, SignedSheetSetting, Submission

SCAN_KINDS = ("pdf", "jpg", "png")
"""What a scanner or a telephone makes; decided by content (`returns.evidence_files`)."""


def attach_scan(*, actor: User, submission: Submission, file: UploadedFile | None) -> SignedScan:
    """Keep the signed and stamped scan of a sheet; what it is, its content decides.

    Raises PermissionDenied for anybody but the reporting organisation's reporter and reviewer, WrongState for
    a file that is not taken (recorded as a refusal) or once the cycle is frozen.
    """
    if not may_attach_scan(actor, submission):
        raise PermissionDenied(f"您不能上传“{submission}”的扫描件：只有填报单位可以")
    try:
        return _keep_scan(actor, submission, file)
    except WrongState as refused:
        cycle = submission.quarterly_return.cycle
        with transaction.atomic():
            record(
                actor=actor,
                verb="scan.refused",
                subject=submission,
                plan_code=cycle.plan.code,
                period=str(cycle.period),
                changes={"name": shown_name(file.name or "") if file else "", "why": str(refused)},
            )
        raise


@transaction.atomic
def _keep_scan(actor: User, submission: Submission, file: UploadedFile | None) -> SignedScan:
    if file is None:
        raise WrongState("还没有选择文件，请先选择签字盖章后的扫描件再上传")
    cycle = lock_cycle(submission.quarterly_return.cycle)
    if cycle.state in SEALED_STATES:
        raise WrongState(f"{cycle.period.label}已冻结，不能再上传扫描件")
    name = shown_name(file.name or "")
    try:
        data, kind = _look_at(file)
    except NotEvidence as refused:
        raise WrongState(f"“{name}”没有收下：{refused}") from refused
    sha256 = hashlib.sha256(data).hexdigest()
    if submission.scans.filter(sha256=sha256).exists():
        raise WrongState(f"“{name}”没有收下：与已上传的扫描件内容相同，不必重复上传")
    scan = SignedScan(
        submission=submission,
        filename=name_with_ending(name, kind),
        kind=kind.code,
        size=len(data),
        sha256=sha256,
        author=actor,
        created_at=timezone.now(),
    )
    scan.content.save(f"{sha256[:32]}.bin", ContentFile(data), save=False)
    scan.save()
    record(
        actor=actor,
        verb="scan.attached",
        subject=submission,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"scan": scan.pk, "name": scan.filename, "sha256": sha256, "size": scan.size},
    )
    return scan


def _look_at(file: UploadedFile) -> tuple[bytes, EvidenceKind]:
    """The file's bytes and what it is. Raises NotEvidence; a file above the limit is not read."""
    limit = settings.SIGNED_SCAN_MAX_BYTES
    if (file.size or 0) > limit:
        raise NotEvidence(too_large(file.size or 0, limit))
    data = file.read()
    return data, inspect_evidence(data, kinds=SCAN_KINDS, max_bytes=limit)


@transaction.atomic
def hand_out_scan(*, actor: User, scan: SignedScan) -> bytes:
    """The scan as it came, and an entry in the trail of who took it.

    scan must come from `SignedScan.objects.visible_to(actor)`.
    """
    with scan.content.open("rb") as file:
        data: bytes = file.read()
    cycle = scan.submission.quarterly_return.cycle
    record(
        actor=actor,
        verb="scan.downloaded",
        subject=scan.submission,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
        changes={"scan": scan.pk, "name": scan.filename, "sha256": scan.sha256},
    )
    return data


@transaction.atomic
def require_signed_sheets(*, actor: User, plan: Plan, required: bool, reason: str) -> SignedSheetSetting:
    """Say whether the plan verifies only figures that stand on a sheet with a signed scan.

    Holds from the next verification on; what is verified stays. Raises PermissionDenied for anybody but the
    plan's owner, WrongState without a reason or where it stands so already.
    """
    if not owns_plan(actor, plan_code=plan.code):
        raise PermissionDenied("只有牵头办可以改报送单的要求")
    if not reason.strip():
        raise WrongState("没有改：请写明理由")
    Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    setting = SignedSheetSetting.objects.filter(plan=plan).first()
    if (setting is not None and setting.is_required) == required:
        raise WrongState(f"现在已经{'要求' if required else '不要求'}扫描件，没有改动")
    setting, _ = SignedSheetSetting.objects.update_or_create(
        plan=plan,
        defaults={
            "is_required": required,
            "reason": reason.strip(),
            "changed_by": actor,
            "changed_at": timezone.now(),
        },
    )
    record(
        actor=actor,
        verb="signed-sheet.required" if required else "signed-sheet.not-required",
        subject=setting,
        plan_code=plan.code,
        changes={"required": [not required, required]},
        reason=reason.strip(),
    )
    return setting

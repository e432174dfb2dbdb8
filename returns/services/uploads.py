"""A file's way in: upload record → reader → checks → figures, all or none, with every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from audit.services import record
from districts.models import Organisation
from returns.checks import check_figures
from returns.models import Cycle, Figure, FigureRevision, Upload
from returns.rules import may_report_for, may_verify
from returns.selectors import build_vocabulary
from returns.services.cycles import require_reporting_open
from returns.services.figures import Saved, save_figures
from returns.services.review import Verification, verify_figures
from returns.states import FigureState, WrongState
from returns.workbook.guidance import make_problem
from returns.workbook.reader import read_return
from returns.workbook.types import Problem, ReadResult


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What came of a file: stored or not, how many figures it holds, and every problem found."""

    upload: Upload | None
    stored: bool
    figures: int
    problems: tuple[Problem, ...]
    saved: Saved | None = None

    @property
    def errors(self) -> list[Problem]:
        """The problems that kept the file out."""
        return [problem for problem in self.problems if problem.level == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """The problems that travel with the figures to the reviewer."""
        return [problem for problem in self.problems if problem.level == "warning"]


def take_in_return(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    filename: str,
    data: bytes,
    dry_run: bool = False,
    verify: bool = False,
) -> Intake:
    """Read a file and store its figures for this reporter, all or none.

    The file itself is always kept (not with dry_run, which stores nothing at all). With verify the
    figures are confirmed too, those that this account may. Raises PermissionDenied only.
    """
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")
    upload = None
    if not dry_run:
        upload = _keep_file(actor=actor, cycle=cycle, reporter=reporter, filename=filename, data=data)
    result, problems = _examine(cycle, reporter, filename, data)
    if any(problem.level == "error" for problem in problems):
        if upload is not None:
            _close_upload(actor, upload, state=Upload.State.REFUSED, result=result, problems=problems)
        return Intake(upload=upload, stored=False, figures=0, problems=tuple(problems))
    count = len(result.figures)
    if upload is None:
        return Intake(upload=None, stored=False, figures=count, problems=tuple(problems))
    try:
        saved, unverified = _store(actor, cycle, reporter, upload, result, problems, verify=verify)
    except WrongState as error:
        problem = Problem(level="error", code="cycle-closed", message=str(error))
        _close_upload(actor, upload, state=Upload.State.REFUSED, result=result, problems=[problem, *problems])
        return Intake(upload=upload, stored=False, figures=0, problems=(problem, *problems))
    return Intake(upload=upload, stored=True, figures=count, problems=(*problems, *unverified), saved=saved)


def refuse_oversized(
    *, actor: User, cycle: Cycle, reporter: Organisation, filename: str, size: int, sha256: str
) -> Upload:
    """Note a file above UPLOAD_MAX_BYTES as refused, without keeping its content.

    size is in bytes, sha256 the digest of all of them. Raises PermissionDenied.
    """
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")
    problem = make_problem("file_too_large", size=megabytes(size), limit=megabytes(settings.UPLOAD_MAX_BYTES))
    upload = Upload(
        cycle=cycle,
        organisation=reporter,
        uploaded_by=actor,
        filename=shown_name(filename),
        size=size,
        sha256=sha256,
    )
    with transaction.atomic():
        upload.save()
        _close_upload(actor, upload, state=Upload.State.REFUSED, result=ReadResult(), problems=[problem])
    return upload


def megabytes(size: int) -> str:
    """A number of bytes for a message."""
    return f"{size / 1024 / 1024:.1f} MB"


def shown_name(filename: str) -> str:
    """The person's own name for a file, without any folder."""
    return PurePath(filename.replace("\\", "/")).name[:255] or "未命名"


def _keep_file(*, actor: User, cycle: Cycle, reporter: Organisation, filename: str, data: bytes) -> Upload:
    """Store the file as it came, under a name of our own; the person's name for it is only shown."""
    digest = hashlib.sha256(data).hexdigest()
    shown = shown_name(filename)
    with transaction.atomic():
        upload = Upload(
            cycle=cycle,
            organisation=reporter,
            uploaded_by=actor,
            filename=shown,
            size=len(data),
            sha256=digest,
        )
        upload.content.save(f"{digest[:32]}.bin", ContentFile(data), save=False)
        upload.save()
        record(
            actor=actor,
            verb="upload.received",
            subject=upload,
            plan_code=cycle.plan.code,
            period=str(cycle.period),
            changes={"name": shown, "sha256": digest, "size": len(data)},
        )
    return upload


def _examine(
    cycle: Cycle, reporter: Organisation, filename: str, data: bytes
) -> tuple[ReadResult, list[Problem]]:
    """Everything that is wrong or doubtful about the file, errors first."""
    closed = []
    try:
        require_reporting_open(cycle, organisation=reporter)
    except WrongState as error:
        closed = [Problem(level="error", code="cycle-closed", message=str(error))]
    vocabulary = build_vocabulary(cycle, reporter=reporter)
    result = read_return(data, filename, vocabulary)
    problems = [*closed, *result.problems, *check_figures(result.figures, result.totals, vocabulary)]
    if not result.figures and not any(problem.level == "error" for problem in problems):
        problems.append(
            Problem(
                level="error",
                code="no-figures",
                message="文件里没有找到任何填报数，请在“完成值”一列填写后再上传",
            )
        )
    return result, problems


def _store(
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    upload: Upload,
    result: ReadResult,
    problems: list[Problem],
    *,
    verify: bool,
) -> tuple[Saved, list[Problem]]:
    with transaction.atomic():
        saved = save_figures(
            actor=actor,
            cycle=cycle,
            reporter=reporter,
            rows=result.figures,
            warnings=warnings_by_place(problems),
            source=FigureRevision.Source.FILE,
            upload=upload,
            reason="",
        )
        unchanged = not (saved.new or saved.changed)
        state = Upload.State.UNCHANGED if unchanged else Upload.State.STORED
        _close_upload(actor, upload, state=state, result=result, problems=problems)
        unverified = (
            verify_own_figures(actor=actor, cycle=cycle, figure_ids=saved.figure_ids) if verify else []
        )
    return saved, unverified


def _close_upload(
    actor: User, upload: Upload, *, state: str, result: ReadResult, problems: Iterable[Problem]
) -> None:
    upload.state = state
    upload.layouts = list(result.layouts)
    upload.problems = [problem_as_data(problem) for problem in problems]
    upload.figure_count = len(result.figures) if state != Upload.State.REFUSED else 0
    with transaction.atomic():
        upload.save(update_fields=["state", "layouts", "problems", "figure_count"])
        record(
            actor=actor,
            verb=f"upload.{state}",
            subject=upload,
            plan_code=upload.cycle.plan.code,
            period=str(upload.cycle.period),
            changes={"figures": upload.figure_count, "errors": len(upload.errors)},
        )


def problem_as_data(problem: Problem) -> dict[str, str | None]:
    """The problem as JSON keeps it."""
    return asdict(problem)


def warnings_by_place(problems: Iterable[Problem]) -> dict[tuple[str, str], list[str]]:
    """Warnings that name a place, as `code：message`, to travel with its figure to the reviewer."""
    found: dict[tuple[str, str], list[str]] = {}
    for problem in problems:
        if problem.level == "warning" and problem.indicator and problem.organisation:
            found.setdefault((problem.indicator, problem.organisation), []).append(
                f"{problem.code}：{problem.message}"
            )
    return found


def verify_own_figures(*, actor: User, cycle: Cycle, figure_ids: Iterable[int]) -> list[Problem]:
    """Confirm those of the figures that wait for it and that this account may confirm.

    Returns a warning for each that it may not, and the problems that stood in the way of the others.
    """
    figures = list(
        Figure.objects.filter(pk__in=list(figure_ids), state=FigureState.SUBMITTED).select_related(
            "indicator", "organisation", "cycle__plan", "reporter"
        )
    )
    allowed = [figure for figure in figures if may_verify(actor, figure)]
    refused = [figure for figure in figures if figure not in allowed]
    problems = [
        Problem(
            level="warning",
            code="not-verified",
            message=f"“{figure}”已报送，但本账号不能核定它：不能核定自己被排名的数据",
            indicator=figure.indicator.code,
            organisation=figure.organisation.code,
        )
        for figure in refused
    ]
    if allowed:
        problems += verify_figures(
            actor=actor, cycle=cycle, verifications=[Verification(figure_id=item.pk) for item in allowed]
        )
    return problems

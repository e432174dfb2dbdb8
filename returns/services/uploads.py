"""A file's way in: upload record → reader → checks → figures, all or none, with every problem at once.

A program hands a file in by one step (`take_in_return`); a person sees first what it would change
(`examine_upload`) and confirms that (`confirm_upload`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from uuid import UUID

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
from returns.services.cycles import lock_cycle, require_reporting_open
from returns.services.figures import Saved, save_figures
from returns.services.previews import Preview, compute_preview
from returns.services.review import Verification, verify_figures
from returns.states import FigureState, WrongState
from returns.workbook.guidance import make_problem
from returns.workbook.reader import read_return
from returns.workbook.types import Problem, ReadResult, Vocabulary


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


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What a file says and everything that is wrong or doubtful about it, at this moment."""

    vocabulary: Vocabulary
    result: ReadResult
    problems: tuple[Problem, ...]

    @property
    def is_refused(self) -> bool:
        """Whether any problem keeps the file out."""
        return any(problem.level == "error" for problem in self.problems)


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """What came of a confirmation: saved, or the preview that has to be looked at (again) first."""

    upload: Upload
    saved: Saved | None
    preview: Preview | None = None


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
    """Read a file and store its figures for this reporter, all or none, in one step.

    The file itself is always kept (not with dry_run, which stores nothing at all). With verify the
    figures are confirmed too, those that this account may. Raises PermissionDenied only.
    """
    _require_reporter(actor, cycle, reporter)
    upload = None
    if not dry_run:
        upload = _keep_file(actor=actor, cycle=cycle, reporter=reporter, filename=filename, data=data)
    examined = examine_file(cycle, reporter, filename, data)
    if examined.is_refused:
        if upload is not None:
            _close_upload(actor, upload, state=Upload.State.REFUSED, examined=examined)
        return Intake(upload=upload, stored=False, figures=0, problems=examined.problems)
    count = len(examined.result.figures)
    if upload is None:
        return Intake(upload=None, stored=False, figures=count, problems=examined.problems)
    try:
        with transaction.atomic():
            saved = _store(actor, upload, examined)
            unverified = (
                verify_own_figures(actor=actor, cycle=cycle, figure_ids=saved.figure_ids) if verify else []
            )
    except WrongState as error:
        examined = _refused(examined, error)
        _close_upload(actor, upload, state=Upload.State.REFUSED, examined=examined)
        return Intake(upload=upload, stored=False, figures=0, problems=examined.problems)
    problems = (*examined.problems, *unverified)
    return Intake(upload=upload, stored=True, figures=count, problems=problems, saved=saved)


def examine_upload(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    filename: str,
    data: bytes,
    batch: UUID | None = None,
) -> Upload:
    """Keep a file, read and check it, and note what storing it would change. Stores no figure.

    The upload comes back refused, unchanged (there is nothing to store) or checked, waiting for
    `confirm_upload` or `discard_upload`. Raises PermissionDenied only.
    """
    _require_reporter(actor, cycle, reporter)
    upload = _keep_file(
        actor=actor, cycle=cycle, reporter=reporter, filename=filename, data=data, batch=batch
    )
    examined = examine_file(cycle, reporter, filename, data)
    if examined.is_refused:
        _close_upload(actor, upload, state=Upload.State.REFUSED, examined=examined)
        return upload
    preview = preview_examined(upload, examined)
    upload.preview = preview.as_data()
    state = Upload.State.CHECKED if preview.changes_anything else Upload.State.UNCHANGED
    _close_upload(actor, upload, state=state, examined=examined)
    return upload


def examine_kept(upload: Upload) -> Examined:
    """Read and check the kept file of an upload again, against targets and earlier figures of now.

    Raises WrongState when the kept file is not the one that was uploaded.
    """
    with upload.content.open("rb") as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != upload.sha256:
        raise WrongState("保存的文件与上传时的不一致，不能入库；请重新上传这份文件")
    return examine_file(upload.cycle, upload.organisation, upload.filename, data)


def preview_examined(upload: Upload, examined: Examined) -> Preview:
    """What storing an examined file would change now."""
    return compute_preview(
        cycle=upload.cycle,
        reporter=upload.organisation,
        rows=examined.result.figures,
        warnings=warnings_by_place(examined.problems),
        vocabulary=examined.vocabulary,
    )


def confirm_upload(*, actor: User, upload: Upload, token: str) -> Confirmed:
    """Store the figures of a checked upload, provided that nobody changed its places meanwhile.

    The kept file is read again: it is the one truth. token is that of the preview which the person
    saw; where it no longer fits, nothing is stored and the new preview comes back. A file that has
    become wrong meanwhile (the cycle closed, a target changed) is refused and comes back with
    neither. Raises PermissionDenied, or WrongState for an upload that does not wait for it.
    """
    _require_reporter(actor, upload.cycle, upload.organisation)
    _require_checked(upload)
    examined = examine_kept(upload)
    if examined.is_refused:
        _close_upload(actor, upload, state=Upload.State.REFUSED, examined=examined)
        return Confirmed(upload=upload, saved=None)
    with transaction.atomic():
        lock_cycle(upload.cycle)
        upload = _lock_upload(upload)
        _require_checked(upload)
        preview = preview_examined(upload, examined)
        if preview.token != token:
            upload.preview = preview.as_data()
            upload.save(update_fields=["preview"])
            return Confirmed(upload=upload, saved=None, preview=preview)
        try:
            saved = _store(actor, upload, examined)
        except WrongState as error:
            _close_upload(actor, upload, state=Upload.State.REFUSED, examined=_refused(examined, error))
            return Confirmed(upload=upload, saved=None)
    return Confirmed(upload=upload, saved=saved)


def discard_upload(*, actor: User, upload: Upload) -> Upload:
    """Give a checked upload up: its file stays on record, its figures are not stored.

    Raises PermissionDenied, or WrongState for an upload that does not wait for confirmation.
    """
    _require_reporter(actor, upload.cycle, upload.organisation)
    with transaction.atomic():
        upload = _lock_upload(upload)
        _require_checked(upload)
        upload.state = Upload.State.DISCARDED
        upload.save(update_fields=["state"])
        _record_state(actor, upload)
    return upload


def _require_reporter(actor: User, cycle: Cycle, reporter: Organisation) -> None:
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")


def _require_checked(upload: Upload) -> None:
    if upload.state != Upload.State.CHECKED:
        raise WrongState(f"这份文件已经办过了：{upload.get_state_display()}")


def _lock_upload(upload: Upload) -> Upload:
    return (
        Upload.objects.select_for_update(of=("self",))
        .select_related("cycle__plan", "organisation", "uploaded_by")
        .get(pk=upload.pk)
    )


def _refused(examined: Examined, error: WrongState) -> Examined:
    """The same examination with the reason for which storing was refused in front."""
    problem = Problem(level="error", code="cycle_closed", message=str(error))
    return replace(examined, problems=(problem, *examined.problems))


def refuse_unread(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    filename: str,
    size: int,
    sha256: str,
    problem: Problem,
    batch: UUID | None = None,
) -> Upload:
    """Note a file that is not read (too large, too late in a batch) as refused, without its content.

    size is in bytes, sha256 the digest of all of them. Raises PermissionDenied.
    """
    _require_reporter(actor, cycle, reporter)
    upload = Upload(
        cycle=cycle,
        organisation=reporter,
        uploaded_by=actor,
        filename=shown_name(filename),
        size=size,
        sha256=sha256,
        batch=batch,
        state=Upload.State.REFUSED,
        problems=[problem_as_data(problem)],
    )
    with transaction.atomic():
        upload.save()
        _record_state(actor, upload)
    return upload


def shown_name(filename: str) -> str:
    """The person's own name for a file, without any folder."""
    return PurePath(filename.replace("\\", "/")).name[:255] or "未命名"


def _keep_file(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    filename: str,
    data: bytes,
    batch: UUID | None = None,
) -> Upload:
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
            batch=batch,
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


def examine_file(cycle: Cycle, reporter: Organisation, filename: str, data: bytes) -> Examined:
    """Everything that a file says and what is wrong or doubtful about it, errors of the whole first."""
    closed = []
    try:
        require_reporting_open(cycle, organisation=reporter)
    except WrongState as error:
        closed = [Problem(level="error", code="cycle_closed", message=str(error))]
    vocabulary = build_vocabulary(cycle, reporter=reporter)
    result = read_return(data, filename, vocabulary)
    problems = [*closed, *result.problems, *check_figures(result.figures, result.totals, vocabulary)]
    if not result.figures and not any(problem.level == "error" for problem in problems):
        problems.append(make_problem("no_figures"))
    return Examined(vocabulary=vocabulary, result=result, problems=tuple(problems))


def _store(actor: User, upload: Upload, examined: Examined) -> Saved:
    """Save the figures of an examined file and close its upload, in one transaction."""
    with transaction.atomic():
        saved = save_figures(
            actor=actor,
            cycle=upload.cycle,
            reporter=upload.organisation,
            rows=examined.result.figures,
            warnings=warnings_by_place(examined.problems),
            source=FigureRevision.Source.FILE,
            upload=upload,
            reason="",
        )
        unchanged = not (saved.new or saved.changed)
        state = Upload.State.UNCHANGED if unchanged else Upload.State.STORED
        _close_upload(actor, upload, state=state, examined=examined)
    return saved


def _close_upload(actor: User, upload: Upload, *, state: str, examined: Examined) -> None:
    upload.state = state
    upload.layouts = list(examined.result.layouts)
    upload.problems = [problem_as_data(problem) for problem in examined.problems]
    counts = state in (Upload.State.STORED, Upload.State.UNCHANGED)
    upload.figure_count = len(examined.result.figures) if counts else 0
    with transaction.atomic():
        upload.save(update_fields=["state", "layouts", "problems", "figure_count", "preview"])
        _record_state(actor, upload)


def _record_state(actor: User, upload: Upload) -> None:
    record(
        actor=actor,
        verb=f"upload.{upload.state}",
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
            code="not_verified",
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

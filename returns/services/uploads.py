"""A file's way in: upload record → reader → checks → figures, all or none, with every problem at once.

A program hands a file in by one step (`take_in_return`). A person's file is read by a worker
(`returns.services.reading`), who shows what it would change; storing is `returns.services.confirming`.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from districts.models import Organisation
from returns.authorship import own_work
from returns.checks import check_figures
from returns.limits import reading_limits
from returns.models import Cycle, Figure, FigureRevision, Upload
from returns.rules import may_report_for, may_verify
from returns.selectors import build_vocabulary
from returns.services.cycles import require_reporting_open
from returns.services.figures import Saved, save_figures
from returns.services.review import Verification, verify_figures
from returns.states import FigureState, Hand, WrongState
from returns.workbook.cross_checks import without_switched_off
from returns.workbook.guidance import make_problem
from returns.workbook.reader import begin_reading
from returns.workbook.types import Problem, ReadResult, Vocabulary

CHECKING_SECONDS = 120
"""What checking and noting a read file takes at most, the waiting for a lock included."""


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
    require_reporter(actor, cycle, reporter)
    upload = None
    if not dry_run:
        upload = keep_file(
            actor=actor,
            cycle=cycle,
            reporter=reporter,
            filename=filename,
            data=data,
            state=Upload.State.READING,
        )
    examined = examine_file(cycle, reporter, filename, data)
    if examined.is_refused:
        if upload is not None:
            close_upload(actor, upload, state=Upload.State.REFUSED, examined=examined)
        return Intake(upload=upload, stored=False, figures=0, problems=examined.problems)
    count = len(examined.result.figures)
    if upload is None:
        return Intake(upload=None, stored=False, figures=count, problems=examined.problems)
    try:
        with transaction.atomic():
            saved = store_examined(actor, upload, examined)
            unverified = (
                verify_own_figures(actor=actor, cycle=cycle, figure_ids=saved.figure_ids) if verify else []
            )
    except WrongState as error:
        examined = refused_late(examined, error)
        close_upload(actor, upload, state=Upload.State.REFUSED, examined=examined)
        return Intake(upload=upload, stored=False, figures=0, problems=examined.problems)
    problems = (*examined.problems, *unverified)
    return Intake(upload=upload, stored=True, figures=count, problems=problems, saved=saved)


def require_reporter(actor: User, cycle: Cycle, reporter: Organisation) -> None:
    """Raise PermissionDenied unless this account may report in the organisation's name."""
    if not may_report_for(actor, plan_code=cycle.plan.code, organisation_id=reporter.pk):
        raise PermissionDenied(f"您没有以{reporter}名义填报的权限")


def refused_late(examined: Examined, error: WrongState) -> Examined:
    """The same examination with the reason for which storing was refused in front."""
    problem = Problem(level="error", code="cycle_closed", message=str(error))
    return replace(examined, problems=(problem, *examined.problems))


def shown_name(filename: str) -> str:
    """The person's own name for a file, without any folder and without signs that nobody sees."""
    name = PurePath(filename.replace("\\", "/")).name
    return "".join(sign for sign in name if sign.isprintable())[:255] or "未命名"


def keep_file(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    filename: str,
    data: bytes,
    state: str,
    batch: UUID | None = None,
) -> Upload:
    """Store the file as it came, under a name of our own; the person's name for it is only shown.

    state is RECEIVED for a file that waits for a worker, READING where the caller reads it at once.
    """
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
            state=state,
            lease_until=lease_from_now() if state == Upload.State.READING else None,
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


def lease_from_now() -> datetime.datetime:
    """Until when somebody who begins to read a file now may hold it, before the sweep takes them for dead."""
    seconds = reading_limits().wall_seconds + CHECKING_SECONDS
    return timezone.now() + datetime.timedelta(seconds=seconds)


def examine_file(
    cycle: Cycle,
    reporter: Organisation,
    filename: str,
    data: bytes,
    *,
    before_checks: Callable[[], object] | None = None,
) -> Examined:
    """Everything that a file says and what is wrong or doubtful about it, errors of the whole first.

    before_checks is called once the file is read, before its figures are checked.
    """
    closed = []
    try:
        require_reporting_open(cycle, organisation=reporter)
    except WrongState as error:
        closed = [Problem(level="error", code="cycle_closed", message=str(error))]
    # the cells are read in the child while the vocabulary is made here
    with begin_reading(data, filename, limits=reading_limits()) as reading:
        vocabulary = build_vocabulary(cycle, reporter=reporter)
        result = reading.finish(vocabulary)
    if before_checks is not None:
        before_checks()
    problems = [*closed, *without_switched_off(result.problems, vocabulary.switched_off)]
    if result.figures or not result.errors:  # of a file that could not be read nothing more is to be said
        problems += check_figures(result.figures, result.totals, vocabulary)
    if not result.figures and not any(problem.level == "error" for problem in problems):
        problems.append(make_problem("no_figures"))
    return Examined(vocabulary=vocabulary, result=result, problems=tuple(problems))


def store_examined(actor: User, upload: Upload, examined: Examined) -> Saved:
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
        close_upload(actor, upload, state=state, examined=examined)
    return saved


def close_upload(actor: User, upload: Upload, *, state: str, examined: Examined) -> None:
    """Note what came of a file: its state, layouts and problems."""
    upload.state, upload.lease_until = state, None
    upload.layouts = list(examined.result.layouts)
    upload.problems = [problem_as_data(problem) for problem in examined.problems]
    counts = state in (Upload.State.STORED, Upload.State.UNCHANGED)
    upload.figure_count = len(examined.result.figures) if counts else 0
    with transaction.atomic():
        upload.save(update_fields=["state", "layouts", "problems", "figure_count", "preview", "lease_until"])
        record_state(actor, upload)


def record_state(actor: User, upload: Upload) -> None:
    """The audit entry of an upload's present state."""
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
    figure_ids = list(figure_ids)
    figures = list(
        Figure.objects.filter(pk__in=figure_ids, state=FigureState.SUBMITTED).select_related(
            "indicator", "organisation", "cycle__plan", "reporter"
        )
    )
    waiting = Figure.objects.filter(pk__in=figure_ids, state=FigureState.UNIT_REVIEW)
    permitted = [figure for figure in figures if may_verify(actor, figure)]
    own = own_work(actor, permitted, hand=Hand.VERIFIER)
    allowed = [figure for figure in permitted if figure.pk not in own]
    refused = [
        (figure, "不能核定本账号填报的数据" if figure.pk in own else "不能核定自己被排名的数据")
        for figure in figures
        if figure not in allowed
    ]
    problems = [
        Problem(
            level="warning",
            code="not_verified",
            message=f"“{figure}”已报送，但本账号不能核定它：{why}",
            indicator=figure.indicator.code,
            organisation=figure.organisation.code,
        )
        for figure, why in refused
    ]
    problems += [
        Problem(
            level="warning",
            code="not_verified",
            message=f"“{figure}”在等单位审核，审核通过才算报送，之后才能核定",
            indicator=figure.indicator.code,
            organisation=figure.organisation.code,
        )
        for figure in waiting.select_related("indicator", "organisation")
    ]
    if allowed:
        problems += verify_figures(
            actor=actor, cycle=cycle, verifications=[Verification(figure_id=item.pk) for item in allowed]
        )
    return problems

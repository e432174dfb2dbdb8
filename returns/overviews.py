"""Reads for the pages of returns: what one may report, what waits for review, where a figure came from."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Role, User
from accounts.rules import Person, held_roles, organisations_of
from districts.models import Organisation
from indicators.models import Plan, Target
from indicators.overviews import plans_visible_to
from returns.authorship import part_columns
from returns.disagreements import disagreements
from returns.discussions import evidence_in_force, talk_columns
from returns.in_force import is_settled, waits_for_verifier
from returns.models import Cycle, Figure, FigureQuerySet, FigureRevision, ReviewNote, Upload
from returns.papers import Comment, CommentsSeen, Evidence
from returns.resubmissions import Resubmission, resubmission_of, review_columns, revisions_to_compare
from returns.rules import may_verify
from returns.selectors import NoSuchThing, find_cycle, scored_targets
from returns.states import WRITABLE_STATES, FigureState, Hand
from returns.submissions import SignedScan, Submission


@dataclass(frozen=True, kw_only=True)
class CycleProgress:
    """A cycle with the states of one organisation's figures."""

    cycle: Cycle
    reporter: Organisation
    counts: dict[str, int] = field(default_factory=dict)
    reported: int = 0
    """Figures that are handed in or confirmed and in force, also beside a newer draft."""

    @property
    def sent_back(self) -> int:
        """Figures that wait for a correction."""
        return self.counts.get(FigureState.SENT_BACK, 0)

    @property
    def in_unit(self) -> int:
        """Figures that wait for 单位审核: not reported yet."""
        return self.counts.get(FigureState.UNIT_REVIEW, 0)

    @property
    def drafts(self) -> int:
        """Figures saved but not handed in."""
        return self.counts.get(FigureState.DRAFT, 0)

    def is_ahead(self, today: datetime.date) -> bool:
        """Whether the quarter has not begun and nothing has been entered for it."""
        return self.cycle.period.starts_on > today and not self.counts


@dataclass(frozen=True, kw_only=True)
class PlanProgress:
    """One plan's cycles: those that have begun, and those that lie ahead."""

    plan: Plan
    begun: list[CycleProgress]
    ahead: list[CycleProgress]


def progress_by_plan(progress: Iterable[CycleProgress], *, today: datetime.date) -> list[PlanProgress]:
    """The same rows plan by plan, in their order; what lies ahead apart, so that it hides nothing due."""
    plans: dict[int, PlanProgress] = {}
    for item in progress:
        plan = item.cycle.plan
        part = plans.setdefault(plan.pk, PlanProgress(plan=plan, begun=[], ahead=[]))
        (part.ahead if item.is_ahead(today) else part.begun).append(item)
    return list(plans.values())


def cycles_visible_to(user: Person) -> QuerySet[Cycle]:
    """Cycles of the plans that the account may see."""
    plans = plans_visible_to(user).order_by().values("pk")
    return Cycle.objects.filter(plan__in=plans).select_related("plan")


def find_visible_cycle(user: Person, *, plan_code: str, period: str) -> Cycle:
    """The cycle of a plan that the account may see. Raises NoSuchThing, also where it may not."""
    if not plans_visible_to(user).filter(code=plan_code).exists():
        raise NoSuchThing(f"没有计划“{plan_code}”，或者本账号不能查看，请核对计划代码")
    return find_cycle(plan_code=plan_code, period=period)


def reporters_of(user: Person, *, plan_code: str | None = None) -> list[Organisation]:
    """The organisations in whose name the account may report, its own first."""
    ids = organisations_of(user, Role.REPORTER, plan_code=plan_code)
    own = user.organisation_id if isinstance(user, User) else None
    return sorted(
        Organisation.objects.filter(pk__in=ids), key=lambda item: (item.pk != own, item.order, item.code)
    )


def reporting_progress(user: Person) -> list[CycleProgress]:
    """Every cycle in which an organisation of the account has something to report, newest first.

    Three queries, whatever the number of plans and organisations.
    """
    reporters = reporters_of(user)
    if not reporters:
        return []
    counts: dict[tuple[int, int], dict[str, int]] = {}
    in_force: Counter[tuple[int, int]] = Counter()
    rows = (
        Figure.objects.filter(reporter__in=reporters)
        .order_by()
        .values("cycle_id", "reporter_id", "state")
        .annotate(amount=Count("pk"), reported=Count("submitted_revision"))
    )
    for row in rows:
        key = (row["cycle_id"], row["reporter_id"])
        counts.setdefault(key, {})[row["state"]] = row["amount"]
        in_force[key] += row["reported"]
    places = Target.objects.filter(
        Q(organisation__in=reporters) | Q(indicator__lead__in=reporters), table__is_text=False, is_scored=True
    )
    concerned: dict[tuple[int, int], set[int]] = {}
    for plan, year, organisation, lead in places.order_by().values_list(
        "indicator__plan_id", "year", "organisation_id", "indicator__lead_id"
    ):
        concerned.setdefault((plan, year), set()).update((organisation, lead))
    cycles = cycles_visible_to(user).order_by("plan__order", "-year", "-quarter")
    return [
        CycleProgress(
            cycle=cycle,
            reporter=reporter,
            counts=counts.get((cycle.pk, reporter.pk), {}),
            reported=in_force[cycle.pk, reporter.pk],
        )
        for cycle in cycles
        for reporter in reporters
        if reporter.pk in concerned.get((cycle.plan_id, cycle.year), ())
    ]


@dataclass(frozen=True, kw_only=True)
class ReviewLine:
    """A figure with what a reviewer needs beside it.

    revision is what is reviewed: a verifier is shown what was handed in, never a newer draft.
    """

    figure: Figure
    revision: FigureRevision | None
    target: Target | None
    differs: tuple[str, ...] = ()
    """What others reported otherwise for the same place, in sentences."""
    evidence: tuple[Evidence, ...] = ()
    """Files that support the figure, without those taken back."""
    change: Resubmission | None = None
    """What changed since the figure was handed in and reviewed last."""


SHOWN = {
    "waiting": waits_for_verifier(),
    "verified": is_settled(),
    "sent_back": Q(
        state=FigureState.SENT_BACK, submitted_revision=None, reviewed_state=FigureState.SENT_BACK
    ),
}
"""What a verifier may be shown of a cycle: what waits, what is verified, what was sent back."""


def review_lines(user: Person, cycle: Cycle, *, shown: str) -> list[ReviewLine]:
    """The figures of a cycle that this account confirms, with target, revision, evidence and comments.

    shown is a key of SHOWN. Six queries, whatever the number of figures; each figure bears the columns of
    `talk_columns` and `review_columns`.
    """
    figures = [
        figure
        for figure in Figure.objects.visible_to(user)
        .annotate(**talk_columns(), **part_columns(user), **review_columns(hands=(Hand.VERIFIER,)))
        .filter(SHOWN[shown], cycle=cycle)
        .select_related("indicator__lead", "organisation", "reporter", "cycle__plan")
        .order_by("indicator__order", "organisation__order", "reporter__order")
        if may_verify(user, figure)
    ]
    return _as_lines(figures, cycle, number=_reviewed_number)


def _reviewed_number(figure: Any) -> int:
    """The revision that a verifier is shown: what was handed in, or what was sent back."""
    return figure.submitted_revision or figure.reviewed_revision or figure.revision_number


def _newest_number(figure: Any) -> int:
    return figure.revision_number


def unit_review_lines(user: Person, cycle: Cycle) -> list[ReviewLine]:
    """The figures of a cycle that wait for this account's 单位审核. Queries as `review_lines`."""
    figures = (
        Figure.objects.waiting_in_unit_of(user)
        .filter(cycle=cycle)
        .select_related("indicator__lead", "organisation", "reporter", "cycle__plan")
        .annotate(**talk_columns(), **part_columns(user), **review_columns())
        .order_by("reporter__order", "indicator__order", "organisation__order")
    )
    return _as_lines(list(figures), cycle, number=_newest_number)


def cycles_with_unit_review(user: Person) -> list[CycleWaiting]:
    """Cycles in which figures wait for this account's 单位审核, newest first. Two queries."""
    waiting = Figure.objects.waiting_in_unit_of(user).order_by().values("cycle")
    counted = cycles_visible_to(user).filter(pk__in=waiting).order_by("plan__order", "-year", "-quarter")
    amounts = dict(waiting.annotate(amount=Count("pk")).values_list("cycle", "amount"))
    return [CycleWaiting(cycle=cycle, waiting=amounts[cycle.pk]) for cycle in counted]


def _as_lines(figures: list[Figure], cycle: Cycle, *, number: Callable[[Any], int]) -> list[ReviewLine]:
    """The figures with what stands beside them; number says which revision. Five queries, whatever their number."""
    revisions = revisions_to_compare(figures)
    targets = {(item.indicator_id, item.organisation_id): item for item in scored_targets(cycle)}
    differs = disagreements(figures)
    evidence = evidence_in_force([figure.pk for figure in figures])
    return [
        ReviewLine(
            figure=figure,
            revision=revisions.get(figure.pk, {}).get(number(figure)),
            change=resubmission_of(figure, revisions, newest=number(figure)),
            target=targets.get((figure.indicator_id, figure.organisation_id)),
            differs=tuple(differs.get(figure.pk, ())),
            evidence=tuple(evidence.get(figure.pk, ())),
        )
        for figure in figures
    ]


@dataclass(frozen=True, kw_only=True)
class CycleWaiting:
    """A cycle and how many of its figures wait for this account."""

    cycle: Cycle
    waiting: int


def cycles_with_waiting(user: Person) -> list[CycleWaiting]:
    """Cycles that hold figures which this account confirms, with the number that waits; no sealed ones."""
    submitted = (
        Figure.objects.visible_to(user)
        .filter(waits_for_verifier(), cycle__state__in=WRITABLE_STATES)
        .select_related("indicator", "organisation", "cycle__plan")
    )
    counts: dict[int, int] = {}
    cycles: dict[int, Cycle] = {}
    for figure in submitted:
        if may_verify(user, figure):
            counts[figure.cycle_id] = counts.get(figure.cycle_id, 0) + 1
            cycles[figure.cycle_id] = figure.cycle
    ordered = sorted(cycles.values(), key=lambda item: (item.plan.order, -item.year, -item.quarter))
    return [CycleWaiting(cycle=cycle, waiting=counts[cycle.pk]) for cycle in ordered]


def reviewed_cycles(user: Person) -> QuerySet[Cycle]:
    """Cycles with figures that a verifier or owner looks after, newest first."""
    roles = {held.role for held in held_roles(user)}
    if not roles & {Role.VERIFIER, Role.OWNER}:
        return Cycle.objects.none()
    return (
        cycles_visible_to(user)
        .filter(pk__in=Figure.objects.order_by().values("cycle_id"))
        .order_by("plan__order", "-year", "-quarter")
    )


def figure_with_history(user: Person) -> FigureQuerySet:
    """Visible figures with all that happened to them, ready for the figure's page.

    Evidence and comments come for those who are involved in the figure only. `seen_comment` is the id of the
    newest comment that was shown to this account, None before the first.
    """
    revisions = FigureRevision.objects.select_related("upload", "author__organisation").order_by("-number")
    notes = ReviewNote.objects.select_related("reviewer__organisation").order_by("-id")
    evidence = Evidence.objects.visible_to(user).select_related(
        "author__organisation", "withdrawal__author__organisation"
    )
    comments = Comment.objects.visible_to(user).select_related("author__organisation")
    seen = CommentsSeen.objects.filter(user=user.pk, figure=OuterRef("pk"))
    return (
        Figure.objects.visible_to(user)
        .select_related(
            "indicator__lead",
            "organisation",
            "reporter",
            "cycle__plan",
            "verified_by__organisation",
        )
        .prefetch_related(
            Prefetch("revisions", revisions),
            Prefetch("review_notes", notes),
            Prefetch("evidence", evidence),
            Prefetch("comments", comments),
        )
        .annotate(seen_comment=Subquery(seen.values("comment_id")[:1]))
    )


def uploads_visible_to(user: Person) -> QuerySet[Upload]:
    """Visible uploads with what their list shows."""
    return (
        Upload.objects.visible_to(user)
        .select_related("cycle__plan", "organisation", "uploaded_by__organisation")
        .order_by("-id")
    )


def same_file_before(upload: Upload) -> Upload | None:
    """The last earlier upload of the very same bytes for the same cycle and organisation."""
    return (
        Upload.objects.filter(
            cycle=upload.cycle_id,
            organisation=upload.organisation_id,
            sha256=upload.sha256,
            pk__lt=upload.pk,
        )
        .order_by("-pk")
        .first()
    )


def submissions_visible_to(user: Person) -> QuerySet[Submission]:
    """Sheets that the account may see, with their return and how many signed scans each has; newest first."""
    return (
        Submission.objects.visible_to(user)
        .select_related("quarterly_return__cycle__plan", "quarterly_return__organisation")
        .annotate(
            scan_count=Coalesce(
                Subquery(
                    SignedScan.objects.filter(submission=OuterRef("pk"))
                    .order_by()
                    .values("submission")
                    .annotate(amount=Count("pk"))
                    .values("amount")
                ),
                0,
            )
        )
    )


def newest_submission(cycle: Cycle, *, reporter: Organisation) -> Submission | None:
    """The newest sheet of an organisation's return, without its text. One query."""
    rows = Submission.objects.filter(quarterly_return__cycle=cycle, quarterly_return__organisation=reporter)
    return rows.defer("contents").first()

"""Reads: what is open in a cycle, who is late, what was sent, and an account's own notices."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DateTimeField, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from accounts.models import Role, User
from accounts.rules import Person
from districts.models import Organisation, OrganisationKind
from indicators.models import Plan, Target
from reminders.models import BELL, Delivery, Reminder, ReminderSetting
from reminders.wording import first_items
from returns.in_force import waits_for_verifier
from returns.models import Cycle, Figure, FigureRevision, LatePermission, ReviewNote, Upload
from returns.states import CycleState, FigureState
from returns.unreported import unreported_targets

REMINDED_STATES = (CycleState.OPEN, CycleState.CLOSED)
"""Cycles in which something can still be handed in or verified."""


def setting_of(plan: Plan) -> ReminderSetting:
    """The plan's setting; one with the defaults, not stored, where the owner has set none. One query."""
    return ReminderSetting.objects.filter(plan=plan).first() or ReminderSetting(plan=plan)


def missing_figures(cycle: Cycle) -> dict[int, list[str]]:
    """By organisation, the figures that have not left it, as words. Four queries.

    Those still to be entered, as 待办 counts them, and those that wait for the organisation's own review.
    """
    reporters = list(Organisation.objects.filter(city=cycle.plan.city_id))
    missing = {
        pk: [_in_words(target, pk) for target in targets]
        for pk, targets in unreported_targets(cycle, reporters=reporters).items()
    }
    inside = Figure.objects.filter(cycle=cycle, state=FigureState.UNIT_REVIEW).order_by(
        "indicator__order", "organisation__order"
    )
    for reporter, name in inside.values_list("reporter_id", "indicator__name"):
        missing.setdefault(reporter, []).append(f"{name}（待单位审核）")
    return missing


def _in_words(target: Target, reporter: int) -> str:
    where = "" if target.organisation_id == reporter else f"（{target.organisation.name}）"
    return f"{target.indicator.name}{where}"


def unverified_figures(cycle: Cycle) -> dict[int, list[str]]:
    """By the organisation that verifies them, the figures that were handed in and wait, as words. One query.

    As `returns.rules.may_verify` says: the leading department for the districts, the source of the data or the
    plan's owner for the whole city.
    """
    rows = (
        Figure.objects.filter(waits_for_verifier(), cycle=cycle)
        .select_related("indicator", "organisation")
        .order_by("indicator__order", "organisation__order")
    )
    waiting: dict[int, list[str]] = {}
    for figure in rows:
        indicator = figure.indicator
        verifier: int | None = indicator.lead_id
        if figure.organisation.kind == OrganisationKind.CITY:
            source = indicator.data_source_id
            verifier = source if source not in (None, indicator.lead_id) else cycle.plan.owner_id
        if verifier is not None:
            waiting.setdefault(verifier, []).append(f"{indicator.name}（{figure.organisation.name}）")
    return waiting


def open_figures(cycle: Cycle, kind: str) -> dict[int, list[str]]:
    """What is open in a cycle by organisation: figures to report, or figures to verify."""
    return missing_figures(cycle) if kind == Reminder.Kind.REPORTING else unverified_figures(cycle)


def audience_of(organisation: Organisation, *, plan: Plan, kind: str) -> list[User]:
    """The active accounts that should act: those who report and review, or those who verify. One query."""
    roles = [Role.REPORTER, Role.REVIEWER] if kind == Reminder.Kind.REPORTING else [Role.VERIFIER]
    verifies_as_owner = kind == Reminder.Kind.VERIFYING and organisation.pk == plan.owner_id
    now = timezone.now()
    in_force = (
        Q(grants__valid_to=None) | Q(grants__valid_to__gt=now),
        Q(grants__plan_code__in=("", plan.code)),
    )
    of_role = Q(grants__role__in=roles, grants__organisation=organisation)
    if verifies_as_owner:
        of_role |= Q(grants__role=Role.OWNER)
    users = User.objects.filter(
        of_role, *in_force, is_active=True, grants__approved_at__isnull=False, grants__valid_from__lte=now
    )
    return list(users.select_related("organisation").distinct().order_by("username"))


def permissions_in_force(cycle: Cycle, *, today: datetime.date) -> dict[int, datetime.date]:
    """Until when organisations may report late, by organisation; those that have run out are left out."""
    rows = LatePermission.objects.filter(cycle=cycle, until__gte=today).order_by("until")
    return dict(rows.values_list("organisation_id", "until"))


@dataclass(frozen=True, kw_only=True)
class LateLine:
    """An organisation that has something open in a cycle.

    missing are the figures by name; last_act is the time of its last figure or file, None where there is none.
    """

    organisation: Organisation
    missing: list[str]
    last_act: datetime.datetime | None
    permitted_until: datetime.date | None
    reminders: int
    last_reminder: datetime.datetime | None

    @property
    def summary(self) -> str:
        """The first items and their number."""
        return first_items(self.missing)


def late_lines(cycle: Cycle, kind: str) -> list[LateLine]:
    """Who has something open, the most open figures first. Ten queries at most, however many they are."""
    open_by = open_figures(cycle, kind)
    lines = [
        LateLine(
            organisation=organisation,
            missing=open_by[organisation.pk],
            last_act=max(
                (at for at in (organisation.last_figure, organisation.last_upload) if at), default=None
            ),
            permitted_until=organisation.permitted_until,
            reminders=organisation.reminder_count or 0,
            last_reminder=organisation.last_reminder,
        )
        for organisation in _with_acts(cycle, kind).filter(pk__in=open_by)
    ]
    return sorted(
        lines, key=lambda line: (-len(line.missing), line.organisation.order, line.organisation.code)
    )


def _with_acts(cycle: Cycle, kind: str) -> QuerySet[Any]:
    """Organisations with what they last did in a cycle, until when they may be late, and their reminders.

    What one does as a reporter is entering figures and handing in files, as a verifier verifying and sending back.
    """
    figures = FigureRevision.objects.filter(figure__cycle=cycle, figure__reporter=OuterRef("pk"))
    reviews = ReviewNote.objects.filter(figure__cycle=cycle, reviewer__organisation=OuterRef("pk"))
    uploads = Upload.objects.filter(cycle=cycle, organisation=OuterRef("pk"))
    permissions = LatePermission.objects.filter(
        cycle=cycle, organisation=OuterRef("pk"), until__gte=timezone.localdate()
    )
    reminders = Reminder.objects.filter(cycle=cycle, kind=kind, organisation=OuterRef("pk"))
    is_reporting = kind == Reminder.Kind.REPORTING
    nothing = Value(None, output_field=DateTimeField())
    return Organisation.objects.annotate(
        last_figure=_newest(figures if is_reporting else reviews, "created_at"),
        last_upload=_newest(uploads, "uploaded_at") if is_reporting else nothing,
        permitted_until=_newest(permissions, "until") if is_reporting else nothing,
        reminder_count=Subquery(
            reminders.order_by().values("organisation").annotate(amount=Count("pk")).values("amount")
        ),
        last_reminder=_newest(reminders, "created_at"),
    )


def _newest(rows: QuerySet[Any], field: str) -> Subquery:
    """The greatest value of a field among the rows of the outer organisation."""
    return Subquery(rows.order_by(f"-{field}").values(field)[:1])


def recent_deliveries(cycle: Cycle, *, limit: int = 50) -> Sequence[Delivery]:
    """The newest deliveries of a cycle, those first that wait for a person to send them again. One query."""
    rows = Delivery.objects.filter(reminder__cycle=cycle).select_related("reminder__organisation")
    return sorted(rows[:limit], key=lambda row: (not row.can_be_resent, -row.pk))


def notices_of(user: Person) -> QuerySet[Delivery]:
    """The notices of an account inside the application, newest first."""
    if not isinstance(user, User):
        return Delivery.objects.none()
    rows = Delivery.objects.filter(user=user, channel=BELL, state=Delivery.State.SENT)
    return rows.select_related("reminder__cycle").order_by("-id")


def unread_notices(user: Person) -> QuerySet[Delivery]:
    """The notices that an account has not marked as read."""
    return notices_of(user).filter(read_at=None)

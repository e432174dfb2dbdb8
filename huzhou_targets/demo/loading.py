"""Taking the demo's files in by the services that serve people: upload, reading, review, sealing.

A cycle is loaded in one transaction, so an interrupted load leaves whole cycles behind it. What is there
already stays: a file that was taken in before is not taken in again, a sealed cycle is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction

from accounts.demo import DEMO_ACCOUNTS
from accounts.models import User
from audit.services import record
from bulletins.services import start_notice
from districts.models import City, Organisation
from huzhou_targets.demo.calendar import add_demo_contacts, set_demo_calendar
from huzhou_targets.demo.files import DemoData, DemoReturn, DemoReview, Spot
from huzhou_targets.demo.papers import add_demo_papers, let_a_correction_wait_in_unit
from indicators.leaders import assign_leaders, offices_of
from indicators.models import Plan
from indicators.services import enter_reference_value
from rankings.services.sealing import freeze_cycle, publish_cycle, sign_off_cycle
from returns.models import Cycle, Figure, FigureRevision, Upload
from returns.rules import may_verify
from returns.selectors import find_cycle
from returns.services.cycles import change_cycle_state
from returns.services.review import Verification, send_back_figure, verify_figures
from returns.services.uploads import take_in_return
from returns.states import CycleState, FigureState

_TAKEN = (Upload.State.STORED, Upload.State.UNCHANGED)


class DemoRefused(Exception):
    """The demo does not go in; the message says what stands in the way and what to do."""


@dataclass(frozen=True, kw_only=True)
class CycleCount:
    """What was done for one cycle: files in the manifest, files taken in now, figures in them."""

    cycle: Cycle
    files: int
    taken: int
    figures: int


def load_returns(
    *, demo: DemoData, tell: Callable[[CycleCount], None] = lambda count: None
) -> list[CycleCount]:
    """Load all cycles of the manifest and publish those that it names.

    Raises DemoRefused when a file has errors or a cycle holds figures of real accounts, NoSuchThing when
    reference data are missing.
    """
    people = {
        user.username: user
        for user in User.objects.filter(
            username__in=[account.username for account in DEMO_ACCOUNTS], is_demo=True
        ).select_related("organisation")
    }
    _require_accounts(demo, people)
    for reference in demo.references:
        enter_reference_value(
            actor=people["owner"],
            city=City.objects.get(code=reference.city),
            series=reference.series,
            period=reference.period,
            value=reference.value,
            source=reference.source,
        )
    _assign_leaders(demo, people["owner"])
    add_demo_contacts(administrator=people["sysadmin"])
    counts = []
    last: dict[str, Cycle] = {}
    for (plan, period), entries in groupby(demo.returns, key=lambda entry: (entry.plan, entry.period)):
        cycle = find_cycle(plan_code=plan, period=str(period))
        count = _load_cycle(demo, cycle, list(entries), people)
        if demo.published.get(plan) == period:
            publish_demo_cycle(cycle=cycle, owner=people["owner"], leader=people["leader"])
        else:
            last[plan] = cycle
        counts.append(count)
        tell(count)
    with transaction.atomic():
        add_demo_papers(people)
        let_a_correction_wait_in_unit(people)
    for cycle in last.values():
        set_demo_calendar(cycle=cycle, owner=people["owner"])
    return counts


def _assign_leaders(demo: DemoData, owner: User) -> None:
    """The demo's 领导分工 for plans that have none yet; what a person has entered stays."""
    for code, offices in demo.leaders.items():
        plan = Plan.objects.get(code=code)
        if offices_of(plan):
            continue
        charges = {charge: office for office, listed in offices.items() for charge in listed}
        wanted = {
            indicator.code: office
            for indicator in plan.indicators.select_related("lead")
            if (office := charges.get(indicator.code) or charges.get(f"lead/{indicator.lead.code}"))
        }
        assign_leaders(actor=owner, plan=plan, offices=wanted, basis="演示数据，文件没有写明领导分工")


def _require_accounts(demo: DemoData, people: Mapping[str, User]) -> None:
    wanted = {"owner", "leader", "sysadmin", "jxj"}
    for entry in demo.returns:
        wanted |= {entry.account, *entry.verified_by}
    missing = sorted(wanted - people.keys())
    if missing:
        raise DemoRefused(
            f"账号 {'、'.join(missing)} 不是演示账号，不能用来载入演示数据；请在另一个数据库中演示"
        )


def _load_cycle(
    demo: DemoData, cycle: Cycle, entries: list[DemoReturn], people: Mapping[str, User]
) -> CycleCount:
    if cycle.state != CycleState.OPEN:
        return CycleCount(cycle=cycle, files=len(entries), taken=0, figures=0)
    _require_no_real_figures(cycle)
    figures = 0
    with transaction.atomic():
        _mark_demo(cycle)
        new = [entry for entry in entries if not _is_taken(demo, entry, cycle, people)]
        for entry in new:
            figures += _take_in(demo, entry, cycle, people[entry.account])
        for entry in new:
            _review(demo, entry, cycle, people)
    return CycleCount(cycle=cycle, files=len(entries), taken=len(new), figures=figures)


def _require_no_real_figures(cycle: Cycle) -> None:
    real = FigureRevision.objects.filter(figure__cycle=cycle, author__is_demo=False)
    if real.exists():
        raise DemoRefused(f"{cycle}已有真实账号填报的数据，演示数据不能混入；请在另一个数据库中演示")


def _mark_demo(cycle: Cycle) -> None:
    """Pages say 演示数据 wherever a cycle so marked is shown."""
    if cycle.is_demo:
        return
    cycle.is_demo = True
    cycle.save(update_fields=["is_demo"])
    record(
        actor=None,
        verb="cycle.marked-demo",
        subject=cycle,
        plan_code=cycle.plan.code,
        period=str(cycle.period),
    )


def _organisation_of(user: User) -> Organisation:
    if user.organisation is None:
        raise DemoRefused(f"账号 {user.username} 不属于任何单位，不能报送")
    return user.organisation


def _is_taken(demo: DemoData, entry: DemoReturn, cycle: Cycle, people: Mapping[str, User]) -> bool:
    digest = demo.digest_of(entry)
    organisation = _organisation_of(people[entry.account])
    return Upload.objects.filter(
        cycle=cycle, organisation=organisation, sha256=digest, state__in=_TAKEN
    ).exists()


def _take_in(demo: DemoData, entry: DemoReturn, cycle: Cycle, actor: User) -> int:
    intake = take_in_return(
        actor=actor,
        cycle=cycle,
        reporter=_organisation_of(actor),
        filename=demo.path_of(entry).name,
        data=demo.path_of(entry).read_bytes(),
    )
    if intake.errors:
        found = "\n".join(f"  {item.sheet} {item.cell} {item.message}" for item in intake.errors)
        raise DemoRefused(f"演示文件 {entry.file} 没有入库：\n{found}")
    return intake.figures


def _review(demo: DemoData, entry: DemoReturn, cycle: Cycle, people: Mapping[str, User]) -> None:
    """Let each of the accounts confirm those figures of the return that it may, or send them back."""
    reporter = _organisation_of(people[entry.account])
    for username in entry.verified_by:
        verifier = people[username]
        waiting = [
            figure
            for figure in Figure.objects.filter(
                cycle=cycle, reporter=reporter, state=FigureState.SUBMITTED
            ).select_related("indicator", "organisation", "cycle__plan", "reporter")
            if may_verify(verifier, figure)
        ]
        reviews = {figure.pk: demo.reviews.get(_spot(entry, figure)) for figure in waiting}
        for figure in waiting:
            review = reviews[figure.pk]
            if review is not None and review.sends_back:
                send_back_figure(actor=verifier, figure=figure, reason=review.reason)
        _verify(cycle, verifier, waiting, reviews)


def _verify(
    cycle: Cycle, verifier: User, figures: Iterable[Figure], reviews: Mapping[int, DemoReview | None]
) -> None:
    verifications = []
    for figure in figures:
        review = reviews[figure.pk]
        if review is None:
            verifications.append(Verification(figure_id=figure.pk))
        elif not review.sends_back:
            verifications.append(Verification(figure_id=figure.pk, value=review.value, reason=review.reason))
    if not verifications:
        return
    problems = verify_figures(actor=verifier, cycle=cycle, verifications=verifications)
    if problems:
        raise DemoRefused("演示数据核定未通过：\n" + "\n".join(f"  {item.message}" for item in problems))


def _spot(entry: DemoReturn, figure: Figure) -> Spot:
    return (
        entry.plan,
        entry.period,
        figure.reporter.code,
        figure.indicator.code,
        figure.organisation.code,
    )


def publish_demo_cycle(*, cycle: Cycle, owner: User, leader: User) -> None:
    """Close, freeze, sign off and publish a cycle, from whichever of these steps it has reached.

    Then its 通报 is drafted, so that there is one to look at.
    """
    cycle.refresh_from_db()
    if cycle.state == CycleState.OPEN:
        change_cycle_state(actor=owner, cycle=cycle, to=CycleState.CLOSED)
        cycle.refresh_from_db()
    if cycle.state == CycleState.CLOSED:
        freeze_cycle(actor=owner, cycle=cycle)
        cycle.refresh_from_db()
    if cycle.state == CycleState.FROZEN:
        sign_off_cycle(actor=leader, cycle=cycle)
        publish_cycle(actor=owner, cycle=cycle)
        start_notice(actor=owner, cycle=cycle)

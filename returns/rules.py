"""Who may report, review, verify, run a cycle and see a board: one predicate per permission."""

from __future__ import annotations

from accounts.models import Role
from accounts.rules import Person, has_role
from districts.models import OrganisationKind
from indicators.models import Indicator
from returns.models import Cycle, Figure
from returns.states import SEALED_STATES, CycleState, Hand
from returns.submissions import Submission


def may_report_for(user: Person, *, plan_code: str, organisation_id: int) -> bool:
    """Hand in returns in the name of this organisation."""
    return has_role(user, Role.REPORTER, plan_code=plan_code, organisation_id=organisation_id)


def may_report_place(
    *, reporter_id: int, indicator: Indicator, organisation_id: int, organisation_kind: str
) -> bool:
    """Whether an organisation may report a place: a district its own, a department what it leads.

    The 全市 place of an indicator belongs to the department that leads it.
    """
    if organisation_kind == OrganisationKind.CITY:
        return indicator.lead_id == reporter_id
    return reporter_id in (organisation_id, indicator.lead_id)


def may_verify(user: Person, figure: Figure) -> bool:
    """Confirm or send back: nobody verifies what they are ranked by.

    Districts' figures: the department that leads the indicator. City-level figures: the
    数据来源单位 where it is another than the lead, or the plan's owner.
    """
    indicator, plan_code = figure.indicator, figure.cycle.plan.code
    if figure.organisation.kind != OrganisationKind.CITY:
        return has_role(user, Role.VERIFIER, plan_code=plan_code, organisation_id=indicator.lead_id)
    if has_role(user, Role.VERIFIER, plan_code=plan_code, organisation_id=indicator.lead_id) and not has_role(
        user, Role.OWNER, plan_code=plan_code
    ):
        return False
    source_id = indicator.data_source_id
    if source_id not in (None, indicator.lead_id) and has_role(
        user, Role.VERIFIER, plan_code=plan_code, organisation_id=source_id
    ):
        return True
    organisation = getattr(user, "organisation_id", None)
    return has_role(user, Role.OWNER, plan_code=plan_code) and organisation != indicator.lead_id


def may_review_in_unit(user: Person, figure: Figure) -> bool:
    """Pass a figure on or return it within the organisation that reports it (单位审核).

    That nobody passes what they wrote themselves says `needs_other_eyes`.
    """
    return has_role(user, Role.REVIEWER, plan_code=figure.cycle.plan.code, organisation_id=figure.reporter_id)


def needs_other_eyes(figure: Figure, *, hand: Hand) -> bool:
    """Whether an account that had a part in a figure is kept from approving it; the part is `authorship.own_work`.

    Always, but for one case: the number that a department itself gives for a district, of an indicator that
    it leads, is what the department confirms (核定数). Nobody there is ranked by it, so entering and confirming
    it may be one account's act; a unit's own review of it still takes another one.
    """
    is_departments_word = (
        figure.reporter_id == figure.indicator.lead_id and figure.organisation.kind != OrganisationKind.CITY
    )
    return hand == Hand.UNIT or not is_departments_word


def may_comment(user: Person, figure: Figure) -> bool:
    """Say something of a figure: those who report it, review it, verify it, and the plan's owner."""
    plan_code = figure.cycle.plan.code
    return (
        has_role(user, Role.REPORTER, Role.REVIEWER, plan_code=plan_code, organisation_id=figure.reporter_id)
        or may_verify(user, figure)
        or has_role(user, Role.OWNER, plan_code=plan_code)
    )


def may_read_papers(user: Person, figure: Figure) -> bool:
    """Read a figure's evidence and comments: those who may comment, and leaders.

    `returns.papers.involved_in` says the same as a condition on rows.
    """
    return may_comment(user, figure) or has_role(user, Role.LEADER, plan_code=figure.cycle.plan.code)


def readable_until(user: Person, figure: Figure) -> int | None:
    """Up to which revision the account reads a figure; None where all of it.

    Who is not involved in a figure sees what counts: in a sealed quarter what was verified, before that what was
    handed in. What its reporter has written over that and not handed in is nobody else's.
    """
    if may_read_papers(user, figure):
        return None
    if figure.cycle.state in SEALED_STATES and figure.verified_revision is not None:
        return figure.verified_revision
    return figure.discussed[0]


def may_attach_evidence(user: Person, figure: Figure) -> bool:
    """Attach evidence to a figure and take it back: its reporter."""
    return may_report_for(user, plan_code=figure.cycle.plan.code, organisation_id=figure.reporter_id)


def may_attach_scan(user: Person, submission: Submission) -> bool:
    """Attach the signed scan of a sheet: the reporter and the reviewer of the organisation that handed it in."""
    quarterly_return = submission.quarterly_return
    return has_role(
        user,
        Role.REPORTER,
        Role.REVIEWER,
        plan_code=quarterly_return.cycle.plan.code,
        organisation_id=quarterly_return.organisation_id,
    )


def may_see_board(user: Person, *, cycle: Cycle) -> bool:
    """Ranks and others' figures: leaders and the owner always, everybody with a data role once sealed."""
    code = cycle.plan.code
    if has_role(user, Role.LEADER, Role.OWNER, plan_code=code):
        return True
    sees = has_role(user, Role.REPORTER, Role.REVIEWER, Role.VERIFIER, plan_code=code)
    return sees and cycle.state in (*SEALED_STATES, CycleState.CORRECTING)

"""Who may see, compute, sign and publish rankings."""

from __future__ import annotations

from accounts.models import Role
from accounts.rules import Person, has_role, may_sign_off, organisations_of, owns_plan, sees_all_data
from returns.models import Cycle
from returns.rules import may_see_board

__all__ = [
    "may_adjust",
    "may_answer_objections",
    "may_assign_scheme",
    "may_edit_schemes",
    "may_import_board",
    "may_object",
    "may_publish",
    "may_read_imports",
    "may_rebuild",
    "may_see_board",
    "may_sign",
    "objecting_organisations",
    "own_organisations",
]


def own_organisations(user: Person, *, plan_code: str) -> set[int]:
    """Ids of the organisations whose own lines this account sees at any time."""
    return organisations_of(user, Role.REPORTER, Role.REVIEWER, Role.VERIFIER, plan_code=plan_code)


def may_rebuild(user: Person, *, cycle: Cycle) -> bool:
    """Ask for a recomputation: the plan's owner."""
    return owns_plan(user, plan_code=cycle.plan.code)


def may_publish(user: Person, *, cycle: Cycle) -> bool:
    """Freeze, publish and correct: the plan's owner, after a leader's sign-off."""
    return owns_plan(user, plan_code=cycle.plan.code)


def may_sign(user: Person, *, cycle: Cycle) -> bool:
    """Sign off what is frozen: a leader."""
    return may_sign_off(user, plan_code=cycle.plan.code)


def may_object(user: Person, *, plan_code: str, organisation_id: int) -> bool:
    """Object in the name of an organisation to its published score: who reports or reviews for it."""
    return organisation_id in objecting_organisations(user, plan_code=plan_code)


def objecting_organisations(user: Person, *, plan_code: str) -> set[int]:
    """Ids of the organisations in whose name this account may object."""
    return organisations_of(user, Role.REPORTER, Role.REVIEWER, plan_code=plan_code)


def may_answer_objections(user: Person, *, plan_code: str) -> bool:
    """Answer objections and set until when they can be filed: the plan's owner."""
    return owns_plan(user, plan_code=plan_code)


def may_import_board(user: Person, *, plan_code: str) -> bool:
    """Import boards made in a spreadsheet, or compare one with ours: the plan's owner."""
    return owns_plan(user, plan_code=plan_code)


def may_read_imports(user: Person, *, plan_code: str) -> bool:
    """Read what was imported and what a comparison came to: the plan's owner and leaders."""
    return sees_all_data(user, plan_code=plan_code)


def may_edit_schemes(user: Person) -> bool:
    """Write a new version of a scheme: whoever owns a plan."""
    return has_role(user, Role.OWNER)


def may_assign_scheme(user: Person, *, plan_code: str) -> bool:
    """Say by which scheme a plan is scored: the plan's owner."""
    return owns_plan(user, plan_code=plan_code)


def may_adjust(user: Person, *, cycle: Cycle) -> bool:
    """Enter bonuses and deductions: the plan's owner."""
    return owns_plan(user, plan_code=cycle.plan.code)

"""Who may see, compute, sign and publish rankings."""

from __future__ import annotations

from accounts.models import Role
from accounts.rules import Person, may_sign_off, organisations_of, owns_plan
from returns.models import Cycle
from returns.rules import may_see_board

__all__ = ["may_publish", "may_rebuild", "may_see_board", "may_sign", "own_organisations"]


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

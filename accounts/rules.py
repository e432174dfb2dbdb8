"""Predicates about people, from which every app builds its own. Asked by pages, API and templates alike."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from accounts.models import Role, User

Person = User | AnonymousUser


@dataclass(frozen=True)
class HeldRole:
    """A grant in force, as a plain value."""

    role: str
    organisation_id: int | None
    plan_code: str


def held_roles(user: Person) -> tuple[HeldRole, ...]:
    """The grants in force of this account, read once per request (kept on the user object)."""
    if not isinstance(user, User) or not user.is_active:
        return ()
    cached: tuple[HeldRole, ...] | None = getattr(user, "_held_roles", None)
    if cached is None:
        rows = user.grants.in_force().values_list("role", "organisation_id", "plan_code")
        cached = tuple(HeldRole(*row) for row in rows)
        user._held_roles = cached  # type: ignore[attr-defined]
    return cached


def has_role(
    user: Person, *roles: Role, plan_code: str | None = None, organisation_id: int | None = None
) -> bool:
    """Whether one of the roles is held, for this plan and organisation where those are given."""
    return any(
        held.role in roles
        and (plan_code is None or held.plan_code in ("", plan_code))
        and (organisation_id is None or held.organisation_id in (None, organisation_id))
        for held in held_roles(user)
    )


def organisations_of(user: Person, *roles: Role, plan_code: str | None = None) -> set[int]:
    """Ids of the organisations for which one of the roles is held."""
    return {
        held.organisation_id
        for held in held_roles(user)
        if held.role in roles
        and held.organisation_id is not None
        and (plan_code is None or held.plan_code in ("", plan_code))
    }


def sees_all_data(user: Person, *, plan_code: str) -> bool:
    """Leaders and the plan's owner read everything of the plan."""
    return has_role(user, Role.LEADER, Role.OWNER, plan_code=plan_code)


def sees_any_data(user: Person) -> bool:
    """Whether the account may see plans and boards at all: the three administrators may not."""
    return has_role(user, Role.REPORTER, Role.REVIEWER, Role.VERIFIER, Role.OWNER, Role.LEADER)


def owns_plan(user: Person, *, plan_code: str) -> bool:
    """The plan's owner (牵头办): cycles, targets, schemes, publication."""
    return has_role(user, Role.OWNER, plan_code=plan_code)


def may_sign_off(user: Person, *, plan_code: str) -> bool:
    """Leaders sign off a publication."""
    return has_role(user, Role.LEADER, plan_code=plan_code)


def reads_trail(user: Person) -> bool:
    """The auditor reads the trail and nothing else."""
    return has_role(user, Role.AUDITOR)

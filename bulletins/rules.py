"""Who may draft, edit, sign and issue what goes out."""

from __future__ import annotations

from accounts.models import Role
from accounts.rules import Person, has_role, may_sign_off, owns_plan, sees_all_data
from bulletins.models import Bulletin
from returns.models import Cycle
from returns.rules import may_see_board

__all__ = ["may_edit", "may_edit_wording", "may_issue", "may_read_sheets", "may_see_board", "may_sign"]


def may_draft(user: Person, *, plan_code: str) -> bool:
    """Draft a plan's 通报: its owner."""
    return owns_plan(user, plan_code=plan_code)


def may_draft_brief(user: Person) -> bool:
    """Draft a 简报 over all plans: whoever owns a plan."""
    return has_role(user, Role.OWNER)


def may_edit(user: Person, bulletin: Bulletin) -> bool:
    """Edit the text, take a signed one back, issue it: the plan's owner; of a 简报 any owner."""
    if bulletin.cycle is None:
        return may_draft_brief(user)
    return may_draft(user, plan_code=bulletin.cycle.plan.code)


may_issue = may_edit


def may_sign(user: Person, bulletin: Bulletin) -> bool:
    """Sign what goes out: a leader."""
    if bulletin.cycle is None:
        return has_role(user, Role.LEADER)
    return may_sign_off(user, plan_code=bulletin.cycle.plan.code)


def may_edit_wording(user: Person, *, plan_code: str) -> bool:
    """Change the sentence templates of a plan: its owner."""
    return owns_plan(user, plan_code=plan_code)


def may_read_sheets(user: Person, *, cycle: Cycle) -> bool:
    """Read 一区一单 of every organisation: the plan's owner and leaders."""
    return sees_all_data(user, plan_code=cycle.plan.code)

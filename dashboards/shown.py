"""What an address of a board's dashboard means: plan, quarter and board, and what narrows them.

`?group=` narrows the organisations, `?leader=` the indicators, to those in the charge of one office. Neither
changes a score, a total or a rank; what is asked for and not there is said on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.models import Role
from accounts.rules import has_role
from dashboards.history import BoardHistory, board_history
from huzhou_targets.http import query_of
from indicators.leaders import Charge, charge_of
from indicators.models import Plan
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from rankings.models import Board, RankingEntry, RankingRun
from rankings.rules import may_see_board
from rankings.selectors import is_rebuild_due
from returns.models import Cycle


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What an address of a board's dashboard means: the plans of the account, the board, its run if any."""

    plans: list[Plan]
    plan: Plan
    cycle: Cycle
    cycles: list[Cycle]
    board: str
    history: BoardHistory
    charge: Charge
    asked_group: str

    @property
    def run(self) -> RankingRun | None:
        """The run that counts in the period."""
        return self.history.run(self.cycle.period)

    @property
    def everybody(self) -> tuple[RankingEntry, ...]:
        """The run's entries in printed order, of all groups; nobody where there is no run."""
        return () if self.run is None else self.history.entries_of(self.run)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of the board."""
        return tuple(dict.fromkeys(entry.group for entry in self.everybody if entry.group))

    @property
    def group(self) -> str:
        """The group to which the page is narrowed; empty where it is not."""
        return self.asked_group if self.asked_group in self.groups else ""

    @property
    def entries(self) -> tuple[RankingEntry, ...]:
        """The entries of that group, in printed order."""
        return tuple(entry for entry in self.everybody if self.group in ("", entry.group))


def find_shown(request: HttpRequest, plan: str, period: Period, board: str) -> Shown:
    """The board of an address. 404 where plan, period or board are not there for this account.

    Refused before the freeze, since ranks and others' figures are open only afterwards. Five queries.
    """
    if board not in Board.values:
        raise Http404
    plans = list(plans_visible_to(request.user))
    found = next((item for item in plans if item.code == plan), None)
    if found is None:
        raise Http404
    cycles = list(found.cycles.order_by("-year", "-quarter"))
    cycle = next((item for item in cycles if item.period == period), None)
    if cycle is None:
        raise Http404
    for item in cycles:
        item.plan = found
    if not may_see_board(request.user, cycle=cycle):
        raise PermissionDenied("名次和其他单位的数在冻结后公开；冻结前请在“晾晒榜”看本单位自己的得分")
    return Shown(
        plans=plans,
        plan=found,
        cycle=cycle,
        cycles=cycles,
        board=board,
        history=board_history(request.user, plan=found, board=board),
        charge=charge_of(found, request.GET.get("leader", "")),
        asked_group=request.GET.get("group", "").strip(),
    )


def shared_context(request: HttpRequest, shown: Shown, *, tab: str) -> dict[str, Any]:
    """What all pages of a board's dashboard show: head, switcher, tabs, filters, state of the data."""
    cycle, charge = shown.cycle, shown.charge
    unknown_group = shown.asked_group if shown.run is not None and not shown.group else ""
    return {
        "section": "overview",
        "tab": tab,
        "plan": shown.plan,
        "plans": shown.plans,
        "cycle": cycle,
        "cycles": shown.cycles,
        "board": shown.board,
        "board_label": Board(shown.board).label,
        "boards": Board.choices,
        "run": shown.run,
        "run_size": len(shown.entries),
        "groups": shown.groups,
        "group": shown.group,
        "unknown_group": unknown_group,
        "charge": charge,
        "kept": query_of(group=shown.asked_group, leader=charge.asked),
        "kept_leader": query_of(leader=charge.asked),
        "rebuild_due": not cycle.is_sealed and is_rebuild_due(cycle, shown.board),
        "runs_cycle": has_role(request.user, Role.OWNER, Role.LEADER, plan_code=shown.plan.code),
        "demo_data": cycle.is_demo,
    }

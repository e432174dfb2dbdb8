"""Reads for the pages of plans: which plans one may see, tables as printed, text targets, tasks."""

from __future__ import annotations

import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Role
from accounts.rules import Person, held_roles
from indicators.document_tables import DocumentGrid, PrintedCell, build_grid
from indicators.models import DocumentTable, Plan, Target, Task, TaskResponsibility

DATA_ROLES = frozenset({Role.REPORTER, Role.REVIEWER, Role.VERIFIER, Role.OWNER, Role.LEADER})
"""Roles that see plans and boards. The three administrators (三员) hold none of them."""


def plans_visible_to(user: Person) -> QuerySet[Plan]:
    """The plans for which the account holds a role that sees data; none for the three administrators."""
    codes = {held.plan_code for held in held_roles(user) if held.role in DATA_ROLES}
    plans = Plan.objects.select_related("document", "city", "owner")
    return plans if "" in codes else plans.filter(code__in=codes)


def plans_with_counts(user: Person) -> QuerySet[Plan]:
    """Visible plans with `indicator_count`, `task_count` and `park_count`."""
    return plans_visible_to(user).annotate(
        indicator_count=Count("indicators", distinct=True),
        task_count=Count("tasks", distinct=True),
        park_count=Count("parks", distinct=True),
    )


def table_grid(table: DocumentTable, *, on: datetime.date) -> DocumentGrid:
    """The document's table as printed, with the targets in force on that day and its 小计 and 合计.

    Two queries, whatever the size of the table.
    """
    targets = (
        Target.objects.filter(table=table)
        .in_force_on(on)
        .select_related("indicator__lead")
        .order_by("row_order", "column_order")
    )
    cells = [
        PrintedCell(
            row_order=target.row_order,
            column_order=target.column_order,
            row=target.row,
            text=target.text,
            note=target.note,
            describes={
                "number": str(target.row_order),
                "category": target.indicator.category,
                "indicator": target.row.removeprefix(f"{target.row_order} "),
                "unit": target.unit,
                "lead": target.indicator.lead.name,
            },
        )
        for target in targets
    ]
    cells += [
        PrintedCell(
            row_order=total.row_order,
            column_order=total.column_order,
            row=total.row,
            text=total.text,
            is_total=True,
            describes={},
        )
        for total in table.totals.all()
    ]
    return build_grid(columns=table.columns, cells=cells)


def text_targets(plan: Plan) -> QuerySet[Target]:
    """Targets that only the running text states, in the document's order."""
    return (
        Target.objects.filter(table__plan=plan, table__is_text=True)
        .select_related("indicator", "organisation", "table")
        .order_by("table__order", "row_order", "column_order")
    )


def tasks_with_units(plan: Plan) -> QuerySet[Task]:
    """The plan's tasks, each with its responsible units in the document's order (the first leads)."""
    units = TaskResponsibility.objects.select_related("organisation").order_by("order")
    return plan.tasks.prefetch_related(Prefetch("responsibilities", queryset=units)).order_by("order")


def filter_tasks(tasks: QuerySet[Task], *, words: str) -> QuerySet[Task]:
    """Tasks whose title, text or responsible units contain the words."""
    if not words:
        return tasks
    return tasks.filter(
        Q(title__icontains=words) | Q(text__icontains=words) | Q(responsible_text__icontains=words)
    )

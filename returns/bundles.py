"""All templates of a cycle in one zip, for the office that hands them out."""

from __future__ import annotations

import io
import zipfile

from districts.models import Organisation
from returns.due import due_values, with_due_values
from returns.models import Cycle
from returns.selectors import build_vocabulary, scored_targets
from returns.workbook.template import write_template


def reporters_in(cycle: Cycle) -> list[Organisation]:
    """The organisations with something to report in a cycle: districts with targets, departments that lead.

    Three queries; in the official order.
    """
    wanted: set[int] = set()
    for target in scored_targets(cycle):
        wanted.add(target.indicator.lead_id)
        if target.organisation.is_place:
            wanted.add(target.organisation_id)
    return list(Organisation.objects.filter(pk__in=wanted).order_by("order", "code"))


def template_name(cycle: Cycle, organisation: Organisation) -> str:
    """The file name of one organisation's template."""
    return f"{cycle.plan.short_name}{cycle.period.label}填报表-{organisation.name}.xlsx"


def template_for(cycle: Cycle, organisation: Organisation) -> bytes:
    """The template of one organisation for a cycle."""
    vocabulary = with_due_values(build_vocabulary(cycle, reporter=organisation), due_values(cycle))
    return write_template(vocabulary, organisation=organisation.code, is_demo=cycle.is_demo)


def templates_zip(cycle: Cycle) -> bytes:
    """Every reporter's template; names are in UTF-8 and flagged so, which Windows and WPS need."""
    due = due_values(cycle)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as bundle:  # a workbook is packed already
        for organisation in reporters_in(cycle):
            vocabulary = with_due_values(build_vocabulary(cycle, reporter=organisation), due)
            data = write_template(vocabulary, organisation=organisation.code, is_demo=cycle.is_demo)
            bundle.writestr(template_name(cycle, organisation), data)
    return stream.getvalue()

"""The auditor's pages of the trail. They stand here because the trail itself knows no rights."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import reads_trail
from audit.filters import TrailFilter
from audit.middleware import IN_TRAIL
from audit.models import AuditEntry
from audit.services import Thing, record
from audit.showing import HEADERS, entry_rows, shown_changes
from audit.verbs import word_of
from huzhou_targets.http import XLSX, render_page
from huzhou_targets.sheets import table_csv, table_xlsx

PAGE_SIZE = 50
EXPORT_MAX = 50_000
"""More entries than this make a file that takes too long; the period is then to be narrowed."""


def _found(request: HttpRequest) -> TrailFilter:
    """The filtered trail; refused to everybody but the auditor."""
    if not reads_trail(request.user):
        raise PermissionDenied
    return TrailFilter(request.GET, queryset=AuditEntry.objects.all())


@require_safe
@login_required
def trail_page(request: HttpRequest) -> HttpResponse:
    """The trail, newest first."""
    found = _found(request)
    entries = found.qs if found.is_valid() else AuditEntry.objects.none()
    page = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "section": "trail",
        "filter": found,
        "page": page,
        "rows": [(entry, word_of(entry.verb), shown_changes(entry.changes)) for entry in page.object_list],
        "query": request.GET.urlencode(),
    }
    return render_page(request, "audit/trail.html", context, fragment="audit/_trail_rows.html")


@require_safe
@login_required
def trail_file(request: HttpRequest, shape: str) -> HttpResponse:
    """The filtered trail as .xlsx or .csv; taking it out is an entry of the trail itself."""
    found = _found(request)
    entries = found.qs if found.is_valid() else AuditEntry.objects.none()
    count = entries.count()
    if not found.is_valid() or count > EXPORT_MAX:
        messages.error(
            request,
            f"没有导出：符合条件的记录有 {count} 条，一次最多 {EXPORT_MAX} 条，请用“自、至”缩小时间范围后再导出。"
            if found.is_valid()
            else "没有导出：筛选条件有误，请先改正。",
        )
        return redirect(f"{reverse('trail')}?{request.GET.urlencode()}")
    rows = list(entry_rows(entries.iterator(chunk_size=2000)))
    data = table_csv(HEADERS, rows) if shape == "csv" else table_xlsx("审计记录", HEADERS, rows)
    name = f"审计记录-{timezone.localtime():%Y%m%d-%H%M%S}.{shape}"
    asked = {key: value for key, value in found.form.data.items() if value and key in found.filters}
    with transaction.atomic():
        record(
            actor=cast("User", request.user),
            verb="trail.exported",
            subject=Thing(type="audit.auditentry", id="", label=name),
            changes={"entries": count, "filter": asked},
        )
    response = HttpResponse(data, content_type="text/csv; charset=utf-8" if shape == "csv" else XLSX)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    setattr(response, IN_TRAIL, True)
    return response

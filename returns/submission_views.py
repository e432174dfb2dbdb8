"""Pages of 报送单: the list with the check of a code, one sheet with its scans, its files, what a plan wants."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.rules import sees_any_data
from huzhou_targets.http import DOCX, PDF, download_response, kept_file_response, render_page
from huzhou_targets.layout import as_pdf
from huzhou_targets.office import OfficeMissing
from huzhou_targets.table_files import exportable, rows_per_page
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from returns import overviews
from returns.evidence_files import endings_of, names_of
from returns.rules import may_attach_scan
from returns.services.scans import SCAN_KINDS, attach_scan, hand_out_scan, require_signed_sheets
from returns.services.submissions import issue_sheet
from returns.states import WRITABLE_STATES, WrongState
from returns.submission_document import sheet_docx
from returns.submission_sheets import clean_code, compare, read_sheet, readable_lines, requires_scan
from returns.submissions import SignedScan, Submission
from returns.views import choose_reporter, find_cycle, find_reporters

SHEETS_PER_PAGE = 50


@login_required
@exportable
def submission_list(request: HttpRequest) -> HttpResponse:
    """Sheets that the account may see, newest first; `?code=` leads to the sheet that bears a check code."""
    if not sees_any_data(request.user):
        raise PermissionDenied
    typed = request.GET.get("code", "").strip()
    rows = overviews.submissions_visible_to(request.user)
    if typed:
        found = rows.filter(code=clean_code(typed)).first()
        if found is not None:
            return redirect("submission", found.pk)
    page = Paginator(rows.defer("contents"), rows_per_page(request, SHEETS_PER_PAGE)).get_page(
        request.GET.get("page")
    )
    context = {"section": "returns", "page": page, "typed": typed}
    return render_page(request, "returns/submission_list.html", context, status=404 if typed else 200)


def find_submission(request: HttpRequest, pk: int) -> Submission:
    """A sheet that the account may see, else 404."""
    return get_object_or_404(overviews.submissions_visible_to(request.user), pk=pk)


@login_required
@exportable
def submission_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet to read and print, what changed since, and its signed scans."""
    return _show(request, find_submission(request, pk))


def _show(request: HttpRequest, submission: Submission, *, refusal: str = "") -> HttpResponse:
    quarterly_return = submission.quarterly_return
    cycle = quarterly_return.cycle
    sheet = read_sheet(submission)
    lines = readable_lines(submission, sheet.lines, user=request.user)
    is_whole = len(lines) == len(sheet.lines)
    context = {
        "section": "returns",
        "submission": submission,
        "sheet": sheet,
        "is_whole": is_whole,
        "comparison": compare(submission, lines, is_whole=is_whole),
        "cycle": cycle,
        "plan": cycle.plan,
        "scans": submission.scans.all(),
        "others": quarterly_return.submissions.defer("contents").exclude(pk=submission.pk),
        "may_attach": may_attach_scan(request.user, submission) and cycle.state in WRITABLE_STATES,
        "scan_required": requires_scan(cycle.plan),
        "scan_kinds": names_of(SCAN_KINDS),
        "scan_endings": endings_of(SCAN_KINDS),
        "scan_bytes": settings.SIGNED_SCAN_MAX_BYTES,
        "refusal": refusal,
        "demo_data": cycle.is_demo,
    }
    return render_page(request, "returns/submission.html", context, status=422 if refusal else 200)


@require_GET
@login_required
def submission_file(request: HttpRequest, pk: int, shape: str) -> HttpResponse:
    """The sheet as PDF or .docx, or its sealed text; for accounts that read the whole of it."""
    submission = find_submission(request, pk)
    sheet = read_sheet(submission)
    if shape not in {"pdf", "docx", "json"} or len(
        readable_lines(submission, sheet.lines, user=request.user)
    ) < len(sheet.lines):
        raise Http404("没有这份报送单，或者其中有您无权查看的数")
    name = f"{sheet.plan_name}{sheet.period_name}{sheet.organisation_name}报送单第{sheet.number}次"
    if shape == "json":
        data = submission.contents.encode()
        return download_response(data, filename=f"{name}.json", content_type="application/json")
    data = sheet_docx(sheet, code=submission.code, is_demo=submission.quarterly_return.cycle.is_demo)
    if shape == "docx":
        return download_response(data, filename=f"{name}.docx", content_type=DOCX)
    try:
        return download_response(as_pdf(data), filename=f"{name}.pdf", content_type=PDF)
    except OfficeMissing as error:
        messages.error(request, f"{error}。")
        return redirect("submission", pk)


@require_POST
@login_required
def submission_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach the signed and stamped scan of a sheet."""
    submission = find_submission(request, pk)
    try:
        scan = attach_scan(
            actor=cast("User", request.user), submission=submission, file=request.FILES.get("scan")
        )
    except WrongState as error:
        return _show(request, submission, refusal=str(error))
    messages.success(request, f"已收下扫描件“{scan.filename}”，核定单位可以看到。")
    return redirect("submission", pk)


@require_GET
@login_required
def scan_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A signed scan as it came, always as a download and in the trail."""
    rows = SignedScan.objects.visible_to(request.user)
    scan = get_object_or_404(rows.select_related("submission__quarterly_return__cycle__plan"), pk=pk)
    data = hand_out_scan(actor=cast("User", request.user), scan=scan)
    return kept_file_response(data, filename=scan.filename)


@require_POST
@login_required
def submission_issue(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """A sheet of what was handed in before, for a return that has none of its present figures."""
    cycle = find_cycle(request, plan, period)
    reporter = choose_reporter(request, find_reporters(request, cycle))
    try:
        submission = issue_sheet(actor=cast("User", request.user), cycle=cycle, reporter=reporter)
    except WrongState as error:
        messages.error(request, f"没有出单：{error}。")
        return redirect("return_form", plan, period)
    messages.success(request, f"已出第 {submission.number} 次报送的报送单。")
    return redirect("submission", submission.pk)


@require_POST
@login_required
def signed_sheet_setting(request: HttpRequest, plan: str) -> HttpResponse:
    """Say whether a plan verifies only what a signed scan covers: its owner, with a reason."""
    found = get_object_or_404(plans_visible_to(request.user), code=plan)
    required = request.POST.get("required") == "yes"
    try:
        require_signed_sheets(
            actor=cast("User", request.user),
            plan=found,
            required=required,
            reason=request.POST.get("reason", ""),
        )
    except WrongState as error:
        messages.error(request, f"{error}。")
    else:
        word = "要求" if required else "不再要求"
        messages.success(request, f"已改：核定前{word}签字盖章的报送单扫描件，从下一次核定起生效。")
    return redirect("check_list", plan)

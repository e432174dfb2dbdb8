"""Pages for files: handing in one or several, what each would change, confirming, records and receipts."""

from __future__ import annotations

from pathlib import PurePath
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.rules import sees_any_data
from huzhou_targets.http import render_page, workbook_response
from huzhou_targets.table_files import exportable, rows_per_page
from indicators.periods import Period
from returns import overviews
from returns.forms import UploadForm
from returns.models import Upload
from returns.receipts import receipt_of
from returns.rules import may_report_for
from returns.services.batches import receive_batch
from returns.services.confirming import Confirmed, confirm_upload, discard_upload
from returns.services.previews import Preview
from returns.services.reading import read_upload
from returns.source_cells import NoSuchCell, source_around
from returns.states import WRITABLE_STATES, WrongState
from returns.views import find_cycle, find_reporters

UPLOADS_PER_PAGE = 50

SLOW_SECONDS = 15
"""A file that waits longer than this in the queue may be read at once by the page itself."""

TEMPLATE_PROBLEMS = {"other_period", "other_plan", "other_organisation", "template_outdated", "no_table"}
"""Problems that are put right with the right template: the page offers it."""

MEANWHILE = "没有入库：核对期间有人改动了其中的数，下表已按最新情况重新比较，请再核对一次后确认。"


@login_required
def upload_return(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """Hand in workbooks; the answer is the upload's own page, or that of the batch, which follow the reading."""
    cycle = find_cycle(request, plan, period)
    reporters = find_reporters(request, cycle)
    form = UploadForm(request.POST or None, request.FILES or None, reporters=reporters)
    if request.method == "POST" and form.is_valid():
        uploads = receive_batch(
            actor=cast("User", request.user),
            cycle=cycle,
            reporter=form.cleaned_data["reporter"],
            files=form.cleaned_data["file"],
        )
        if len(uploads) == 1:
            return redirect("upload", uploads[0].pk)
        return redirect("upload_batch", uploads[0].batch)
    recent = overviews.uploads_visible_to(request.user).filter(cycle=cycle)[:10]
    context = {
        "section": "returns",
        "cycle": cycle,
        "plan": cycle.plan,
        "form": form,
        "reporters": reporters,
        "recent": recent,
        "writable": cycle.state in WRITABLE_STATES,
        "demo_data": cycle.is_demo,
    }
    return render_page(request, "returns/upload_form.html", context)


@login_required
@exportable
def upload_list(request: HttpRequest) -> HttpResponse:
    """Files that were handed in, newest first."""
    if not sees_any_data(request.user):
        raise PermissionDenied
    page = Paginator(
        overviews.uploads_visible_to(request.user), rows_per_page(request, UPLOADS_PER_PAGE)
    ).get_page(request.GET.get("page"))
    return render_page(request, "returns/upload_list.html", {"section": "returns", "page": page})


@login_required
def upload_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: what came of it or would come of it, and every problem with sheet, cell and remedy."""
    upload = find_upload(request, pk)
    waits = upload.state == Upload.State.CHECKED
    wrong = {problem["code"] for problem in upload.errors}
    context = {
        "section": "returns",
        "upload": upload,
        "plan": upload.cycle.plan,
        "cycle": upload.cycle,
        "preview": Preview.from_data(upload.preview) if waits else None,
        "earlier": overviews.same_file_before(upload),
        "is_slow": _is_slow(upload),
        "needs_template": bool(wrong & TEMPLATE_PROBLEMS),
        "may_upload": may_report_for(
            request.user, plan_code=upload.cycle.plan.code, organisation_id=upload.organisation_id
        ),
        "demo_data": upload.cycle.is_demo,
    }
    return render_page(request, "returns/upload.html", context, fragment="returns/_upload_live.html")


def _is_slow(upload: Upload) -> bool:
    waited = timezone.now() - upload.uploaded_at
    return upload.state == Upload.State.RECEIVED and waited.total_seconds() > SLOW_SECONDS


@require_POST
@login_required
def upload_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a file at once that waits long in the queue; a file that a worker has begun is left to it."""
    upload = find_upload(request, pk)
    if _is_slow(upload):
        read_upload(upload.pk)
    return redirect("upload", pk)


@require_POST
@login_required
def upload_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Store what the preview showed; where others changed it meanwhile, the page shows the new preview."""
    upload = find_upload(request, pk)
    token = request.POST.get("token", "")
    try:
        confirmed = confirm_upload(actor=cast("User", request.user), upload=upload, token=token)
    except WrongState as error:
        messages.error(request, str(error))
        return redirect("upload", pk)
    _tell(request, confirmed)
    return redirect("upload", pk)


def _tell(request: HttpRequest, confirmed: Confirmed) -> None:
    if confirmed.preview is not None:
        messages.warning(request, MEANWHILE)
    elif confirmed.saved is None:
        messages.error(request, "没有入库：情况有了变化，原因见下表。")
    else:
        saved = confirmed.saved
        messages.success(
            request,
            f"已入库：新增 {saved.new} 项，改动 {saved.changed} 项，未变 {saved.unchanged} 项，等待核定。",
        )


@require_POST
@login_required
def upload_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a file that waits for confirmation."""
    upload = find_upload(request, pk)
    try:
        discard_upload(actor=cast("User", request.user), upload=upload)
    except WrongState as error:
        messages.error(request, str(error))
        return redirect("upload", pk)
    messages.info(request, "已放弃这份文件，没有改动任何数。")
    return redirect("upload", pk)


@login_required
def batch_page(request: HttpRequest, batch: UUID) -> HttpResponse:
    """The files that were sent together: the state of each, and what each would change."""
    uploads = _batch(request, batch)
    first = uploads[0]
    context = {
        "section": "returns",
        "batch": batch,
        "uploads": uploads,
        "plan": first.cycle.plan,
        "cycle": first.cycle,
        "waiting": [upload for upload in uploads if upload.state == Upload.State.CHECKED],
        "is_reading": any(upload.is_in_progress for upload in uploads),
        "is_slow": any(map(_is_slow, uploads)),
        "may_upload": may_report_for(
            request.user, plan_code=first.cycle.plan.code, organisation_id=first.organisation_id
        ),
        "demo_data": first.cycle.is_demo,
    }
    return render_page(request, "returns/batch.html", context, fragment="returns/_batch_live.html")


@require_POST
@login_required
def batch_read(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Read the first file of a batch that waits long in the queue."""
    slow = [upload for upload in _batch(request, batch) if _is_slow(upload)]
    if slow:
        read_upload(slow[0].pk)
    return redirect("upload_batch", batch)


@require_POST
@login_required
def batch_confirm(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Store all files of a batch that wait, one after the other, each against what the list showed of it."""
    stored, again = 0, []
    for upload in _batch(request, batch):
        if upload.state != Upload.State.CHECKED:
            continue
        token = request.POST.get(f"token-{upload.pk}", "")
        try:
            confirmed = confirm_upload(actor=cast("User", request.user), upload=upload, token=token)
        except WrongState as error:
            messages.error(request, f"{upload.filename}：{error}")
            continue
        if confirmed.saved is None:
            again.append(upload.filename)
        else:
            stored += 1
    if stored:
        messages.success(request, f"已入库 {stored} 个文件，等待核定。")
    if again:
        messages.warning(
            request, f"没有入库：{'、'.join(again)}。核对期间其中的数有了变化，请点开文件逐个核对后确认。"
        )
    return redirect("upload_batch", batch)


def _batch(request: HttpRequest, batch: UUID) -> list[Upload]:
    uploads = list(overviews.uploads_visible_to(request.user).filter(batch=batch).order_by("id"))
    if not uploads:
        raise Http404("没有这一批文件")
    return uploads


def find_upload(request: HttpRequest, pk: int) -> Upload:
    """An upload that the account may see, else 404."""
    return get_object_or_404(overviews.uploads_visible_to(request.user), pk=pk)


@require_GET
@login_required
def upload_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it came, always as a download; one that was too large is on record without it: 404."""
    upload = find_upload(request, pk)
    if not upload.content:
        raise Http404("这个文件没有读取，因此没有保存")
    response = FileResponse(
        upload.content.open("rb"),
        as_attachment=True,
        filename=upload.filename,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
@login_required
def upload_cell(request: HttpRequest, pk: int) -> HttpResponse:
    """The cell of a file from which a figure came (`?sheet=…&cell=E5`), with what stands around it.

    Without a cell it is the beginning of the sheet, without a sheet the first one.
    """
    upload = find_upload(request, pk)
    cell = request.GET.get("cell", "A1").upper()
    view, refusal = None, ""
    try:
        view = source_around(upload, sheet=request.GET.get("sheet", ""), cell=cell)
    except NoSuchCell as error:
        refusal = str(error).rstrip("。")
    context = {
        "section": "returns",
        "upload": upload,
        "plan": upload.cycle.plan,
        "cycle": upload.cycle,
        "cell": cell[:16],
        "view": view,
        "source_column": view.columns.index(view.letters) + 1 if view else 0,
        "refusal": refusal,
        "demo_data": upload.cycle.is_demo,
    }
    return render_page(request, "returns/upload_cell.html", context, status=404 if refusal else 200)


@require_GET
@login_required
def upload_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The 回执: the person's own workbook with its wrong cells marked and 校验结果 in front."""
    upload = find_upload(request, pk)
    if upload.is_in_progress:
        raise Http404("这个文件还没有读完，没有回执")
    name = f"{PurePath(upload.filename).stem}-回执.xlsx"
    return workbook_response(receipt_of(upload), filename=name)

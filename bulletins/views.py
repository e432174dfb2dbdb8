"""Pages of documents that go out: list, text with sign-off, wording, files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role, User
from accounts.rules import has_role, sees_any_data
from bulletins import rules, services
from bulletins.annexes import Table, annexes_xlsx
from bulletins.document import official_docx
from bulletins.drafting import (
    limits_of,
    newest_wording,
    official,
    parts_of,
    sections_of,
)
from bulletins.forms import HeaderForm, IssueForm, PlacesForm, ReasonForm
from bulletins.models import Bulletin
from bulletins.services import TextRefused
from bulletins.sheets import sheets_docx
from bulletins.wording import WordingError
from districts.models import City
from huzhou_targets.http import DOCX, PDF, XLSX, download_response, render_page
from huzhou_targets.layout import as_pdf
from huzhou_targets.office import OfficeMissing
from huzhou_targets.table_files import exportable
from indicators.overviews import plans_visible_to
from indicators.periods import Period
from rankings.models import Board, RankingRun
from rankings.rules import may_see_board, own_organisations
from rankings.selectors import current_run, newest_chain_digest
from rankings.views import find_cycle
from returns.states import WrongState

TYPES = {"docx": DOCX, "pdf": PDF, "xlsx": XLSX}


@require_GET
@login_required
@exportable
def bulletin_list(request: HttpRequest) -> HttpResponse:
    """What was issued; for owners and leaders also what is being written."""
    if not sees_any_data(request.user):
        raise PermissionDenied("本账号不看数据和通报")
    rows = Bulletin.objects.visible_to(request.user).select_related("cycle__plan", "city")
    cities = City.objects.filter(plans__in=plans_visible_to(request.user)).distinct()
    context = {
        "section": "bulletins",
        "bulletins": rows,
        "cities": cities if rules.may_draft_brief(request.user) else [],
        "plans": [
            plan
            for plan in plans_visible_to(request.user)
            if rules.may_edit_wording(request.user, plan_code=plan.code)
        ],
    }
    return render_page(request, "bulletins/bulletin_list.html", context)


@require_POST
@login_required
def start_notice(request: HttpRequest, plan: str, period: Period) -> HttpResponse:
    """Draft the 通报 of a quarter."""
    cycle = find_cycle(request, plan, period)
    try:
        bulletin = services.start_notice(actor=cast("User", request.user), cycle=cycle)
    except (WrongState, WordingError) as error:
        messages.error(request, f"没有起草：{error}。")
        return redirect("cycle", plan, period)
    messages.success(request, "已按封存的排名起草，请核阅文字后报领导签发。")
    return redirect("bulletin", bulletin.pk)


@require_POST
@login_required
def start_brief(request: HttpRequest, city: str) -> HttpResponse:
    """Draft a 简报 over all plans of a city."""
    found = get_object_or_404(
        City.objects.filter(plans__in=plans_visible_to(request.user)).distinct(), code=city
    )
    try:
        bulletin = services.start_brief(actor=cast("User", request.user), city=found)
    except (WrongState, WordingError) as error:
        messages.error(request, f"没有起草：{error}。")
        return redirect("bulletin_list")
    return redirect("bulletin", bulletin.pk)


def _find(request: HttpRequest, pk: int) -> Bulletin:
    rows = Bulletin.objects.visible_to(request.user).select_related(
        "cycle__plan__owner", "city", "drafted_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def bulletin_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The document as it will be printed, its text for the owner to edit, and the next step."""
    bulletin = _find(request, pk)
    if request.method != "POST":
        return _show(request, bulletin)
    act = ACTS.get(request.POST.get("action", ""))
    if act is None:
        raise Http404
    try:
        return act(request, bulletin)
    except WrongState as error:
        messages.error(request, f"没有办成：{error}。")
        return redirect("bulletin", pk)


def _show(
    request: HttpRequest,
    bulletin: Bulletin,
    *,
    header: HeaderForm | None = None,
    issue: IssueForm | None = None,
    texts: dict[str, str] | None = None,
    problems: list[str] | None = None,
) -> HttpResponse:
    sections = [
        section | {"text": (texts or {}).get(section["key"], section["text"])}
        for section in bulletin.sections
    ]
    today = timezone.localdate()
    editor = rules.may_edit(request.user, bulletin)
    context: dict[str, Any] = {
        "section": "bulletins",
        "bulletin": bulletin,
        "editor": editor and bulletin.is_draft,
        "signer": rules.may_sign(request.user, bulletin) and bulletin.is_draft,
        "can_issue": editor and bulletin.state == Bulletin.State.SIGNED,
        "can_take_back": bulletin.state == Bulletin.State.SIGNED
        and (editor or rules.may_sign(request.user, bulletin)),
        "parts": parts_of(bulletin.sections, bulletin.facts),
        "sections": sections,
        "facts": sorted(bulletin.facts.items()),
        "tables": [Table.from_dict(table) for table in bulletin.tables],
        "header": header
        or HeaderForm(initial={name: getattr(bulletin, name) for name in services.HEADER_FIELDS}),
        "issue": issue or IssueForm(initial={"dated_on": today}),
        "back": ReasonForm(),
        "problems": problems or [],
        "runs": bulletin.runs.select_related("cycle__plan").order_by("board"),
        "demo_data": bulletin.cycle is not None and bulletin.cycle.is_demo,
    }
    return render_page(request, "bulletins/bulletin.html", context, status=400 if problems else 200)


def _edit(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    header = HeaderForm(request.POST)
    texts = {
        section["key"]: request.POST.get(f"section-{section['key']}", section["text"])
        for section in bulletin.sections
    }
    if not header.is_valid():
        return _show(
            request, bulletin, header=header, texts=texts, problems=["标题、发文机关或主送机关没有填好"]
        )
    try:
        services.edit_bulletin(
            actor=cast("User", request.user),
            bulletin=bulletin,
            header=header.cleaned_data,
            texts=texts,
            revision=_revision(request),
        )
    except TextRefused as error:
        return _show(request, bulletin, header=header, texts=texts, problems=error.problems)
    messages.success(request, "文稿已保存。")
    return redirect("bulletin", bulletin.pk)


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _sign(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    services.sign_bulletin(actor=cast("User", request.user), bulletin=bulletin, revision=_revision(request))
    messages.success(request, "已签发，牵头办可以编号印发。")
    return redirect("bulletin", bulletin.pk)


def _take_back(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    services.take_back(
        actor=cast("User", request.user), bulletin=bulletin, reason=request.POST.get("reason", "")
    )
    messages.success(request, "已撤回签发，文稿可以修改。")
    return redirect("bulletin", bulletin.pk)


def _issue(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    form = IssueForm(request.POST)
    if not form.is_valid():
        return _show(request, bulletin, issue=form, problems=["文号或成文日期没有填好，见右侧“编号印发”"])
    services.issue_bulletin(actor=cast("User", request.user), bulletin=bulletin, **form.cleaned_data)
    messages.success(request, "已编号印发，各单位现在可以看到。")
    return redirect("bulletin", bulletin.pk)


def _discard(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    services.discard_bulletin(actor=cast("User", request.user), bulletin=bulletin)
    messages.success(request, "草稿已删除。")
    return redirect("bulletin_list")


ACTS: dict[str, Callable[[HttpRequest, Bulletin], HttpResponse]] = {
    "edit": _edit,
    "sign": _sign,
    "take_back": _take_back,
    "issue": _issue,
    "discard": _discard,
}


@require_GET
@login_required
def bulletin_file(request: HttpRequest, pk: int, shape: str) -> HttpResponse:
    """The document as .docx or PDF, or its annexes as .xlsx."""
    bulletin = _find(request, pk)
    chain = newest_chain_digest()
    content = official(bulletin, chain=chain)
    name = f"{bulletin.title}{'' if bulletin.state == Bulletin.State.ISSUED else '（送审稿）'}"
    if shape == "xlsx":
        data = annexes_xlsx(content.tables, title=bulletin.title, note=content.note)
        return download_response(data, filename=f"{name}附表.xlsx", content_type=XLSX)
    data = official_docx(content)
    if shape == "docx":
        return download_response(data, filename=f"{name}.docx", content_type=DOCX)
    try:
        return download_response(as_pdf(data), filename=f"{name}.pdf", content_type=PDF)
    except OfficeMissing as error:
        messages.error(request, f"{error}。")
        return redirect("bulletin", pk)


@require_GET
@login_required
def sheets_file(request: HttpRequest, plan: str, period: Period, board: str, shape: str) -> HttpResponse:
    """一区一单 of a sealed board: one's own, for owners and leaders everybody's; `?unit=` picks one."""
    cycle = find_cycle(request, plan, period)
    if board not in Board.values or shape not in {"docx", "pdf"}:
        raise Http404
    run = current_run(cycle, board)
    if run is None or run.status == RankingRun.Status.PRELIMINARY or run.is_external:
        raise Http404
    if not may_see_board(request.user, cycle=cycle):
        raise PermissionDenied("本期排名还没有对您公开")
    entries = run.entries.select_related("organisation")
    if not rules.may_read_sheets(request.user, cycle=cycle):
        entries = entries.filter(organisation__in=own_organisations(request.user, plan_code=plan))
    if unit := request.GET.get("unit"):
        entries = entries.filter(organisation__code=unit)
    chosen = list(entries)
    if not chosen:
        raise Http404
    data = sheets_docx(run, chosen, chain=newest_chain_digest())
    who = chosen[0].unit if len(chosen) == 1 else "各单位"
    name = f"{cycle.plan.short_name}{cycle.period.label}{who}目标进展清单"
    if shape == "docx":
        return download_response(data, filename=f"{name}.docx", content_type=DOCX)
    try:
        return download_response(as_pdf(data), filename=f"{name}.pdf", content_type=PDF)
    except OfficeMissing as error:
        messages.error(request, f"{error}。")
        return redirect("board", plan, period, board)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def wording_page(request: HttpRequest, plan: str) -> HttpResponse:
    """The sentences of a plan's 通报, for the owner to edit; each saving is a new version."""
    found = get_object_or_404(plans_visible_to(request.user), code=plan)
    if not has_role(request.user, Role.OWNER, Role.LEADER, plan_code=plan):
        raise PermissionDenied("通报句式由牵头办维护")
    wording = newest_wording(found)
    limits = limits_of(wording)
    sections = [
        {"key": section.key, "heading": section.heading, "template": section.template}
        for section in sections_of(wording)
    ]
    form = PlacesForm(initial={"front": limits.front, "end": limits.end})
    problems: list[str] = []
    if request.method == "POST":
        form = PlacesForm(request.POST)
        for section in sections:
            section["template"] = request.POST.get(f"template-{section['key']}", section["template"])
        if form.is_valid():
            try:
                services.save_wording(
                    actor=cast("User", request.user),
                    plan=found,
                    templates={section["key"]: section["template"] for section in sections},
                    **form.cleaned_data,
                )
            except TextRefused as error:
                problems = error.problems
            else:
                messages.success(request, "句式已另存为新版本，以后起草的通报按它成文。")
                return redirect("wording", plan)
    context = {
        "section": "bulletins",
        "plan": found,
        "wording": wording,
        "sections": sections,
        "form": form,
        "problems": problems,
        "editor": rules.may_edit_wording(request.user, plan_code=plan),
    }
    failed = problems or form.errors
    return render_page(request, "bulletins/wording.html", context, status=400 if failed else 200)

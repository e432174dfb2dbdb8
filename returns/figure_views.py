"""A figure's page: what happened to it, its evidence files and comments, and the acts on those."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from huzhou_targets.http import kept_file_response, render_page
from huzhou_targets.table_files import exportable
from returns import overviews
from returns.disagreements import disagreements
from returns.evidence_files import endings_of, names_of
from returns.histories import history_of, thread_of
from returns.models import Figure
from returns.papers import Comment, Evidence
from returns.rules import may_attach_evidence, may_comment, may_read_papers, readable_until
from returns.services.comments import COMMENT_LENGTH, note_comments_seen, write_comment
from returns.services.evidence import attach_evidence, hand_out_evidence, withdraw_evidence
from returns.services.figures import withdraw_figure
from returns.states import WRITABLE_STATES, FigureState, WrongState


@login_required
@exportable
def figure_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a figure came from and everything that happened to it, with its evidence and comments."""
    return _show(request, find_figure(request, pk))


def find_figure(request: HttpRequest, pk: int) -> Figure:
    """A figure that the account may see, with its history, else 404."""
    return get_object_or_404(overviews.figure_with_history(request.user), pk=pk)


def find_involved_figure(request: HttpRequest, pk: int) -> Figure:
    """A figure in which the account is involved, with its history, else 404."""
    return get_object_or_404(overviews.figure_with_history(request.user).involving(request.user), pk=pk)


def _show(
    request: HttpRequest,
    figure: Figure,
    *,
    refusals: list[str] | None = None,
    said: str = "",
    withdrawal: str = "",
) -> HttpResponse:
    """The page; with refusals what was typed stays, and the answer says that nothing was done."""
    open_papers = figure.cycle.state in WRITABLE_STATES
    speaks = may_comment(request.user, figure)
    if speaks:
        _note_seen(cast("User", request.user), figure)
    until = readable_until(request.user, figure)
    context = {
        "section": "boards",
        "figure": figure,
        "shown": _shown(figure, until),
        "differs": disagreements([figure]).get(figure.pk, []),
        "cycle": figure.cycle,
        "plan": figure.cycle.plan,
        "demo_data": figure.cycle.is_demo,
        "differs_from_report": _differs_from_report(figure),
        "history": history_of(figure, until=until),
        "readable_uploads": set(
            overviews.uploads_visible_to(request.user)
            .filter(revisions__figure=figure)
            .values_list("pk", flat=True)
        ),
        "shows_papers": may_read_papers(request.user, figure),
        "evidence_count": sum(not item.is_withdrawn for item in figure.evidence.all()),
        "thread": thread_of(figure),
        "may_comment": speaks and open_papers,
        "may_attach": may_attach_evidence(request.user, figure) and open_papers,
        "may_withdraw": may_attach_evidence(request.user, figure)
        and open_papers
        and figure.value is not None,
        "withdrawal": withdrawal,
        "comment_length": COMMENT_LENGTH,
        "evidence_kinds": names_of(settings.EVIDENCE_KINDS),
        "evidence_endings": endings_of(settings.EVIDENCE_KINDS),
        "evidence_bytes": settings.EVIDENCE_MAX_BYTES,
        "evidence_files": settings.EVIDENCE_FILES_MAX,
        "refusals": refusals or [],
        "said": said,
    }
    return render_page(request, "returns/figure.html", context, status=422 if refusals else 200)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the head of the page says of a figure to this account."""

    state: str
    state_label: str
    value_label: str
    value: Decimal | None
    review_reason: str = ""
    note: str = ""


def _shown(figure: Figure, until: int | None) -> Shown:
    """All of it, or for accounts that read up to a revision only that one and its state."""
    if until is None or until == figure.revision_number:
        revised = figure.is_being_revised
        return Shown(
            state=figure.state,
            state_label=figure.get_state_display(),
            value_label="报送数" if revised else "填报数",
            value=figure.submitted_value if revised else figure.value,
            review_reason=figure.review_reason,
            note=figure.in_force_note,
        )
    state = FigureState.VERIFIED if until == figure.verified_revision else FigureState.SUBMITTED
    (value,) = (revision.value for revision in figure.revisions.all() if revision.number == until)
    return Shown(state=state, state_label=state.label, value_label="报送数", value=value)


def _differs_from_report(figure: Figure) -> bool:
    """Whether another value was verified than the one that was reported then."""
    reported = {revision.number: revision.value for revision in figure.revisions.all()}
    return figure.verified_revision is not None and (
        reported.get(figure.verified_revision) != figure.verified_value
    )


def _note_seen(user: User, figure: Figure) -> None:
    """Remember the newest comment of others that this visit shows; nothing is written where it is no news."""
    newest = max((item for item in figure.comments.all() if item.author_id != user.pk), key=_id, default=None)
    seen: int | None = vars(figure)["seen_comment"]  # a column of figure_with_history
    if newest is not None and (seen is None or seen < newest.pk):
        note_comments_seen(user=user, figure=figure, newest=newest)


def _id(comment: Comment) -> int:
    return comment.pk


@require_POST
@login_required
def figure_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a comment; what cannot be stored stays in the form."""
    figure = find_involved_figure(request, pk)
    text = request.POST.get("text", "")
    try:
        write_comment(actor=cast("User", request.user), figure=figure, text=text)
    except WrongState as error:
        return _show(request, figure, refusals=[f"批注没有保存：{error}。"], said=text)
    messages.success(request, "批注已保存，对方会收到提醒。")
    return redirect(f"{reverse('figure', args=[pk])}#comments")


@require_POST
@login_required
def figure_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a figure back with a reason; what was typed stays where that is refused."""
    figure = find_involved_figure(request, pk)
    reason, number = request.POST.get("reason", ""), request.POST.get("revision", "")
    seen = int(number) if number.isascii() and number.isdecimal() else None
    try:
        withdraw_figure(actor=cast("User", request.user), figure=figure, reason=reason, seen=seen)
    except WrongState as error:
        return _show(request, find_figure(request, pk), refusals=[f"{error}。"], withdrawal=reason)
    messages.success(request, "已撤回，这个数不再计算；全部经过和理由留在过程记录里。")
    return redirect("figure", pk=pk)


@require_POST
@login_required
def figure_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload evidence of a figure: all files of the request, or none and every reason at once."""
    figure = find_involved_figure(request, pk)
    files = request.FILES.getlist("evidence")
    try:
        attached = attach_evidence(actor=cast("User", request.user), figure=figure, files=files)
    except WrongState as error:
        return _show(request, figure, refusals=[f"佐证没有收下：{error}。"])
    if attached.problems:
        refusals = [problem.message for problem in attached.problems]
        return _show(request, figure, refusals=[*refusals, "本次选的文件都没有保存，请改好后重新选择。"])
    messages.success(request, f"已收下 {len(attached.evidence)} 个佐证文件。")
    return redirect(f"{reverse('figure', args=[pk])}#evidence")


@require_GET
@login_required
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    """An evidence file as it came, always as a download and in the trail; a foreign one is not found."""
    evidence = _find_evidence(request, pk)
    data = hand_out_evidence(actor=cast("User", request.user), evidence=evidence)
    return kept_file_response(data, filename=evidence.filename)


@require_POST
@login_required
def evidence_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an evidence file back with a reason."""
    evidence = _find_evidence(request, pk)
    reason = request.POST.get("reason", "")
    try:
        withdraw_evidence(actor=cast("User", request.user), evidence=evidence, reason=reason)
    except WrongState as error:
        figure = find_figure(request, evidence.figure_id)
        return _show(request, figure, refusals=[f"佐证没有撤回：{error}。"])
    messages.success(request, f"已撤回“{evidence.filename}”，文件和理由留在过程记录里。")
    return redirect(f"{reverse('figure', args=[evidence.figure_id])}#evidence")


def _find_evidence(request: HttpRequest, pk: int) -> Evidence:
    rows = Evidence.objects.visible_to(request.user).select_related(
        "figure__indicator", "figure__organisation", "figure__cycle__plan"
    )
    return get_object_or_404(rows, pk=pk)

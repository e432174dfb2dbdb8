"""A walk through every kind of page, as the right account: for screenshots, measures and browser tests."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse

from accounts.models import Grant, Role, User
from bulletins.models import Bulletin
from rankings.models import Board, BoardImport, Objection, RankingRun
from returns.models import Figure, Upload
from returns.states import FigureState
from returns.submissions import Submission

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A page of the tour: a name for files, its address, and who looks (None: nobody signed in)."""

    name: str
    address: str
    account: str | None


Page = tuple[str, str, str | None]
"""Name, address and account."""


@dataclass(frozen=True, kw_only=True)
class Tour:
    """Which plan and period are shown, for which place, and by whom.

    place is an organisation's code on the districts board, the others are user names.
    """

    plan: str
    period: str
    place: str
    reporter: str
    verifier: str
    owner: str

    @property
    def year(self) -> int:
        """The period's year."""
        return int(self.period[:4])


def walk(*, plan: str, period: str, place: str, reporter: str, verifier: str, owner: str) -> list[Stop]:
    """The stops for one plan and period; pages for which there are no data are left out.

    place is an organisation's code on the districts board, the others are user names.
    """
    tour = Tour(plan=plan, period=period, place=place, reporter=reporter, verifier=verifier, owner=owner)
    kinds = (
        _general,
        _dashboards,
        _boards,
        _returns,
        _unit_review,
        _plans,
        _published,
        _uploads,
        _single_rows,
        _administrators,
    )
    return [
        Stop(name=name, address=address, account=account)
        for pages in kinds
        for name, address, account in pages(tour)
    ]


def _general(tour: Tour) -> list[Page]:
    return [
        ("sign-in", reverse("sign_in"), None),
        ("help", reverse("help"), tour.owner),
        ("manual", reverse("manual"), tour.reporter),
        ("home", reverse("home"), tour.owner),
        ("home-reporter", reverse("home"), tour.reporter),
        ("home-verifier", reverse("home"), tour.verifier),
        ("boards", reverse("all_boards"), tour.owner),
        ("password", reverse("password"), tour.reporter),
        ("not-found", "/boards/none/", tour.owner),
        ("forbidden", reverse("review_list"), tour.reporter),
    ]


def _dashboards(tour: Tour) -> list[Page]:
    """The leadership page, its pictures and the big screen."""
    owner, board = tour.owner, [tour.plan, tour.period, Board.DISTRICTS]
    return [
        ("overview", reverse("overview", args=board), owner),
        ("overview-departments", reverse("overview", args=[*board[:2], Board.DEPARTMENTS]), owner),
        ("picture-lights", reverse("picture_lights", args=board), owner),
        ("picture-trend", reverse("picture_trend", args=board), owner),
        ("picture-ranks", reverse("picture_ranks", args=board), owner),
        ("picture-projection", reverse("picture_projection", args=board), owner),
        ("screen", reverse("screen"), owner),
    ]


def _boards(tour: Tour) -> list[Page]:
    """Rankings, what leads to them and what follows from them."""
    owner, cycle = tour.owner, [tour.plan, tour.period]
    board, entry = [*cycle, Board.DISTRICTS], [*cycle, Board.DISTRICTS, tour.place]
    return [
        ("board", reverse("board", args=board), owner),
        ("entry", reverse("board_entry", args=entry), owner),
        ("why", reverse("why", args=entry), owner),
        ("why-reporter", reverse("why", args=entry), tour.reporter),
        ("what-if", reverse("what_if", args=board) + f"?unit={tour.place}&cap=1.00", owner),
        ("year", reverse("year_result", args=[tour.plan, tour.year, Board.DISTRICTS]), owner),
        ("city", reverse("rollup", args=cycle), owner),
        ("schemes", reverse("scheme_list"), owner),
        ("scheme", reverse("scheme", args=["quarterly", 1]), owner),
        ("scheme-form", reverse("new_scheme_version", args=["quarterly", 1]), owner),
        ("adjustments", reverse("adjustment_list", args=cycle), owner),
        ("jobs", reverse("job_list"), owner),
        ("board-departments", reverse("board", args=[*cycle, Board.DEPARTMENTS]), owner),
        ("cycle", reverse("cycle", args=cycle), owner),
        ("comparison", reverse("board_comparison", args=board), owner),
        ("history", reverse("board_history", args=[tour.plan]), owner),
        ("objections", reverse("objection_list"), owner),
        ("bulletins", reverse("bulletin_list"), owner),
        ("wording", reverse("wording", args=[tour.plan]), owner),
    ]


def _returns(tour: Tour) -> list[Page]:
    """Handing in and verifying."""
    cycle = [tour.plan, tour.period]
    return [
        ("returns", reverse("return_list"), tour.reporter),
        ("return-form", reverse("return_form", args=cycle), tour.reporter),
        ("return-submit", reverse("return_submit", args=cycle), tour.reporter),
        ("upload-form", reverse("upload_return", args=cycle), tour.reporter),
        ("uploads", reverse("upload_list"), tour.reporter),
        ("late", reverse("late_list", args=cycle), tour.owner),
        ("late-verifying", reverse("late_list", args=cycle) + "?part=verifying", tour.owner),
        ("late-sent", reverse("late_list", args=cycle) + "?part=sent", tour.owner),
        ("notices", reverse("notice_list"), tour.reporter),
        ("calendar", reverse("calendar", args=[tour.plan]), tour.owner),
        ("calendar-reporter", reverse("calendar", args=[tour.plan]), tour.reporter),
        ("calendar-dates", reverse("cycle_dates", args=cycle), tour.owner),
        ("submissions", reverse("submission_list"), tour.reporter),
        ("return-checks", reverse("check_list", args=[tour.plan]), tour.owner),
        ("review-list", reverse("review_list"), tour.verifier),
        ("review", reverse("review_cycle", args=cycle), tour.verifier),
        ("review-verified", reverse("review_cycle", args=cycle) + "?state=verified", tour.verifier),
    ]


def _unit_review(tour: Tour) -> list[Page]:
    """Review within the reporting organisation; the pages of a reviewer only where figures wait for one."""
    pages: list[Page] = [
        ("unit-review-setting", reverse("unit_review_setting", args=[tour.plan]), tour.owner)
    ]
    waiting = Figure.objects.filter(state=FigureState.UNIT_REVIEW).select_related("cycle__plan").first()
    if waiting is None:
        return pages
    reviewers = Grant.objects.in_force().filter(role=Role.REVIEWER, organisation=waiting.reporter_id)
    reviewer = reviewers.values_list("user__username", flat=True).first()
    if reviewer is None:
        return pages
    cycle = [waiting.cycle.plan.code, waiting.cycle.period]
    return [
        *pages,
        ("unit-review-list", reverse("unit_review_list"), reviewer),
        ("unit-review", reverse("unit_review", args=cycle), reviewer),
    ]


def _plans(tour: Tour) -> list[Page]:
    """Plans, their tables, parks."""
    owner = tour.owner
    return [
        ("plans", reverse("plan_list"), owner),
        ("plan", reverse("plan", args=[tour.plan]), owner),
        ("tasks", reverse("task_list", args=[tour.plan]), owner),
        ("indicators", reverse("indicator_list", args=[tour.plan]), owner),
        ("leaders", reverse("leaders", args=[tour.plan]), owner),
        ("checks", reverse("target_checks", args=["clusters-2023"]), owner),
        ("table-annex-1", reverse("target_table", args=["sowing-2025", "annex-1"]), owner),
        ("table-annex-2-targets", reverse("target_table", args=["clusters-2023", "annex-2-targets"]), owner),
        (
            "table-annex-1-districts",
            reverse("target_table", args=["clusters-2023", "annex-1-districts"]),
            owner,
        ),
        ("parks", reverse("park_list"), owner),
        ("park-comparison", reverse("park_comparison"), owner),
        ("park", reverse("park", args=["sowing-2025", 2]), owner),
    ]


def _published(tour: Tour) -> list[Page]:
    """The newest published districts board, objecting to it, and a board that came as a file."""
    runs = RankingRun.objects.filter(status=RankingRun.Status.PUBLISHED, board=Board.DISTRICTS)
    run = runs.select_related("cycle__plan").order_by("-id").first()
    if run is None:
        return []
    board = [run.cycle.plan.code, run.cycle.period, Board.DISTRICTS]
    pages: list[Page] = [
        ("board-published-owner", reverse("board", args=board), tour.owner),
        ("board-published-reporter", reverse("board", args=board), tour.reporter),
    ]
    if run.entries.filter(organisation__code=tour.place).exists():
        pages.append(("objection-form", reverse("objection_form", args=[*board, tour.place]), tour.reporter))
    objection = Objection.objects.filter(entry__organisation__code=tour.place).order_by("-id").first()
    if objection is not None:
        address = reverse("objection", args=[objection.pk])
        pages += [("objection", address, tour.owner), ("objection-reporter", address, tour.reporter)]
    item = BoardImport.objects.select_related("plan").order_by("-id").first()
    if item is not None:
        pages.append(("board-import", reverse("board_import", args=[item.plan.code, item.pk]), tour.owner))
    return pages


def _uploads(tour: Tour) -> list[Page]:
    """Files that were refused and that wait for their confirmation."""
    pages: list[Page] = []
    own = Upload.objects.filter(organisation__code=tour.place)
    refused = own.filter(state=Upload.State.REFUSED).first()
    if refused is not None:
        pages.append(("upload-refused", reverse("upload", args=[refused.pk]), tour.reporter))
    waiting = own.filter(state=Upload.State.CHECKED).first()
    if waiting is not None:
        pages.append(("upload-waiting", reverse("upload", args=[waiting.pk]), tour.reporter))
        pages.append(("upload-cell", reverse("upload_cell", args=[waiting.pk]) + "?cell=B2", tour.reporter))
        if waiting.batch is not None:
            pages.append(("upload-batch", reverse("upload_batch", args=[waiting.batch]), tour.reporter))
    return pages


def _single_rows(tour: Tour) -> list[Page]:
    """A figure of the place, and the newest document that goes out."""
    pages: list[Page] = []
    cycle = {"cycle__plan__code": tour.plan, "cycle__year": tour.year}
    figures = Figure.objects.filter(**cycle, cycle__quarter=int(tour.period[-1]), reporter__code=tour.place)
    figure = figures.order_by("id").first()
    if figure is not None:
        pages.append(("figure", reverse("figure", args=[figure.pk]), tour.owner))
        pages.append(("figure-reporter", reverse("figure", args=[figure.pk]), tour.reporter))
    sheets = Submission.objects.filter(quarterly_return__organisation__code=tour.place)
    sheet = sheets.order_by("-id").first()
    if sheet is not None:
        pages.append(("submission", reverse("submission", args=[sheet.pk]), tour.reporter))
        pages.append(("submission-verifier", reverse("submission", args=[sheet.pk]), tour.verifier))
    bulletin = Bulletin.objects.order_by("-id").first()
    if bulletin is not None:
        pages.append(("bulletin", reverse("bulletin", args=[bulletin.pk]), tour.owner))
    return pages


def _administrators(tour: Tour) -> list[Page]:
    """The pages of the three administrators whose accounts exist."""
    pages: list[Page] = [
        ("home-administrator", reverse("home"), "sysadmin"),
        ("sessions", reverse("session_list") + "?all=1", "sysadmin"),
        ("admin", reverse("admin:index"), "sysadmin"),
        ("admin-accounts", reverse("admin:accounts_user_changelist"), "sysadmin"),
        ("admin-new-account", reverse("admin:accounts_user_add"), "sysadmin"),
        ("admin-organisations", reverse("admin:districts_organisation_changelist"), "sysadmin"),
        ("second-factor", reverse("second_factor_setup"), "sysadmin"),
        ("grants", reverse("grant_list"), "secadmin"),
        ("trail", reverse("trail"), "auditor"),
    ]
    existing = set(
        User.objects.filter(username__in=[page[2] for page in pages]).values_list("username", flat=True)
    )
    return [page for page in pages if page[2] in existing]


def session_cookie(username: str) -> dict[str, str]:
    """Name and value of a cookie that signs this account in, for a browser of our own on this machine."""
    user = User.objects.get(username=username)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": store.session_key}

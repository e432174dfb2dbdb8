"""A walk through every kind of page, as the right account: for screenshots, measures and browser tests."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse

from accounts.models import User
from bulletins.models import Bulletin
from rankings.models import Board, RankingRun
from returns.models import Figure, Upload

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A page of the tour: a name for files, its address, and who looks (None: nobody signed in)."""

    name: str
    address: str
    account: str | None


def walk(*, plan: str, period: str, place: str, reporter: str, verifier: str, owner: str) -> list[Stop]:
    """The stops for one plan and period; pages for which there are no data are left out.

    place is an organisation's code on the districts board, the others are user names.
    """
    year, quarter = int(period[:4]), int(period[-1])
    cycle = {"cycle__plan__code": plan, "cycle__year": year, "cycle__quarter": quarter}
    stops = [
        ("sign-in", reverse("sign_in"), None),
        ("help", reverse("help"), owner),
        ("manual", reverse("manual"), reporter),
        ("home", reverse("home"), owner),
        ("home-reporter", reverse("home"), reporter),
        ("board", reverse("board", args=[plan, period, Board.DISTRICTS]), owner),
        ("entry", reverse("board_entry", args=[plan, period, Board.DISTRICTS, place]), owner),
        ("why", reverse("why", args=[plan, period, Board.DISTRICTS, place]), owner),
        ("why-reporter", reverse("why", args=[plan, period, Board.DISTRICTS, place]), reporter),
        (
            "what-if",
            reverse("what_if", args=[plan, period, Board.DISTRICTS]) + f"?unit={place}&cap=1.00",
            owner,
        ),
        ("year", reverse("year_result", args=[plan, year, Board.DISTRICTS]), owner),
        ("city", reverse("rollup", args=[plan, period]), owner),
        ("schemes", reverse("scheme_list"), owner),
        ("scheme", reverse("scheme", args=["quarterly", 1]), owner),
        ("scheme-form", reverse("new_scheme_version", args=["quarterly", 1]), owner),
        ("adjustments", reverse("adjustment_list", args=[plan, period]), owner),
        ("jobs", reverse("job_list"), owner),
        ("board-departments", reverse("board", args=[plan, period, Board.DEPARTMENTS]), owner),
        ("cycle", reverse("cycle", args=[plan, period]), owner),
        ("comparison", reverse("board_comparison", args=[plan, period, Board.DISTRICTS]), owner),
        ("history", reverse("board_history", args=[plan]), owner),
        ("objections", reverse("objection_list"), owner),
        ("returns", reverse("return_list"), reporter),
        ("return-form", reverse("return_form", args=[plan, period]), reporter),
        ("upload-form", reverse("upload_return", args=[plan, period]), reporter),
        ("uploads", reverse("upload_list"), reporter),
        ("return-checks", reverse("check_list", args=[plan]), owner),
        ("review-list", reverse("review_list"), verifier),
        ("review", reverse("review_cycle", args=[plan, period]), verifier),
        ("review-verified", reverse("review_cycle", args=[plan, period]) + "?state=verified", verifier),
        ("plans", reverse("plan_list"), owner),
        ("plan", reverse("plan", args=[plan]), owner),
        ("tasks", reverse("task_list", args=[plan]), owner),
        ("indicators", reverse("indicator_list", args=[plan]), owner),
        ("checks", reverse("target_checks", args=["clusters-2023"]), owner),
        ("parks", reverse("park_list"), owner),
        ("park", reverse("park", args=["sowing-2025", 2]), owner),
        ("bulletins", reverse("bulletin_list"), owner),
        ("wording", reverse("wording", args=[plan]), owner),
        ("password", reverse("password"), reporter),
        ("not-found", "/boards/none/", owner),
        ("forbidden", reverse("review_list"), reporter),
    ]
    published = (
        RankingRun.objects.filter(status=RankingRun.Status.PUBLISHED, board=Board.DISTRICTS)
        .select_related("cycle__plan")
        .order_by("-id")
        .first()
    )
    if published is not None:
        stops += [
            (
                f"board-published-{who}",
                reverse("board", args=[published.cycle.plan.code, published.cycle.period, Board.DISTRICTS]),
                account,
            )
            for who, account in (("owner", owner), ("reporter", reporter))
        ]
        if published.entries.filter(organisation__code=place).exists():
            address = reverse(
                "objection_form",
                args=[published.cycle.plan.code, published.cycle.period, Board.DISTRICTS, place],
            )
            stops.append(("objection-form", address, reporter))
    for table in ("annex-1", "annex-2-targets", "annex-1-districts"):
        owner_plan = "sowing-2025" if table == "annex-1" else "clusters-2023"
        stops.append((f"table-{table}", reverse("target_table", args=[owner_plan, table]), owner))
    figure = Figure.objects.filter(**cycle, reporter__code=place).order_by("id").first()
    if figure is not None:
        stops.append(("figure", reverse("figure", args=[figure.pk]), owner))
    bulletin = Bulletin.objects.order_by("-id").first()
    if bulletin is not None:
        stops.append(("bulletin", reverse("bulletin", args=[bulletin.pk]), owner))
    refused = Upload.objects.filter(state=Upload.State.REFUSED, organisation__code=place).first()
    if refused is not None:
        stops.append(("upload-refused", reverse("upload", args=[refused.pk]), reporter))
    waiting = Upload.objects.filter(state=Upload.State.CHECKED, organisation__code=place).first()
    if waiting is not None:
        stops.append(("upload-waiting", reverse("upload", args=[waiting.pk]), reporter))
        if waiting.batch is not None:
            stops.append(("upload-batch", reverse("upload_batch", args=[waiting.batch]), reporter))
    stops += _administrators()
    return [Stop(name=name, address=address, account=account) for name, address, account in stops]


def _administrators() -> list[tuple[str, str, str]]:
    """The pages of the three administrators whose accounts exist."""
    pages = [
        ("home-administrator", reverse("home"), "sysadmin"),
        ("sessions", reverse("session_list") + "?all=1", "sysadmin"),
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

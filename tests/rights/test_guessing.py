"""Ways to foreign rows that are no plain address: filters, parameters, ordering, search, exports, chosen rows."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from accounts.models import Role
from audit.models import AuditEntry
from returns.models import Cycle, Figure, FigureRevision, Upload
from returns.papers import Comment, Evidence, EvidenceWithdrawal
from returns.states import FigureState
from returns.submissions import SignedScan, Submission
from tests.factories import grant
from tests.factories.files import upload
from tests.rights.city import FOREIGN, MARKS, OTHER, OWN, RightsCity, make_rights_city

pytestmark = pytest.mark.django_db

FIGURES = "/api/plans/sowing-2025/2025Q2/figures/"
QUERIES = (
    "",
    "?organisation=nanxun",
    "?reporter=nanxun",
    "?organisation__code=nanxun",
    "?ordering=-organisation",
    "?ordering=reporter__accounts__password",
    "?search=南浔区",
    "?page_size=1000&page=1",
    "?cycle=1&plan=other-plan",
    "?format=json&fields=value,reporter",
    "?indicator__lead__accounts__username=jxj",
)

ADDRESSES = (
    "/boards/sowing-2025/2025Q2/districts/?sort=-total&unit=nanxun",
    "/boards/sowing-2025/2025Q2/districts/?run=1",
    "/uploads/?organisation=nanxun",
    "/returns/sowing-2025/2025Q2/form/?reporter=nanxun",
    "/returns/sowing-2025/2025Q2/template/?reporter=nanxun",
    "/objections/?organisation=nanxun",
    "/parks/?q=邻方",
)


@pytest.fixture
def city() -> RightsCity:
    return make_rights_city()


def client_for(city: RightsCity, role: str) -> Client:
    client = Client()
    user = city.people[role]
    assert user is not None
    client.force_login(user)
    return client


def places(response_body: bytes) -> set[str]:
    """Codes of the organisations in an answer of the figures' API."""
    return {item["organisation"] for item in json.loads(response_body)}


def test_figures_api_gives_own_rows_whatever_is_asked(city: RightsCity) -> None:
    client = client_for(city, "reporter")

    found = {query: client.get(FIGURES + query) for query in QUERIES}

    assert {query: places(response.content) for query, response in found.items()} == {
        query: {"wuxing"} for query in QUERIES
    }


def test_uploads_api_gives_own_files_whatever_is_asked(city: RightsCity) -> None:
    client = client_for(city, "reporter")

    for query in QUERIES:
        found = client.get(f"/api/plans/sowing-2025/2025Q2/uploads/{query}").json()
        assert [item["filename"] for item in found] == [f"{MARKS[OWN]}.xlsx"], query


def test_figures_api_stores_nothing_for_another_organisation(city: RightsCity) -> None:
    before = FigureRevision.objects.count()
    body = {"figures": [{"indicator": "firms", "organisation": "nanxun", "text": "99"}], "submit": True}

    response = client_for(city, "reporter").post(FIGURES, body, content_type="application/json")

    assert response.status_code == 400
    assert FigureRevision.objects.count() == before


def test_other_plan_reads_like_one_that_does_not_exist(city: RightsCity) -> None:
    client = client_for(city, "reporter")

    for part in ("2025Q2/figures/", "2025Q2/uploads/", "2025Q2/rankings/districts/", "targets/"):
        there, nowhere = (client.get(f"/api/plans/{plan}/{part}") for plan in ("other-plan", "no-such-plan"))
        assert (there.status_code, nowhere.status_code) == (404, 404), part
        assert there.content.decode().replace("other-plan", "no-such-plan") == nowhere.content.decode()


def test_plans_api_lists_one_s_own_plans(city: RightsCity) -> None:
    response = client_for(city, "reporter").get("/api/plans/")

    assert [plan["code"] for plan in response.json()] == ["sowing-2025"]


def test_grant_for_one_plan_opens_no_rows_of_another(city: RightsCity) -> None:
    """Found by these tests: rows of one's own organisation in a plan for which one holds no role."""
    for role in ("reporter", "reviewer", "verifier"):
        user = city.people[role]
        assert user is not None
        assert not Figure.objects.visible_to(user).filter(cycle__plan__code="other-plan").exists()
        assert not Upload.objects.visible_to(user).filter(cycle__plan__code="other-plan").exists()


def test_sealed_figures_of_another_plan_stay_closed(city: RightsCity) -> None:
    """After the freeze everybody of that plan sees verified figures; nobody of another plan does."""
    Figure.objects.filter(cycle=city.other.cycle).update(
        state=FigureState.VERIFIED,
        verified_revision=1,
        verified_value="1",
        verified_at="2025-07-20T00:00:00Z",
        verified_by=city.world.people["jxj"],
    )
    Cycle.objects.filter(pk=city.other.cycle.pk).update(state="frozen")
    user = city.people["reporter"]
    assert user is not None

    hidden = Figure.objects.visible_to(user).filter(cycle=city.other.cycle).count()
    grant(user, Role.REPORTER, city.world.nanxun, "other-plan")
    del user._held_roles  # type: ignore[attr-defined]
    seen = Figure.objects.visible_to(user).filter(cycle=city.other.cycle).count()

    assert (hidden, seen) == (0, 1)


def test_file_addresses_of_others_are_not_found(city: RightsCity) -> None:
    client = client_for(city, "reporter")

    statuses = {
        client.get(f"/uploads/{city.rows['upload'][side]}/{part}/").status_code
        for side in (FOREIGN, OTHER)
        for part in ("file", "receipt")
    }

    assert statuses == {404}


def test_guessed_numbers_open_own_rows_only(city: RightsCity) -> None:
    client = client_for(city, "reporter")
    newest = max(int(row) for kind in ("upload", "figure") for row in city.rows[kind].values())

    opened = {
        (kind, number)
        for kind, address in (("upload", "/uploads/{}/file/"), ("figure", "/figures/{}/"))
        for number in range(newest + 20)
        if client.get(address.format(number)).status_code == 200
    }

    own = {("upload", city.rows["upload"][OWN])}
    own |= {
        ("figure", number)
        for number in Figure.objects.filter(
            organisation__code="wuxing", cycle__plan__code="sowing-2025"
        ).values_list("pk", flat=True)
    }
    published = {
        ("figure", number)
        for number in Figure.objects.filter(cycle__state="published").values_list("pk", flat=True)
    }
    assert opened == own | published


def test_guessed_numbers_open_own_evidence_only(city: RightsCity) -> None:
    client = client_for(city, "reporter")
    newest = max(int(row) for row in city.rows["evidence"].values())

    opened = {
        number for number in range(newest + 20) if client.get(f"/evidence/{number}/file/").status_code == 200
    }

    assert opened == {city.rows["evidence"][OWN]}
    assert AuditEntry.objects.filter(verb="evidence.downloaded").count() == 1


def test_guessed_numbers_and_codes_open_own_sheets_and_scans_only(city: RightsCity) -> None:
    client = client_for(city, "reporter")
    sheets, scans = city.rows["submission"], city.rows["scan"]
    own = set(
        Submission.objects.filter(
            quarterly_return__organisation__code="wuxing", quarterly_return__cycle__plan__code="sowing-2025"
        ).values_list("pk", flat=True)
    )

    opened = {
        address
        for number in range(max(Submission.objects.latest("id").pk, *map(int, scans.values())) + 5)
        for address in (
            f"/submissions/{number}/",
            f"/submissions/{number}/sheet.json",
            f"/signed-scans/{number}/file/",
        )
        if client.get(address).status_code == 200
    }
    by_code = {
        pk
        for pk, code in Submission.objects.values_list("pk", "code")
        if client.get("/submissions/", {"code": code}).status_code == 302
    }
    client.post(f"/submissions/{sheets[FOREIGN]}/scan/", {"scan": upload("a.pdf")})

    assert by_code == own
    assert opened == {
        f"/signed-scans/{scans[OWN]}/file/",
        *(f"/submissions/{pk}/{part}" for pk in own for part in ("", "sheet.json")),
    }
    assert SignedScan.objects.count() == len(scans)


def test_guessed_figures_take_no_evidence_or_comment_and_lose_none(city: RightsCity) -> None:
    client = client_for(city, "reporter")
    before = (Evidence.objects.count(), Comment.objects.count())

    for side in (FOREIGN, OTHER):
        number = city.rows["figure"][side]
        client.post(f"/figures/{number}/comments/", {"text": "猜的"})
        client.post(f"/figures/{number}/withdraw/", {"reason": "猜的"})
        client.post(f"/figures/{number}/evidence/", {"evidence": [upload("a.pdf")]})
        client.post(f"/evidence/{city.rows['evidence'][side]}/withdraw/", {"reason": "猜的"})

    assert (Evidence.objects.count(), Comment.objects.count()) == before
    assert Figure.objects.filter(value=None).count() == 0
    assert EvidenceWithdrawal.objects.count() == 0


def test_evidence_given_to_a_foreign_line_of_the_form_is_not_taken(city: RightsCity) -> None:
    before = Evidence.objects.count()

    client_for(city, "reporter").post(
        "/returns/sowing-2025/2025Q2/form/",
        {"reporter": "nanxun", "evidence-firms.nanxun": [upload("a.pdf")], "parks.wuxing": "50", "save": "1"},
    )

    assert Evidence.objects.count() == before


def test_api_gives_no_way_to_papers_by_ordering_search_or_fields(city: RightsCity) -> None:
    client = client_for(city, "reporter")

    for part, query in (
        ("evidence", "?ordering=-evidence__author__password"),
        ("comments", "?ordering=comments__text"),
        ("evidence", "?fields=evidence&expand=evidence"),
        ("comments", f"?search={MARKS[FOREIGN]}"),
        ("comments", "?comments__figure__reporter=nanxun"),
    ):
        response = client.get(FIGURES + query)
        assert places(response.content) == {"wuxing"}, query
        assert part not in response.json()[0], query
        assert MARKS[FOREIGN] not in response.content.decode(), query


def test_neighbour_s_papers_stay_closed_once_the_figure_is_public(city: RightsCity) -> None:
    """After the freeze everybody reads the verified figure, and still nobody its evidence or comments."""
    foreign = city.rows["figure"][FOREIGN]
    Figure.objects.filter(pk=foreign).update(
        state=FigureState.VERIFIED,
        verified_revision=1,
        verified_value="50",
        verified_at="2025-07-20T00:00:00Z",
        verified_by=city.world.people["jxj"],
        review_reason="",
    )
    Cycle.objects.filter(pk=city.world.cycle.pk).update(state="published")
    client = client_for(city, "reporter")

    page = client.get(f"/figures/{foreign}/")
    file = client.get(f"/evidence/{city.rows['evidence'][FOREIGN]}/file/")

    assert (page.status_code, file.status_code) == (200, 404)
    assert MARKS[FOREIGN] not in page.content.decode()


def test_kept_files_have_no_address_of_their_own(city: RightsCity) -> None:
    client = client_for(city, "reporter")
    upload_name = Upload.objects.get(pk=city.rows["upload"][OWN]).content.name
    evidence_name = Evidence.objects.get(pk=city.rows["evidence"][OWN]).content.name

    for prefix in ("/media/", "/static/", "/", "/static/../media/"):
        for name in (upload_name, evidence_name):
            assert client.get(f"{prefix}{name}").status_code == 404


def test_figures_chosen_for_review_must_be_under_one_s_care(city: RightsCity) -> None:
    foreign = city.rows["figure"][FOREIGN]
    client = client_for(city, "verifier")

    client.post(
        "/review/sowing-2025/2025Q2/",
        {"action": "verify", "figure": [str(foreign)], f"value-{foreign}": "1", f"reason-{foreign}": "x"},
    )

    assert Figure.objects.get(pk=foreign).state == FigureState.SUBMITTED
    assert (
        not AuditEntry.objects.filter(verb="figure.verified", subject_id=str(foreign))
        .exclude(period="2025Q1")
        .exists()
    )


def test_parameters_of_pages_open_nothing_of_the_neighbour(city: RightsCity) -> None:
    client = client_for(city, "reporter")

    for address in ADDRESSES:
        response = client.get(address)
        # What was asked for comes back in the addresses of the page itself.
        body = re.sub(r'(action|href|hx-get|value)="[^"]*"', "", response.content.decode(errors="ignore"))
        assert response.status_code in (200, 302), address
        assert MARKS[FOREIGN] not in body, address

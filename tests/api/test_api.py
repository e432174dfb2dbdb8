from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from rankings.services.runs import build_ranking
from returns.models import Cycle, Figure
from returns.states import CycleState
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

BASE = "/api/plans/sowing-2025/2025Q2"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    world.target("parks", world.wuxing, "12")
    world.target("parks", world.nanxun, "6")
    return world


def _client(world: World, name: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(world.people[name])
    return client


def _save(client: APIClient, *, organisation: str = "wuxing", text: str = "7", submit: bool = True):
    body = {
        "figures": [{"indicator": "parks", "organisation": organisation, "text": text}],
        "submit": submit,
    }
    return client.post(f"{BASE}/figures/", body, format="json")


def test_saving_a_figure_uses_the_cell_rules_and_the_service(world: World) -> None:
    response = _save(_client(world, "wuxing"), text=" ７个 ")

    assert (response.status_code, response.json()) == (
        200,
        {"new": 1, "changed": 0, "unchanged": 0, "problems": []},
    )
    assert Figure.objects.get().value == Decimal(7)
    assert Figure.objects.get().revisions.get().source == "api"


@pytest.mark.parametrize("text", ["约300", "NaN", "1e999", "无"])
def test_wrong_text_is_refused_with_its_problem_and_stores_nothing(world: World, text: str) -> None:
    response = _save(_client(world, "wuxing"), text=text)

    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "figures_refused")
    assert [item["level"] for item in error["problems"] if item["level"] != "info"] == ["error"]
    assert Figure.objects.count() == 0


def test_dry_run_names_the_problems_and_stores_nothing(world: World) -> None:
    client = _client(world, "wuxing")
    places = {"indicator": "parks", "organisation": "wuxing"}

    wrong, right = (
        client.post(
            f"{BASE}/figures/", {"figures": [{**places, "text": text}], "dry_run": True}, format="json"
        )
        for text in ("约300", "7")
    )

    assert (wrong.status_code, right.status_code) == (200, 200)
    levels = [[item["level"] for item in answer.json()["problems"]] for answer in (wrong, right)]
    assert [("error" in found) for found in levels] == [True, False]
    assert Figure.objects.count() == 0


def test_dry_run_needs_the_right_to_report(world: World) -> None:
    body = {"figures": [], "dry_run": True}

    assert _client(world, "tjj").post(f"{BASE}/figures/", body, format="json").status_code == 403


def test_foreign_place_is_refused(world: World) -> None:
    response = _save(_client(world, "wuxing"), organisation="nanxun")

    assert response.status_code == 400
    assert Figure.objects.count() == 0


def test_saving_into_a_sealed_cycle_is_a_conflict(world: World) -> None:
    Cycle.objects.update(state=CycleState.FROZEN)

    response = _save(_client(world, "wuxing"))

    assert (response.status_code, response.json()["error"]["code"]) == (409, "wrong_state")


def test_figures_are_listed_as_far_as_one_may_see_them(world: World) -> None:
    _save(_client(world, "wuxing"))
    _save(_client(world, "nanxun"), organisation="nanxun", text="3")

    seen = {
        name: [item["organisation"] for item in _client(world, name).get(f"{BASE}/figures/").json()]
        for name in ("wuxing", "nanxun", "jxj", "leader")
    }

    assert seen == {
        "wuxing": ["wuxing"],
        "nanxun": ["nanxun"],
        "jxj": ["wuxing", "nanxun"],
        "leader": ["wuxing", "nanxun"],
    }


@pytest.mark.parametrize("name", ["auditor", "sysadmin", "secadmin"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/plans/",
        "/api/plans/sowing-2025/targets/",
        f"{BASE}/figures/",
        f"{BASE}/uploads/",
        f"{BASE}/rankings/districts/",
        f"{BASE}/explanations/吴兴区/",
    ],
)
def test_administrators_see_no_data(world: World, name: str, path: str) -> None:
    assert _client(world, name).get(path).status_code == 403


def test_nobody_sees_anything_without_signing_in(world: World) -> None:
    assert APIClient().get("/api/plans/").status_code == 403


def test_ranking_before_the_freeze_holds_ones_own_lines_without_rank(world: World) -> None:
    _save(_client(world, "wuxing"))
    _save(_client(world, "nanxun"), organisation="nanxun", text="3")
    build_ranking(cycle=world.cycle, board="districts")

    own = _client(world, "nanxun").get(f"{BASE}/rankings/districts/").json()
    all_of_it = _client(world, "leader").get(f"{BASE}/rankings/districts/").json()

    assert [(entry["unit"], entry["rank"]) for entry in own["entries"]] == [("南浔区", None)]
    assert [(entry["unit"], entry["rank"]) for entry in all_of_it["entries"]] == [
        ("吴兴区", 1),
        ("南浔区", 2),
    ]


def test_explanation_of_another_organisation_is_hidden_before_the_freeze(world: World) -> None:
    _save(_client(world, "wuxing"))
    build_ranking(cycle=world.cycle, board="districts")

    own = _client(world, "wuxing").get(f"{BASE}/explanations/吴兴区/")
    foreign = _client(world, "nanxun").get(f"{BASE}/explanations/吴兴区/")

    assert (own.status_code, own.json()["rank"], own.json()["lines"][0]["score"]) == (200, None, "116.67")
    assert foreign.status_code == 404


def test_unknown_plan_period_and_board_are_not_found_with_a_message(world: World) -> None:
    client = _client(world, "leader")

    answers = [
        client.get(path)
        for path in (
            "/api/plans/none/2025Q2/figures/",
            "/api/plans/sowing-2025/2025Q7/figures/",
            "/api/plans/sowing-2025/2031Q1/figures/",
            f"{BASE}/rankings/none/",
        )
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert all(answer.json()["error"]["message"] for answer in answers)


def test_broken_file_is_answered_with_problems_and_stores_nothing(world: World) -> None:
    file = SimpleUploadedFile("季报.xlsx", b"not a workbook")

    response = _client(world, "wuxing").post(f"{BASE}/uploads/", {"file": file}, format="multipart")

    assert (response.status_code, response.json()["stored"]) == (422, False)
    assert len(response.json()["errors"]) == 1
    assert Figure.objects.count() == 0


def test_file_above_the_limit_is_refused_before_it_is_read(world: World, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    file = SimpleUploadedFile("季报.xlsx", b"x" * 11)

    response = _client(world, "wuxing").post(f"{BASE}/uploads/", {"file": file}, format="multipart")

    assert response.status_code == 400


def test_schema_is_complete_and_without_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")

    assert "/api/plans/{plan}/{period}/figures/" in capsys.readouterr().out


def test_writing_by_a_session_needs_the_csrf_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["wuxing"])

    response = client.post(f"{BASE}/figures/", {"figures": []}, content_type="application/json")

    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (403, "page_expired")
    assert error["message"] == "本页已过期（可能在别的窗口重新登录过），请刷新本页再办"

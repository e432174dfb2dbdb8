"""Each page's rights, with data that could leak: somebody else's row is a 404, not a refusal."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from rankings.services.requests import run_due_requests
from rankings.services.sealing import freeze_cycle
from returns.models import Figure, Upload
from returns.services.cycles import change_cycle_state
from returns.states import CycleState, FigureState
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

BOARD = "/boards/sowing-2025/2025Q2/districts/"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    for place in (world.wuxing, world.nanxun):
        world.target("parks", place, "12")
        world.report(place.code, {("parks", place): "7"})
    run_due_requests()
    return world


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def upload_of(world: World, account: str) -> Upload:
    user = world.people[account]
    assert user.organisation is not None
    upload = Upload(
        cycle=world.cycle,
        organisation=user.organisation,
        uploaded_by=user,
        filename="吴兴区=季报.xlsx",
        size=4,
        sha256="0" * 64,
        state=Upload.State.REFUSED,
        problems=[{"level": "error", "code": "x", "message": "错", "sheet": "表", "cell": "C7"}],
    )
    upload.content.save("upload.bin", ContentFile(b"demo"), save=False)
    upload.save()
    return upload


PAGES = ["/", BOARD, "/plans/", "/parks/", "/returns/", "/review/", "/uploads/", "/figures/1/"]


@pytest.mark.parametrize("address", PAGES)
def test_stranger_is_sent_to_sign_in(world: World, address: str) -> None:
    response = Client().get(address)

    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("account", ["auditor", "sysadmin", "secadmin"])
@pytest.mark.parametrize(
    ("address", "status"),
    [("/plans/", 403), ("/parks/", 403), ("/returns/", 403), ("/review/", 403), (BOARD, 404)],
)
def test_administrators_see_no_data(world: World, account: str, address: str, status: int) -> None:
    response = client_of(world, account).get(address)

    assert response.status_code == status


def test_reporter_sees_only_its_own_row_before_the_freeze(world: World) -> None:
    response = client_of(world, "wuxing").get(BOARD)

    assert [row.entry.unit for row in response.context["table"].rows] == ["吴兴区"]
    assert "南浔区" not in response.content.decode()
    assert '<th scope="col" class="mid nowrap">' not in response.content.decode()


def test_reporter_finds_no_other_organisation_before_the_freeze(world: World) -> None:
    client = client_of(world, "wuxing")

    assert client.get(f"{BOARD}wuxing/").status_code == 200
    assert client.get(f"{BOARD}nanxun/").status_code == 404


def test_reporter_sees_all_rows_after_the_freeze(world: World) -> None:
    world.verify("jxj", *Figure.objects.all())
    cycle = change_cycle_state(actor=world.people["owner"], cycle=world.cycle, to=CycleState.CLOSED)
    freeze_cycle(actor=world.people["owner"], cycle=cycle)

    response = client_of(world, "wuxing").get(BOARD)

    assert [row.entry.unit for row in response.context["table"].rows] == ["吴兴区", "南浔区"]


def test_figure_of_another_district_is_not_found(world: World) -> None:
    own = Figure.objects.get(organisation=world.wuxing)
    other = Figure.objects.get(organisation=world.nanxun)
    client = client_of(world, "wuxing")

    assert client.get(f"/figures/{own.pk}/").status_code == 200
    assert client.get(f"/figures/{other.pk}/").status_code == 404


@pytest.mark.parametrize("part", ["", "file/", "receipt/"])
@pytest.mark.parametrize(
    ("account", "status"), [("wuxing", 200), ("owner", 200), ("nanxun", 404), ("sysadmin", 404)]
)
def test_upload_is_open_to_its_organisation_and_the_owner(
    world: World, part: str, account: str, status: int
) -> None:
    upload = upload_of(world, "wuxing")

    response = client_of(world, account).get(f"/uploads/{upload.pk}/{part}")

    assert response.status_code == status


def test_original_file_is_a_download_with_its_own_bytes(world: World) -> None:
    upload = upload_of(world, "wuxing")

    response = client_of(world, "wuxing").get(f"/uploads/{upload.pk}/file/")

    assert response.getvalue() == b"demo"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_template_is_made_for_one_s_own_organisation_only(world: World) -> None:
    client = client_of(world, "wuxing")

    response = client.get("/returns/sowing-2025/2025Q2/template/?reporter=nanxun")

    assert response.status_code == 200
    assert "%E5%90%B4%E5%85%B4%E5%8C%BA" in response["Content-Disposition"]  # 吴兴区


def test_typed_return_of_another_organisation_is_stored_under_one_s_own(world: World) -> None:
    client_of(world, "wuxing").post(
        "/returns/sowing-2025/2025Q2/form/",
        {"reporter": "nanxun", "parks.nanxun": "99", "parks.wuxing": "8", "reason": "更正"},
    )

    assert list(
        Figure.objects.order_by("organisation__order").values_list("organisation__code", "value")
    ) == [
        ("wuxing", 8),
        ("nanxun", 7),
    ]


def test_reporter_may_not_verify(world: World) -> None:
    figure = Figure.objects.get(organisation=world.wuxing)

    response = client_of(world, "wuxing").post(
        "/review/sowing-2025/2025Q2/", {"figure": [figure.pk], "action": "verify"}
    )

    assert response.status_code == 403
    figure.refresh_from_db()
    assert figure.state == FigureState.SUBMITTED


def test_verifier_confirms_the_chosen_figures(world: World) -> None:
    figure = Figure.objects.get(organisation=world.wuxing)

    client_of(world, "jxj").post("/review/sowing-2025/2025Q2/", {"figure": [figure.pk], "action": "verify"})

    assert list(Figure.objects.order_by("organisation__order").values_list("state", flat=True)) == [
        FigureState.VERIFIED,
        FigureState.SUBMITTED,
    ]


def test_sending_back_without_a_reason_changes_nothing(world: World) -> None:
    figure = Figure.objects.get(organisation=world.wuxing)

    response = client_of(world, "jxj").post(
        "/review/sowing-2025/2025Q2/", {"figure": [figure.pk], "action": "send_back"}
    )

    figure.refresh_from_db()
    assert figure.state == FigureState.SUBMITTED
    assert response.status_code == 422
    assert response.context["refusals"] == [
        "退回“吴兴区 parks”没有写理由，请写明要改什么",
        "没有退回任何一项。",
    ]


@pytest.mark.parametrize("account", ["wuxing", "jxj"])
def test_cycle_page_is_for_owner_and_leader(world: World, account: str) -> None:
    response = client_of(world, account).get("/cycles/sowing-2025/2025Q2/")

    assert response.status_code == 403


def test_owner_closes_and_leader_may_not(world: World) -> None:
    client_of(world, "leader").post("/cycles/sowing-2025/2025Q2/", {"action": "close"})
    world.cycle.refresh_from_db()
    assert world.cycle.state == CycleState.OPEN

    client_of(world, "owner").post("/cycles/sowing-2025/2025Q2/", {"action": "close"})

    world.cycle.refresh_from_db()
    assert world.cycle.state == CycleState.CLOSED


def test_initial_password_closes_every_other_page(world: World) -> None:
    user = world.people["wuxing"]
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    client = client_of(world, "wuxing")

    assert client.get("/parks/")["Location"] == "/accounts/password/"
    assert client.get("/api/plans/").status_code == 403
    assert client.get("/accounts/password/").status_code == 200


def test_notice_of_a_recomputation_waits_and_then_reloads(world: World) -> None:
    client = client_of(world, "owner")
    asking = {"HX-Request": "true", "HX-Trigger": "rebuild-notice"}
    world.report("wuxing", {("parks", world.wuxing): "9"})

    waiting = client.get(BOARD, headers=asking)
    run_due_requests()
    done = client.get(BOARD, headers=asking)

    assert waiting.status_code == 204
    assert (done.status_code, done["HX-Refresh"]) == (200, "true")


def test_fifth_wrong_password_shows_the_lock_out_page(world: World) -> None:
    client = Client()
    wrong = {"username": "wuxing", "password": "not-the-password"}

    answers = [client.post("/accounts/login/", wrong) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert "登录已暂停" in answers[-1].content.decode()
    assert "用户名或密码不对" in answers[0].content.decode()

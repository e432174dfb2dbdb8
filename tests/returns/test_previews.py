"""What a file would change is shown first and stored only when it is confirmed as shown."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role
from audit.models import AuditEntry
from returns.models import Cycle, Figure, FigureRevision, Upload
from returns.services.confirming import confirm_upload, discard_upload, examine_kept
from returns.services.previews import Effect, Preview, preview_examined
from returns.services.reading import read_due_uploads, read_upload, receive_upload
from returns.states import CycleState, FigureState, WrongState
from tests.factories import UserFactory, World, grant, make_world
from tests.workbook.builders import sheet_bytes

pytestmark = pytest.mark.django_db

PAGE = "/returns/sowing-2025/2025Q2/upload/"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    for code, name in (("parks", "科技型产业园"), ("enterprises", "小微企业")):
        world.indicator(code, name=name)
        world.target(code, world.wuxing, "12")
    return world


def workbook(parks: object, enterprises: object) -> bytes:
    """A district's return of two figures."""
    return sheet_bytes([["区县", "科技型产业园（个）", "小微企业（个）"], ["吴兴区", parks, enterprises]])


def read(world: World, data: bytes, who: str = "wuxing") -> Upload:
    """An upload of 吴兴区 after a worker has read it."""
    received = receive_upload(
        actor=world.people[who], cycle=world.cycle, reporter=world.wuxing, filename="吴兴.xlsx", data=data
    )
    upload = read_upload(received.pk)
    assert upload is not None
    return upload


def examine(world: World, parks: object = 7, enterprises: object = 3, who: str = "wuxing") -> Upload:
    return read(world, workbook(parks, enterprises), who)


def confirm(world: World, upload: Upload, who: str = "wuxing", token: str = "") -> object:
    shown = token or upload.preview["token"]
    return confirm_upload(actor=world.people[who], upload=upload, token=shown)


def stored() -> dict[str, Decimal | None]:
    return dict(Figure.objects.values_list("indicator__code", "value"))


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def test_examined_file_stores_nothing_until_it_is_confirmed(world: World) -> None:
    upload = examine(world)

    before = stored()
    confirmed = confirm_upload(actor=world.people["wuxing"], upload=upload, token=upload.preview["token"])

    assert before == {}
    assert (upload.state, confirmed.upload.state) == (Upload.State.CHECKED, Upload.State.STORED)
    assert stored() == {"parks": Decimal(7), "enterprises": Decimal(3)}
    entries = AuditEntry.objects.filter(verb__startswith="upload.").order_by("pk")
    assert list(entries.values_list("verb", flat=True)) == [
        "upload.received",
        "upload.checked",
        "upload.stored",
    ]


def test_preview_tells_new_changed_handed_in_and_unchanged_apart(world: World) -> None:
    for code, name in (("patents", "专利"), ("loans", "贷款")):
        world.indicator(code, name=name)
        world.target(code, world.wuxing, "12")
    world.report("wuxing", {("parks", world.wuxing): "7", ("enterprises", world.wuxing): "2"})
    world.report("wuxing", {("patents", world.wuxing): "5"}, submit=False)
    data = sheet_bytes(
        [["区县", "科技型产业园", "小微企业", "专利", "贷款"], ["吴兴区", 7, 3, 5, 1]],
    )
    upload = read(world, data)

    preview = preview_examined(upload, examine_kept(upload))

    assert [(line.indicator, line.effect, line.before, line.after) for line in preview.lines] == [
        ("小微企业", Effect.CHANGED, Decimal(2), Decimal(3)),
        ("专利", Effect.HANDED_IN, Decimal(5), Decimal(5)),
        ("贷款", Effect.NEW, None, Decimal(1)),
    ]
    assert (preview.new, preview.changed, preview.handed_in, preview.unchanged) == (1, 1, 1, 1)
    assert Preview.from_data(json.loads(json.dumps(upload.preview))) == preview


def test_preview_shows_warnings_beside_their_figure(world: World) -> None:
    upload = examine(world, parks=900)

    preview = Preview.from_data(upload.preview)

    assert {line.indicator: line.warnings for line in preview.lines} == {
        "科技型产业园": ("吴兴区“科技型产业园”填了 900个，超过目标 12个 的 3 倍。请核对数值和单位。",),
        "小微企业": (),
    }


def test_second_of_two_people_sees_the_first_ones_change_before_anything_is_stored(world: World) -> None:
    world.people["second"] = UserFactory.create(username="second", organisation=world.wuxing)
    grant(world.people["second"], Role.REPORTER, world.wuxing)
    world.report("wuxing", {("parks", world.wuxing): "1", ("enterprises", world.wuxing): "3"})
    mine, theirs = examine(world, 7), examine(world, 8, who="second")

    confirm(world, mine)
    refused = confirm_upload(actor=world.people["second"], upload=theirs, token=theirs.preview["token"])
    between = stored()
    assert refused.preview is not None
    again = confirm_upload(actor=world.people["second"], upload=refused.upload, token=refused.preview.token)

    (line,) = refused.preview.lines
    assert (line.before, line.after, line.stored_by) == (Decimal(7), Decimal(8), world.people["wuxing"].label)
    assert between == {"parks": Decimal(7), "enterprises": Decimal(3)}
    assert again.saved is not None
    assert stored()["parks"] == Decimal(8)
    assert list(
        FigureRevision.objects.filter(figure__indicator__code="parks")
        .order_by("number")
        .values_list("value", "author__username")
    ) == [(Decimal(1), "wuxing"), (Decimal(7), "wuxing"), (Decimal(8), "second")]


def test_confirmation_of_a_place_verified_meanwhile_shows_it_again(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "1", ("enterprises", world.wuxing): "3"})
    upload = examine(world)
    world.verify("jxj", Figure.objects.get(indicator__code="parks"))

    confirmed = confirm_upload(actor=world.people["wuxing"], upload=upload, token=upload.preview["token"])

    assert confirmed.saved is None
    assert confirmed.preview is not None
    assert [line.state for line in confirmed.preview.lines] == [FigureState.VERIFIED.label]


def test_upload_is_confirmed_once(world: World) -> None:
    upload = examine(world)
    copy = Upload.objects.get(pk=upload.pk)
    confirm(world, upload)

    with pytest.raises(WrongState, match="已经办过了：已入库"):
        confirm(world, copy)

    assert FigureRevision.objects.count() == 2


def test_same_file_again_stores_nothing_and_says_so(world: World) -> None:
    confirm(world, examine(world))

    client = client_of(world, "wuxing")
    sent = client.post(PAGE, {"reporter": "wuxing", "file": SimpleUploadedFile("b.xlsx", workbook(7, 3))})
    read_due_uploads()
    response = client.get(sent["Location"])

    upload = Upload.objects.order_by("-pk")[0]
    text = response.content.decode()
    assert upload.state == Upload.State.UNCHANGED
    assert "文件里的数与已报的完全相同，没有新增改动。" in text
    assert FigureRevision.objects.count() == 2


def test_discarded_upload_stays_on_record_and_cannot_be_confirmed(world: World) -> None:
    upload = examine(world)

    discarded = discard_upload(actor=world.people["wuxing"], upload=upload)

    assert (discarded.state, stored()) == (Upload.State.DISCARDED, {})
    with pytest.raises(WrongState, match="已放弃"):
        confirm(world, discarded, token=upload.preview["token"])


def test_cycle_closed_meanwhile_refuses_the_confirmation(world: World) -> None:
    upload = examine(world)
    Cycle.objects.update(state=CycleState.CLOSED)

    confirmed = confirm_upload(
        actor=world.people["wuxing"],
        upload=Upload.objects.get(pk=upload.pk),
        token=upload.preview["token"],
    )

    assert (confirmed.upload.state, confirmed.saved, stored()) == (Upload.State.REFUSED, None, {})
    assert confirmed.upload.errors[0]["code"] == "cycle_closed"


def test_kept_file_that_was_tampered_with_is_not_stored(world: World) -> None:
    upload = examine(world)
    with upload.content.storage.open(upload.content.name, "wb") as file:
        file.write(workbook(99, 99))

    with pytest.raises(WrongState, match="不一致"):
        confirm(world, upload)

    assert stored() == {}


def test_another_organisation_confirms_nothing(world: World) -> None:
    upload = examine(world)

    with pytest.raises(PermissionDenied):
        confirm(world, upload, who="nanxun")


def test_page_shows_old_and_new_and_confirms_them(world: World) -> None:
    world.report("wuxing", {("parks", world.wuxing): "1"})
    upload = examine(world)
    client = client_of(world, "wuxing")

    page = client.get(f"/uploads/{upload.pk}/")
    done = client.post(
        f"/uploads/{upload.pk}/confirm/", {"token": page.context["preview"].token}, follow=True
    )

    text = page.content.decode()
    assert "新增 <b>1</b> 项，改动 <b>1</b> 项" in text
    assert "确认入库" in text
    assert "已入库：新增 1 项，改动 1 项，未变 0 项，等待核定。" in done.content.decode()
    assert stored() == {"parks": Decimal(7), "enterprises": Decimal(3)}


def test_page_answers_a_stale_confirmation_with_the_new_preview(world: World) -> None:
    upload = examine(world)
    client = client_of(world, "wuxing")
    world.report("wuxing", {("parks", world.wuxing): "5"})

    address = f"/uploads/{upload.pk}/confirm/"
    response = client.post(address, {"token": upload.preview["token"]}, follow=True)

    assert "核对期间有人改动了其中的数" in response.content.decode()
    assert response.context["preview"].lines[0].before == Decimal(5)
    assert stored() == {"parks": Decimal(5)}


def test_owner_sees_the_preview_without_its_buttons(world: World) -> None:
    upload = examine(world)

    text = client_of(world, "owner").get(f"/uploads/{upload.pk}/").content.decode()

    assert "入库前请核对" in text
    assert "确认入库" not in text


def test_checked_upload_page_takes_few_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    upload = examine(world)
    client = client_of(world, "wuxing")
    client.get("/help/")

    with django_assert_num_queries(6):
        client.get(f"/uploads/{upload.pk}/")

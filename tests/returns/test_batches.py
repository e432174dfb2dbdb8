"""Several files at once and zips: each file has its own upload and its own result."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from returns.models import Figure, Upload
from returns.services import batches
from returns.services.reading import read_due_uploads
from tests.factories import World, make_world
from tests.workbook.builders import sheet_bytes

pytestmark = pytest.mark.django_db

PAGE = "/returns/sowing-2025/2025Q2/upload/"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    for code, name in (("parks", "科技型产业园"), ("enterprises", "小微企业")):
        world.indicator(code, name=name)
        for place in (world.wuxing, world.nanxun):
            world.target(code, place, "12")
    return world


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(world.people["jxj"])
    return client


def table(district: str, parks: object) -> bytes:
    return sheet_bytes([["区县", "科技型产业园"], [district, parks]])


def zip_of(members: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def send(client: Client, *files: tuple[str, bytes]) -> str:
    """The page after handing in these files, once a worker has read them."""
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    response = client.post(PAGE, {"reporter": "jxj", "file": sent})
    if response.status_code == 302:
        read_due_uploads()
        response = client.get(response["Location"])
    return response.content.decode()


def states() -> list[tuple[str, str]]:
    return list(Upload.objects.order_by("pk").values_list("filename", "state"))


def test_each_of_several_files_has_its_own_result(client: Client) -> None:
    page = send(
        client,
        ("吴兴.xlsx", table("吴兴区", 7)),
        ("坏.xlsx", b"\x89PNG\r\n\x1a\n"),
        ("南浔.xlsx", table("南浔区", "约3")),
    )

    assert states() == [("吴兴.xlsx", "checked"), ("坏.xlsx", "refused"), ("南浔.xlsx", "refused")]
    assert len(set(Upload.objects.values_list("batch", flat=True))) == 1
    assert "同批上传的 3 个文件" in page
    assert "确认入库 1 个文件" in page
    assert Figure.objects.count() == 0


def test_one_file_is_no_batch(client: Client) -> None:
    page = send(client, ("吴兴.xlsx", table("吴兴区", 7)))

    assert Upload.objects.get().batch is None
    assert "入库前请核对" in page


def test_confirming_a_batch_stores_every_file_that_waits(client: Client) -> None:
    send(client, ("吴兴.xlsx", table("吴兴区", 7)), ("南浔.xlsx", table("南浔区", 3)))
    waiting = list(Upload.objects.all())
    tokens = {f"token-{upload.pk}": upload.preview["token"] for upload in waiting}

    page = client.post(f"/uploads/batches/{waiting[0].batch}/confirm/", tokens, follow=True)

    assert "已入库 2 个文件，等待核定。" in page.content.decode()
    assert sorted(Figure.objects.values_list("organisation__code", "value")) == [("nanxun", 3), ("wuxing", 7)]


def test_second_file_for_the_same_place_waits_for_another_look(client: Client) -> None:
    send(client, ("一稿.xlsx", table("吴兴区", 7)), ("二稿.xlsx", table("吴兴区", 8)))
    waiting = list(Upload.objects.order_by("pk"))
    tokens = {f"token-{upload.pk}": upload.preview["token"] for upload in waiting}

    page = client.post(f"/uploads/batches/{waiting[0].batch}/confirm/", tokens, follow=True)

    assert "没有入库：二稿.xlsx。核对期间其中的数有了变化" in page.content.decode()
    assert states() == [("一稿.xlsx", "stored"), ("二稿.xlsx", "checked")]
    assert Figure.objects.get().value == 7


def test_zip_is_opened_and_its_clutter_passed_over(client: Client) -> None:
    data = zip_of(
        {
            "季报/吴兴.xlsx": table("吴兴区", 7),
            "季报/~$吴兴.xlsx": b"lock",
            "__MACOSX/季报/._吴兴.xlsx": b"fork",
            "季报/说明.txt": "你好".encode(),
        }
    )

    send(client, ("季报.zip", data))

    assert states() == [("吴兴.xlsx", "checked"), ("说明.txt", "refused")]


def test_names_of_a_zip_from_chinese_windows_are_read() -> None:
    name = "吴兴.xlsx".encode("gb18030").decode("cp437")
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("a.xlsx", b"1")
    data = stream.getvalue().replace(b"a.xlsx", "吴兴.xlsx".encode("gb18030")[:6])
    (info,) = ZipFile(BytesIO(data)).infolist()
    info.filename, info.flag_bits = name, 0

    assert batches._member_name(info) == "吴兴.xlsx"


def test_zip_with_too_many_files_is_refused_with_the_limit_named(client: Client) -> None:
    send(client, ("多.zip", zip_of({f"{number}.xlsx": b"1" for number in range(21)})))

    upload = Upload.objects.get()
    assert (upload.state, upload.errors[0]["code"]) == ("refused", "batch_too_large")
    assert "压缩包里有 21 个文件，超过一次 20 个的上限" in upload.errors[0]["message"]


def test_zip_of_clutter_only_is_refused(client: Client) -> None:
    send(client, ("空.zip", zip_of({"__MACOSX/a.xlsx": b"1"})))

    assert [problem["code"] for problem in Upload.objects.get().errors] == ["not_spreadsheet"]


def test_member_above_the_limit_is_refused_alone(client: Client, settings: object) -> None:
    settings.UPLOAD_MAX_BYTES = 20_000  # type: ignore[attr-defined]
    data = zip_of({"吴兴.xlsx": table("吴兴区", 7), "大.csv": b""})
    with ZipFile(stream := BytesIO(data), "a") as archive:
        archive.writestr("大.xlsx", b"x" * 30_000, compress_type=8)

    send(client, ("季报.zip", stream.getvalue()))

    assert states() == [("吴兴.xlsx", "checked"), ("大.csv", "refused"), ("大.xlsx", "refused")]
    assert Upload.objects.get(filename="大.xlsx").errors[0]["code"] == "file_too_large"


def test_more_files_than_the_limit_are_refused_by_the_form(client: Client) -> None:
    page = send(client, *[(f"{number}.xlsx", b"1") for number in range(21)])

    assert "一次最多上传 20 个文件，选了 21 个；请分几次上传。" in page
    assert Upload.objects.count() == 0


def test_files_that_are_too_large_together_are_refused_by_the_form(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("returns.forms.BATCH_BYTES", 20_000)

    page = send(client, ("一.csv", b"1" * 15_000), ("二.csv", b"1" * 15_000))

    assert "一次上传的文件合计 29.3 KB，超过 19.5 KB 的上限；请分几次上传。" in page.replace("\xa0", " ")
    assert Upload.objects.count() == 0


def test_nothing_chosen_is_said_by_the_form(client: Client) -> None:
    response = client.post(PAGE, {"reporter": "jxj"})

    assert "还没有选择文件" in response.content.decode()


def test_batch_of_another_organisation_is_not_found(client: Client, world: World) -> None:
    send(client, ("一.xlsx", table("吴兴区", 7)), ("二.xlsx", table("南浔区", 7)))
    batch = Upload.objects.order_by("pk")[0].batch
    other = Client()
    other.force_login(world.people["nantaihu"])

    assert client.get(f"/uploads/batches/{batch}/").status_code == 200
    assert other.get(f"/uploads/batches/{batch}/").status_code == 404


@pytest.mark.parametrize("count", [2, 4])
def test_batch_page_takes_the_same_queries_for_more_files(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    send(client, *[(f"{number}.xlsx", table("吴兴区", number)) for number in range(count)])
    batch = Upload.objects.order_by("pk")[0].batch
    client.get("/help/")

    with django_assert_num_queries(5):
        client.get(f"/uploads/batches/{batch}/")

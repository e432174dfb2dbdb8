"""Hostile, broken and valid files through the upload page: no answer is a crash, nothing is half stored."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from returns.models import Figure, FigureRevision, Upload
from returns.services.reading import read_due_uploads
from returns.services.uploads import take_in_return
from returns.workbook.grid import Limits
from tests.factories import World, make_world
from tests.returns.hostile_zips import hostile_zips
from tests.returns.places import make_office
from tests.workbook import messy_clusters, messy_down, messy_lists  # noqa: F401 - importing registers the makers
from tests.workbook.hostile import GROUPS
from tests.workbook.messy import MAKERS, Case
from tests.workbook.raw import zipped

pytestmark = pytest.mark.django_db

PAGE = "/returns/sowing-2025/2025Q2/upload/"
SAMPLE = MAKERS[::6]
WITH_RECEIPT = ("pdf", "a gigabyte of blanks", "entity bomb", "a cell at XFD1048576", "zip bomb of blanks")


@pytest.fixture
def world() -> World:
    world = make_world()
    world.indicator("parks", name="示范园区")
    world.target("parks", world.wuxing, "12")
    return world


def hand_in(client: Client, name: str, data: bytes) -> int:
    """The status of the upload's own page, to which the form leads, once the file has been read."""
    file = SimpleUploadedFile(f"{name}.xlsx", data)
    response = client.post(PAGE, {"reporter": "wuxing", "file": file})
    assert response.status_code == 302, f"{name}: the form was shown again"
    read_due_uploads()
    return client.get(response["Location"]).status_code


def is_clear(problem: dict[str, str]) -> bool:
    """Whether a message ends with what to do and has no blank left unfilled."""
    return problem["message"].endswith(problem["remedy"]) and "{" not in problem["message"]


def receipt_sheets(client: Client, upload_id: int) -> list[str]:
    """The sheets of an upload's receipt: its list alone, where the upload is not to be opened again."""
    response = client.get(f"/uploads/{upload_id}/receipt/")
    return load_workbook(BytesIO(response.content)).sheetnames


def hostile_files() -> Iterator[tuple[str, bytes, tuple[tuple[str, ...], ...]]]:
    """Name, bytes, and the codes with which each upload that comes of it may be refused."""
    for group in GROUPS:
        for name, data, codes in group():
            if codes != ("zip_archive",):  # the page opens a zip: those are below
                yield name, data, (codes,)
    for name, data, answers in hostile_zips():
        yield name, data, tuple((code,) for code in answers)


@pytest.mark.one_database
def test_every_hostile_file_is_refused_and_kept_on_record(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.people["wuxing"])
    process = os.getpid()
    last = 0
    slowest = (0.0, "")
    statuses: Counter[int] = Counter()
    wrong: dict[str, object] = {}
    sheets: dict[str, list[str]] = {}

    for name, data, expected in hostile_files():
        started = time.monotonic()
        statuses[hand_in(client, name, data)] += 1
        slowest = max(slowest, (time.monotonic() - started, name))
        made = list(Upload.objects.filter(pk__gt=last).order_by("pk"))
        last = made[-1].pk
        states = {upload.state for upload in made}
        found = [[problem["code"] for problem in upload.errors] for upload in made]
        unclear = [
            problem["message"] for upload in made for problem in upload.errors if not is_clear(problem)
        ]
        fits = len(found) == len(expected) and all(
            len(got) == 1 and got[0] in codes for got, codes in zip(found, expected, strict=True)
        )
        if name in WITH_RECEIPT:
            sheets[name] = receipt_sheets(client, last)
        if states != {Upload.State.REFUSED} or not fits or unclear:
            wrong[name] = (states, found, unclear)

    told = {
        "kinds": statuses.total(),
        "uploads refused": Upload.objects.filter(state=Upload.State.REFUSED).count(),
        "server errors": sum(count for status, count in statuses.items() if status >= 500),
        "stored figures": Figure.objects.count(),
        "dead workers": int(os.getpid() != process),
        "slowest answer": f"{slowest[0]:.2f} s ({slowest[1]})",
    }
    for name, value in told.items():
        record_property(f"hostile {name}", value)
        sys.stdout.write(f"hostile files, {name}: {value}\n")
    assert wrong == {}
    assert sheets == {name: ["校验结果"] for name in WITH_RECEIPT}
    assert statuses == {200: 145}
    assert (Figure.objects.count(), FigureRevision.objects.count()) == (0, 0)
    assert os.getpid() == process
    assert slowest[0] < Limits().wall_seconds


def test_xlsb_is_recognised_and_refused_with_what_to_do(world: World) -> None:
    data = zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x01"})
    client = Client()
    client.force_login(world.people["wuxing"])
    file = SimpleUploadedFile("季报.xlsb", data)
    sent = client.post(PAGE, {"reporter": "wuxing", "file": file})
    read_due_uploads()

    text = client.get(sent["Location"]).content.decode()

    assert "请用 Excel 另存为 .xlsx" in text


def test_file_above_the_limit_is_on_record_without_its_content(world: World, settings: object) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024  # type: ignore[attr-defined]
    client = Client()
    client.force_login(world.people["wuxing"])

    hand_in(client, "大文件", b"x" * (2 * 1024 * 1024))

    upload = Upload.objects.get()
    assert [problem["message"] for problem in upload.errors] == [
        "文件大小 2.0 MB，超过上限 1.0 MB。请删去与填报无关的工作表、图片后另存为 .xlsx 再上传。"
    ]
    assert (upload.content.name, upload.size) == ("", 2 * 1024 * 1024)
    assert client.get(f"/uploads/{upload.pk}/file/").status_code == 404
    assert client.get(f"/uploads/{upload.pk}/receipt/").status_code == 200


@pytest.mark.parametrize("maker", SAMPLE, ids=lambda maker: maker.__name__)
def test_valid_return_of_people_is_stored_at_the_first_upload(maker: Callable[[], Case]) -> None:
    case = maker()
    office = make_office(case.vocabulary)
    reporter = case.vocabulary.default_organisation or "jxj"

    intake = take_in_return(
        actor=office.accounts[reporter],
        cycle=office.cycle,
        reporter=office.organisations[reporter],
        filename=case.filename,
        data=case.data,
    )

    stored: dict[tuple[str, str], Decimal | None] = {
        (indicator, organisation): value
        for indicator, organisation, value in Figure.objects.values_list(
            "indicator__code", "organisation__code", "value"
        )
    }
    assert [problem.message for problem in intake.errors] == []
    assert stored == case.figures

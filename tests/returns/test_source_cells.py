"""The cell from which a figure came, shown in its file's surroundings."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from returns.models import Upload
from returns.source_cells import NoSuchCell, source_around
from tests.factories import World, make_world
from tests.workbook.builders import sheet_bytes

pytestmark = pytest.mark.django_db

ROWS = [["区县", "产业园", "占比"], ["吴兴区", 7, "约一半"], ["南浔区", 3, None]]


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    return make_world()


def upload_of(world: World, data: bytes) -> Upload:
    upload = Upload(
        cycle=world.cycle,
        organisation=world.wuxing,
        uploaded_by=world.people["wuxing"],
        filename="吴兴区.xlsx",
        size=len(data),
        sha256="0" * 64,
        state=Upload.State.STORED,
    )
    upload.content.save("upload.bin", ContentFile(data), save=False)
    upload.save()
    return upload


def test_cell_is_shown_with_what_stands_around_it(world: World) -> None:
    view = source_around(upload_of(world, sheet_bytes(ROWS)), sheet="", cell="B2")

    assert (view.row, view.letters, view.columns) == (2, "B", ("A", "B", "C"))
    assert [row.texts for row in view.rows] == [
        ("区县", "产业园", "占比"),
        ("吴兴区", "7", "约一半"),
        ("南浔区", "3", ""),
    ]


@pytest.mark.parametrize(
    ("sheet", "cell", "reason"),
    [
        ("", "B9", "只到 C3"),
        ("", "ZZZ1", "只到 C3"),
        ("没有的表", "B2", "没有工作表“没有的表”"),
        ("", "B0", "应写成 E5 这样"),
        ("", "../etc", "应写成 E5 这样"),
    ],
)
def test_what_is_not_there_is_told(world: World, sheet: str, cell: str, reason: str) -> None:
    with pytest.raises(NoSuchCell) as told:
        source_around(upload_of(world, sheet_bytes(ROWS)), sheet=sheet, cell=cell)

    assert reason in str(told.value)


def test_page_marks_the_cell_and_is_closed_to_neighbours(world: World) -> None:
    upload = upload_of(world, sheet_bytes(ROWS))
    client, neighbour = Client(), Client()
    client.force_login(world.people["wuxing"])
    neighbour.force_login(world.people["nanxun"])
    address = f"/uploads/{upload.pk}/cell/?cell=b2"

    page = client.get(address)

    assert page.status_code == 200
    assert '<span aria-hidden="true">▶ </span><b>7</b>' in page.content.decode()
    assert neighbour.get(address).status_code == 404
    assert client.get(f"/uploads/{upload.pk}/cell/?cell=B99").status_code == 404


def test_file_that_cannot_be_read_is_told(world: World) -> None:
    with pytest.raises(NoSuchCell):
        source_around(upload_of(world, b"\x89PNG\r\n"), sheet="", cell="A1")

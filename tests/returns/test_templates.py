"""The template as a person gets it, fills it in and hands it in."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from returns.models import FigureRevision, Upload
from returns.selectors import build_vocabulary
from returns.services.uploads import take_in_return
from returns.workbook.template import FORM_SHEET, write_template
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    world.indicator("firms", kind="stock")
    for organisation in (world.wuxing, world.nanxun, world.whole_city):
        world.target("parks", organisation, "7")
        world.target("firms", organisation, "160")
    return world


def filled(data: bytes, changes: dict[str, object]) -> bytes:
    book = load_workbook(BytesIO(data))
    for cell, value in changes.items():
        book[FORM_SHEET][cell] = value
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_data_status_is_stored_and_the_same_file_again_changes_nothing(world: World) -> None:
    blank = write_template(build_vocabulary(world.cycle, reporter=world.wuxing))
    data = filled(blank, {"H5": 3, "J5": "快报", "H6": 152})

    intakes = [
        take_in_return(
            actor=world.people["wuxing"],
            cycle=world.cycle,
            reporter=world.wuxing,
            filename="填报表.xlsx",
            data=data,
        )
        for _ in range(2)
    ]

    assert [item.upload.state for item in intakes if item.upload] == [
        Upload.State.STORED,
        Upload.State.UNCHANGED,
    ]
    assert list(
        FigureRevision.objects.order_by("figure__indicator__order").values_list(
            "figure__indicator__code", "number", "data_status"
        )
    ) == [("parks", 1, "flash"), ("firms", 1, "")]


def test_departments_template_holds_all_districts_and_the_city(world: World) -> None:
    book = load_workbook(BytesIO(write_template(build_vocabulary(world.cycle, reporter=world.jxj))))
    rows = book[FORM_SHEET].iter_rows(min_row=5, max_row=10, min_col=14, max_col=15, values_only=True)

    assert list(rows) == [
        ("parks", "huzhou"),
        ("parks", "wuxing"),
        ("parks", "nanxun"),
        ("firms", "huzhou"),
        ("firms", "wuxing"),
        ("firms", "nanxun"),
    ]

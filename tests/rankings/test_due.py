from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from indicators.models import Baseline, Milestone, TargetKind
from rankings.selectors import ranking_document
from rankings.services.runs import build_ranking
from returns.due import due_values
from returns.workbook.template import FORM_SHEET
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    world.indicator("firms", kind="stock")
    world.indicator("awards")
    world.target("parks", world.wuxing, "7")
    world.target("parks", world.nanxun, "0", kind=TargetKind.ZERO)
    world.target("firms", world.wuxing, "160")
    world.target("firms", world.nanxun, "140")
    world.target("awards", world.wuxing, "3")
    world.target("parks", world.nantaihu, "/", kind=TargetKind.NOT_ASSESSED)
    Baseline.objects.create(
        indicator=world.indicators["firms"], organisation=world.wuxing, year=2025, value=Decimal(140)
    )
    Milestone.objects.create(indicator=world.indicators["awards"], quarter=2, share=Decimal(0))
    return world


def test_due_values_follow_the_scheme_milestones_and_baselines(world: World) -> None:
    due = due_values(world.cycle)

    assert due == {
        ("parks", "wuxing"): Decimal("3.5"),
        ("firms", "wuxing"): Decimal(150),
        ("firms", "nanxun"): Decimal(140),
    }


def test_due_values_are_the_expected_values_of_the_ranking(world: World) -> None:
    world.report("nanxun", {("firms", world.nanxun): "133"})
    run = build_ranking(cycle=world.cycle, board="districts")

    lines = {
        (entry["unit"], line["indicator"]): line["expected"]
        for entry in ranking_document(run)["entries"]
        for line in entry["lines"]
    }

    assert lines["吴兴区", "parks"] == str(due_values(world.cycle)["parks", "wuxing"])
    assert lines["南浔区", "firms"] == str(due_values(world.cycle)["firms", "nanxun"])


def test_template_download_shows_what_is_due(world: World, client: Client) -> None:
    client.force_login(world.people["wuxing"])

    response = client.get("/returns/sowing-2025/2025Q2/template/")

    sheet = load_workbook(BytesIO(b"".join(response)))[FORM_SHEET]
    assert [sheet.cell(row=row, column=6).value for row in (5, 6, 7)] == [3.5, 150, None]

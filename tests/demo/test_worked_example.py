"""The worked example of the scoring rules, from an .xlsx file through import_return to the board."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from huzhou_targets.demo.worked_example import WORKED_EXAMPLE
from rankings.services.requests import run_due_requests

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

FILE = Path(settings.BASE_DIR) / "fixtures" / "demo" / WORKED_EXAMPLE
PLAN, PERIOD = "sowing-2025", "2025Q2"

# unit: line scores (None: not scored), total, rank of all, rank in the group
EXPECTED = {
    "安吉县": (["120.00", None, "110.00", "114.29", "94.81"], "109.78", 1, 1),
    "吴兴区": (["116.67", "91.67", "110.00", "105.45", "95.00"], "103.76", 2, 2),
    "德清县": (["100.00", "100.00", "104.00", "117.14", "95.91"], "103.41", 3, 3),
    "南太湖新区": (["120.00", None, "100.00", "90.00", "100.00"], "102.50", 4, 1),
    "长合区": ([None, None, "100.00", "100.00", "94.29"], "98.10", 5, 2),
    "南浔区": (["100.00", "100.00", "95.00", "90.91", "95.00"], "96.18", 6, 4),
    "长兴县": (["50.00", "100.00", "95.00", "85.71", "0.00"], "66.14", 7, 5),
}


def _json(command: str, *arguments: Any, **options: Any) -> Any:
    output = io.StringIO()
    call_command(command, *arguments, stdout=output, **options)
    return json.loads(output.getvalue())


@pytest.fixture
def imported() -> dict[str, Any]:
    """What import_return says after the lead department handed the file in and verified it."""
    call_command("load_demo", accounts_only=True, stdout=io.StringIO())
    arguments = (str(FILE), "--plan", PLAN, "--period", PERIOD, "--as", "jxj", "--verify", "--json")
    return dict(_json("import_return", *arguments))


def test_import_return_stores_the_example_with_its_broken_shares_as_warnings(
    imported: dict[str, Any],
) -> None:
    assert (imported["stored"], imported["figures"], imported["errors"]) == (True, 34, [])
    assert [(item["cell"], item["code"]) for item in imported["warnings"]] == [
        ("F5", "share_broken"),
        ("F6", "share_broken"),
        ("F8", "share_broken"),
    ]


@pytest.mark.usefixtures("imported")
def test_board_of_the_example_has_exactly_the_scores_totals_and_ranks() -> None:
    run_due_requests()

    board = _json("show_ranking", plan=PLAN, period=PERIOD, board="districts", format="json")

    assert board["status"] == "preliminary"
    assert {
        entry["unit"]: (
            [line["score"] for line in entry["lines"]],
            entry["total"],
            entry["rank"],
            entry["group_rank"],
        )
        for entry in board["entries"]
    } == EXPECTED


@pytest.mark.usefixtures("imported")
def test_every_line_of_the_example_leads_to_its_cell_and_reviewer() -> None:
    run_due_requests()

    document = _json("explain_score", "--plan", PLAN, "--period", PERIOD, "--unit", "吴兴区", "--json")

    sheet = "二季度（演示数据）"
    assert [line["source"] for line in document["lines"]] == [
        {"file": FILE.name, "sheet": sheet, "cell": f"{column}5"} for column in "CDEFG"
    ]
    assert {line["reviewer"] for line in document["lines"]} == {"市经信局·填报与核定（jxj）"}

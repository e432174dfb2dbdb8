"""The whole demo: every file at the first try, boards as they should be, and nothing new the second time."""

from __future__ import annotations

import io
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.models import Grant, User
from audit.checking import check_trail
from audit.models import AuditEntry
from huzhou_targets.demo.files import read_demo
from indicators.models import ReferenceValue
from rankings.models import Board, RankingRun, RebuildRequest
from rankings.selectors import current_run, ranking_document
from rankings.verification import verify_sealed
from returns.models import Cycle, Figure, FigureRevision, ReviewNote, UnitReviewSetting, Upload
from returns.papers import Comment, Evidence
from returns.selectors import effective_figures, find_cycle
from returns.states import FigureState
from tests.demo.loaded.conftest import Loaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

DEMO_ROOT = Path(settings.BASE_DIR) / "fixtures" / "demo"
CYCLES = {
    "播种计划 2025年一季度": "open",
    "播种计划 2025年二季度": "published",
    "播种计划 2025年三季度": "open",
    "八大新兴产业链 2023年一季度": "open",
    "八大新兴产业链 2023年二季度": "open",
    "八大新兴产业链 2023年三季度": "published",
    "八大新兴产业链 2023年四季度": "open",
}


def _document(plan: str, period: str, board: str) -> dict[str, Any]:
    run = current_run(find_cycle(plan_code=plan, period=period), board)
    assert run is not None
    return ranking_document(run)


def _ranks(plan: str, period: str, board: str = Board.DISTRICTS) -> list[tuple[int, str, str]]:
    entries = _document(plan, period, board)["entries"]
    return [(entry["rank"], entry["unit"], entry["total"]) for entry in entries]


def test_load_demo_takes_in_every_file_at_first_try() -> None:
    manifest = Counter((entry.account, str(entry.period)) for entry in read_demo(DEMO_ROOT).returns)

    stored = Upload.objects.filter(state=Upload.State.STORED).select_related("organisation", "cycle")

    assert Upload.objects.exclude(state=Upload.State.STORED).count() == 0
    assert Counter((item.organisation.code, str(item.cycle.period)) for item in stored) == manifest
    assert sum(manifest.values()) == 87


def test_load_demo_uses_all_four_layouts() -> None:
    layouts = {layout for upload in Upload.objects.all() for layout in upload.layouts}

    assert layouts == {"A", "B", "C", "D"}


def test_load_demo_stores_exactly_the_values_of_the_tables() -> None:
    written = {
        (plan, str(period), reporter, indicator, organisation): value
        for (plan, period, reporter, indicator, organisation), value in read_demo(DEMO_ROOT).figures.items()
    }

    rows = Figure.objects.values_list(
        "cycle__plan__code",
        "cycle__year",
        "cycle__quarter",
        "reporter__code",
        "indicator__code",
        "organisation__code",
        "value",
    )

    assert {
        (plan, f"{year}Q{quarter}", *rest): value for plan, year, quarter, *rest, value in rows
    } == written


def test_load_demo_keeps_narratives_and_dates_of_the_files() -> None:
    revision = FigureRevision.objects.get(
        figure__indicator__code="innovative-enterprises",
        figure__organisation__code="wuxing",
        figure__cycle__quarter=2,
        figure__reporter__code="wuxing",
    )

    assert revision.progress == "上半年引进培育86家，二季度新增44家。"
    assert revision.problems == "部分企业尚未完成税务登记。"
    assert revision.measures == "对未登记企业逐家联系，三季度前办结。"
    assert str(revision.data_as_of) == "2025-06-30"
    assert (revision.sheet, revision.cell) == ("填报表", "H7")


def test_load_demo_publishes_the_last_quarter_but_one_of_each_plan_and_nothing_else() -> None:
    cycles = Cycle.objects.filter(is_demo=True).select_related("plan")

    assert {str(cycle): cycle.state for cycle in cycles} == CYCLES
    assert Cycle.objects.filter(state="published", is_demo=False).count() == 0
    assert verify_sealed() == (4, [])


def test_published_sowing_board_ranks_the_seven_districts() -> None:
    assert _document("sowing-2025", "2025Q2", Board.DISTRICTS)["status"] == "published"
    assert _ranks("sowing-2025", "2025Q2") == [
        (1, "安吉县", "108.56"),
        (2, "德清县", "103.33"),
        (3, "南太湖新区", "103.14"),
        (4, "吴兴区", "102.03"),
        (5, "南浔区", "95.65"),
        (6, "长兴县", "78.08"),
        (7, "长合区", "46.67"),
    ]


def test_published_clusters_boards_rank_six_districts_and_ten_departments() -> None:
    assert _document("clusters-2023", "2023Q3", Board.DISTRICTS)["status"] == "published"
    assert _ranks("clusters-2023", "2023Q3") == [
        (1, "德清县", "103.28"),
        (2, "吴兴区", "101.16"),
        (2, "安吉县", "101.16"),
        (4, "南浔区", "96.32"),
        (5, "长兴县", "95.09"),
        (6, "南太湖新区", "88.67"),
    ]
    assert [unit for _, unit, _ in _ranks("clusters-2023", "2023Q3", Board.DEPARTMENTS)] == [
        "市委人才办",
        "市人力社保局",
        "市市场监管局",
        "市发展改革委",
        "市商务局",
        "市贸促会",
        "市自然资源和规划局",
        "市经信局",
        "市科技局",
        "市金融办",
    ]


def test_published_lines_name_file_sheet_and_cell() -> None:
    documents = [_document("sowing-2025", "2025Q2", board) for board in (Board.DISTRICTS, Board.DEPARTMENTS)]
    documents += [
        _document("clusters-2023", "2023Q3", board) for board in (Board.DISTRICTS, Board.DEPARTMENTS)
    ]

    unsourced = {
        (entry["unit"], line["indicator"])
        for document in documents
        for entry in document["entries"]
        for line in entry["lines"]
        if line["value"] is not None and None in line["source"].values()
    }

    assert unsourced == {("市经信局", "高耗低效整治腾出能耗空间")}  # the sum over the districts


def test_last_quarter_is_preliminary_with_some_figures_only_submitted() -> None:
    states = Counter(
        Figure.objects.filter(cycle__year=2023, cycle__quarter=4).values_list("state", flat=True)
    )

    assert _document("clusters-2023", "2023Q4", Board.DISTRICTS)["status"] == "preliminary"
    assert _document("sowing-2025", "2025Q3", Board.DISTRICTS)["status"] == "preliminary"
    assert set(states) == {FigureState.SUBMITTED, FigureState.VERIFIED}


def test_reviews_show_another_value_a_fall_and_a_sending_back_with_reasons() -> None:
    rows = ReviewNote.objects.exclude(reason="").order_by(
        "figure__cycle__year", "figure__cycle__quarter", "id"
    )

    assert [
        (note.figure.indicator.code, note.figure.organisation.code, note.state, note.figure.value, note.value)
        for note in rows.select_related("figure__indicator", "figure__organisation")
    ] == [
        ("vacated-land", "deqing", "verified", Decimal(1680), Decimal(1640)),
        ("inefficient-enterprises", "nantaihu", "verified", Decimal(20), Decimal(20)),
        ("innovative-enterprises", "deqing", "verified", Decimal(53), Decimal(51)),
        ("innovative-enterprises", "wuxing", "verified", Decimal(86), Decimal(84)),
        ("future-enterprises", "changhe", "verified", Decimal(2), Decimal(2)),
        ("future-enterprises", "changxing", "sent_back", Decimal(47), None),
        ("specialised-enterprises", "nanxun", "sent_back", Decimal(134), None),
    ]


def test_figures_bear_evidence_and_comments_and_corrections_wait() -> None:
    evidence = Evidence.objects.order_by("id").values_list("author__username", "kind")
    comments = Comment.objects.order_by("id").values_list("author__username", "figure__reporter__code")
    corrected = Figure.objects.get(evidence__author__username="nanxun")
    in_unit = Figure.objects.get(state=FigureState.UNIT_REVIEW)

    assert list(evidence) == [("wuxing", "xlsx"), ("deqing", "docx"), ("anji", "xlsx"), ("nanxun", "xlsx")]
    assert list(comments) == [
        ("jxj", "wuxing"),
        ("wuxing", "wuxing"),
        ("jxj", "deqing"),
        ("nanxun", "nanxun"),
    ]
    assert (corrected.state, corrected.revision_number) == (FigureState.SUBMITTED, 2)
    assert (in_unit.reporter.code, in_unit.value, in_unit.verified_value) == ("wuxing", 157, 157)
    assert effective_figures(in_unit.cycle)[in_unit.indicator_id, in_unit.organisation_id].is_verified
    assert not UnitReviewSetting.objects.filter(is_on=True).exists()


def test_nobody_verified_what_they_are_ranked_by() -> None:
    rows = Figure.objects.filter(state=FigureState.VERIFIED, organisation__kind="city")

    assert set(rows.values_list("verified_by__username", flat=True)) == {"owner", "tjj"}


def test_load_demo_leaves_everything_computed_and_the_trail_whole() -> None:
    unfinished = RebuildRequest.objects.exclude(state=RebuildRequest.State.DONE)

    assert unfinished.count() == 0
    assert check_trail().is_whole


def test_load_demo_twice_changes_nothing() -> None:
    models = (
        *(User, Grant, Upload, Figure, FigureRevision, ReviewNote, ReferenceValue),
        *(RankingRun, RebuildRequest, AuditEntry),
    )
    before = {model.__name__: model._default_manager.count() for model in models}
    digests = list(RankingRun.objects.order_by("id").values_list("id", "result_digest", "computed_at"))
    output = io.StringIO()

    call_command("load_demo", stdout=output)

    assert {model.__name__: model._default_manager.count() for model in models} == before
    assert (
        list(RankingRun.objects.order_by("id").values_list("id", "result_digest", "computed_at")) == digests
    )
    assert output.getvalue().count("本次入库 0 个") == len(CYCLES)


def test_show_ranking_prints_the_published_board_as_one_json_document(loaded: Loaded) -> None:
    output = io.StringIO()

    call_command(
        "show_ranking",
        plan="clusters-2023",
        period="2023Q3",
        board="departments",
        format="json",
        stdout=output,
    )

    document = json.loads(output.getvalue())
    assert (document["status"], len(document["entries"])) == ("published", 10)

import os
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from rankings.models import RankingRun
from rankings.recalculation import NotRecalculable, build_workbook, recalculation_workbook, source_of
from rankings.services.runs import build_ranking
from rankings.services.sealing import freeze_cycle, publish_cycle, sign_off_cycle
from returns.models import Figure
from returns.services.cycles import change_cycle_state
from returns.states import CycleState
from scoring import SCHEME_V1
from tests.factories import World, make_world
from tests.rankings.random_boards import make_inputs, make_line, make_source, make_unit, random_inputs
from tests.rankings.recalculating import compare, recalculate, rows_of, stored
from tests.scoring.boards import COLUMNS, DISTRICTS

RANDOM_BOARDS = int(os.environ.get("RECALCULATED_BOARDS", "4"))
"""Boards of 30 organisations with 12 lines each; a longer run sets RECALCULATED_BOARDS."""


def worked_example(**changes: Any) -> dict[str, Any]:
    """The second-quarter board of DOMAIN section 5, sealed."""
    units = []
    for order, (name, group, targets, values) in enumerate(DISTRICTS, start=1):
        lines = [
            make_line(
                code=f"c{number}",
                indicator=title,
                kind=kind.value,
                target=str(target),
                target_text=str(target),
                value=None if value is None else str(value),
            )
            for number, ((title, kind), target, value) in enumerate(
                zip(COLUMNS, targets, values, strict=True)
            )
        ]
        units.append(make_unit(name, lines, order=order, group=group))
    return make_inputs(units, **changes)


def every_rule() -> dict[str, Any]:
    """A board that meets each rule of targets, values, groups, bonuses and ties."""
    cases: list[dict[str, Any]] = [
        {"kind": "stock", "target": "20", "value": "15"},
        {"kind": "rate", "counted": False, "target": "12.5", "value": "12.345678"},
        {"kind": "rate", "counted": False, "direction": "lower", "target": "1", "value": "1.25"},
        {"kind": "rate", "counted": False, "direction": "lower", "target": "1", "value": "0"},
        {"kind": "rate", "counted": False, "target": "-2", "value": "-1.5"},
        {"kind": "rate", "counted": False, "direction": "lower", "target": "-2", "value": "-1.5"},
        {"kind": "stock", "counted": False, "target": "100", "baseline": "80", "value": "92.5"},
        {
            "kind": "stock",
            "counted": False,
            "direction": "lower",
            "target": "40",
            "baseline": "50",
            "value": "46",
        },
        {"kind": "stock", "target": "100", "baseline": "100", "value": "100"},
        {"kind": "stock", "target": "100", "baseline": "80", "milestone_amount": "90", "value": "91"},
        {"counted": False, "target": "100", "milestone_share": "0.65", "value": "60"},
        {"counted": False, "target": "100", "milestone_amount": "30", "value": "60"},
        {"target": "40", "strict": True, "value": "40"},
        {"target": "40", "strict": True, "value": "41"},
        {"target": "40", "strict": True, "value": "20"},
        {"target": "0", "value": "3"},
        {"target": "10", "milestone_share": "0", "value": "3"},
        {"target": "1", "value": "0"},
        {"target": "10", "value": None},
        {"target": "10", "value": "9", "due": False},
        {"target": None, "target_text": "", "value": "9"},
        {"target": None, "target_text": "/", "excluded": "不考核", "value": "9"},
        {"target": None, "target_text": "/", "excluded": "合并考核", "value": None},
        {"target": None, "target_text": "待省下达任务指标后再分解", "excluded": "待下达", "value": None},
        {"target": None, "target_text": "高于 GDP 增速 1 个百分点", "excluded": "待参照值", "value": "7"},
        {"target": "10", "excluded": "本期无数据", "value": "4"},
        {"target": "4.5", "target_text": "4.5（含南太湖新区）", "counted": False, "value": "2.345"},
        {
            "target": "10000",
            "factor": "10000",
            "unit": "万亩",
            "target_text": "1",
            "counted": False,
            "value": "5123",
        },
    ]
    lines = [
        make_line(code=f"i{number}", indicator=f"指标{number}", weight=str(1 + number % 3)) | case
        for number, case in enumerate(cases)
    ]
    points = {"reason": "事由", "document": "依据"}
    return make_inputs(
        [
            make_unit(
                "吴兴区", lines, order=1, bonuses=[points | {"points": "2.5"}, points | {"points": "0.01"}]
            ),
            make_unit("南浔区", lines, order=2, deductions=[points | {"points": "5"}]),
            make_unit("德清县", lines[:12], order=3),
            make_unit("长兴县", lines[:12], order=4),
            make_unit(
                "安吉县", [make_line(value="0", target="900")], order=5, deductions=[points | {"points": "1"}]
            ),
            make_unit("南太湖新区", lines[3:9], order=6, group="功能区组"),
            make_unit("长合区", lines[19:24], order=7, group="功能区组"),
            make_unit("未分组", lines[6:12], order=8, group=None),
        ]
    )


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    for organisation, target in ((world.wuxing, "12"), (world.nanxun, "6")):
        world.target("parks", organisation, target)
    world.target("parks", world.whole_city, "18")
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.report("nanxun", {("parks", world.nanxun): "3"})
    world.verify("jxj", *Figure.objects.all())
    return world


def _freeze(world: World) -> list[RankingRun]:
    owner = world.people["owner"]
    change_cycle_state(actor=owner, cycle=world.cycle, to=CycleState.CLOSED)
    return freeze_cycle(actor=owner, cycle=world.cycle)


def late_rule() -> dict[str, Any]:
    """The worked example under a late rule: on time, 1 day, 5 days (the most), and too late to count."""
    inputs = worked_example()
    scheme = inputs["scheme"]
    late = {"per_day": "1", "most": "3.5", "unreported_from": 6}
    parameters = {**scheme["parameters"], "late": late}
    units = [
        unit | {"late_days": days} for unit, days in zip(inputs["units"], (0, 1, 5, 6, 0, 9, 0), strict=True)
    ]
    return inputs | {"scheme": {**scheme, "parameters": parameters}, "units": units}


# --- recalculated by LibreOffice ---------------------------------------------------------------------


def test_recalculation_gives_every_number_of_boards_that_meet_every_rule(tmp_path: Path) -> None:
    sources = {
        "example": make_source(worked_example()),
        "rules": make_source(every_rule()),
        "departments": make_source(every_rule() | {"board": "departments"}),
        "fourth": make_source(every_rule() | {"quarter": 4}),
        "late": make_source(late_rule()),
    }

    books = recalculate({name: build_workbook(source) for name, source in sources.items()}, tmp_path)

    found = {name: compare(books[name], source.document, source.inputs) for name, source in sources.items()}
    assert {name: comparison.different for name, comparison in found.items()} == {
        name: [] for name in sources
    }
    assert {name: comparison.compared for name, comparison in found.items()} == {
        "example": 455,
        "rules": 1158,
        "departments": 1158,
        "fourth": 1158,
        "late": 455 + len(late_rule()["units"]),
    }
    reasons = {row["说明"] for row in rows_of(books["rules"], "明细")}
    assert reasons == {
        *("未报送", "零目标", "未到节点", "未设置", "不考核", "合并考核", "待下达", "待参照值", "本期无数据"),
        None,
    }


def test_a_board_under_a_late_rule_takes_points_off_and_drops_what_came_too_late() -> None:
    document = make_source(late_rule()).document

    entries = {entry["unit"]: entry for entry in document["entries"]}
    assert sorted(entry["late"] for entry in entries.values()) == ["0.00"] * 3 + ["1.00"] + ["3.50"] * 3
    silent = [unit["name"] for unit in late_rule()["units"] if unit["late_days"] >= 6]
    reasons = {line["reason"] for name in silent for line in entries[name]["lines"] if line["score"]}
    assert reasons == {"未报送"}


def test_recalculation_gives_every_number_of_random_boards(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    sources = {
        f"random-{seed}": make_source(random_inputs(seed, units=30, lines=12))
        for seed in range(RANDOM_BOARDS)
    }

    books = recalculate({name: build_workbook(source) for name, source in sources.items()}, tmp_path)

    compared = 0
    for name, source in sources.items():
        comparison = compare(books[name], source.document, source.inputs)
        assert comparison.different == []
        assert {row["精确"] for row in rows_of(books[name], "演算")} == {"是"}
        compared += comparison.compared
    assert compared == RANDOM_BOARDS * 30 * (10 + 12 * 11)
    lines = RANDOM_BOARDS * 30 * 12
    record_property("recalculated", f"{lines} random lines, {compared} cells compared, 0 different")


def _changed(data: bytes, changes: dict[tuple[str, str], Any]) -> bytes:
    """The workbook after a person typed over some cells."""
    workbook = openpyxl.load_workbook(BytesIO(data))
    for (sheet, cell), value in changes.items():
        workbook[sheet][cell] = value
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _cell(data: bytes, sheet: str, title: str, column: str) -> str:
    """The cell in a column of the row that starts with a title."""
    for row in stored(data)[sheet].iter_rows(max_col=1):
        if row[0].value == title:
            return f"{column}{row[0].row}"
    raise AssertionError(f"{title} is not in {sheet}")


def test_changed_cap_figure_weight_and_bonus_change_the_ranking(tmp_path: Path) -> None:
    data = build_workbook(make_source(worked_example()))
    figures = {
        row["单位"] + row["指标"]: number for number, row in enumerate(rows_of(stored(data), "明细"), start=5)
    }
    bonus = int(_cell(data, "参数", "单位", "B")[1:]) + 1
    books = recalculate(
        {
            "cap": _changed(data, {("参数", _cell(data, "参数", "封顶", "B")): 1}),
            "figure": _changed(data, {("明细", f"N{figures['长兴县专精特新企业']}"): 220.5}),
            "weight": _changed(data, {("参数", _cell(data, "参数", "产业园", "B")): 2.5}),
            "bonus": _changed(data, {("参数", f"B{bonus}"): 1, ("参数", f"D{bonus}"): 4.995}),
            "too much": _changed(data, {("参数", f"B{bonus}"): 1, ("参数", f"C{bonus}"): 5.01}),
            "quarter": _changed(data, {("参数", _cell(data, "参数", "季度", "B")): 4}),
        },
        tmp_path,
    )
    tables = {name: {row["单位"]: row for row in rows_of(book, "汇总")} for name, book in books.items()}

    assert (tables["cap"]["德清县"]["总分"], tables["cap"]["德清县"]["名次"]) == (99.18, 1)
    assert tables["cap"]["德清县"]["核对"] == "不一致"
    assert tables["figure"]["长兴县"]["总分"] == 86.19  # (50 + 100 + 95 + 85.71 + 100.23) / 5
    assert tables["weight"]["吴兴区"]["总分"] == 106.74  # (2.5 x 116.67 + 91.67 + 110 + 105.45 + 95) / 6.5
    assert (tables["bonus"]["安吉县"]["扣分"], tables["bonus"]["安吉县"]["总分"]) == (5, 104.78)
    assert tables["too much"]["安吉县"]["备注"] == "加分超限"
    assert tables["quarter"]["吴兴区"]["总分"] == 70.55  # (58.33 + 91.67 + 55 + 52.73 + 95) / 5


def test_recalculation_of_a_stored_run_uses_its_sealed_inputs(world: World, tmp_path: Path) -> None:
    runs = _freeze(world)
    sources = {run.board: source_of(run) for run in runs}

    books = recalculate({run.board: recalculation_workbook(run) for run in runs}, tmp_path)

    for board, source in sources.items():
        assert compare(books[board], source.document, source.inputs).different == []
    assert [row["完成值"] for row in rows_of(books["departments"], "明细")] == [10]
    assert rows_of(books["departments"], "明细")[0]["来源文件"] == "各区县相加：南浔区 3、吴兴区 7"


def test_score_by_another_method_is_taken_over_and_said_so(tmp_path: Path) -> None:
    scheme = SCHEME_V1 | {"indicators": {"c0": {"method": "rank_step"}, "c1": {"veto": True}}, "veto": "last"}
    source = make_source(worked_example(scheme={"code": "q", "version": 2, "parameters": scheme}))

    book = recalculate({"methods": build_workbook(source)}, tmp_path)["methods"]

    comparison = compare(book, source.document, source.inputs)
    assert comparison.different == []
    notes = [row[1].value for row in book["说明"].iter_rows(max_col=2) if row[0].value == "注意"]
    assert notes == ["“产业园”按“争先进位”计分，得分引用已发布数，不随改动变化。"]
    rules = {row[0].value: row[8].value for row in book["参数"].iter_rows(max_col=9)}
    assert (rules["产业园"], rules["专精特新园区"]) == ("引用已发布得分", "公式重算")


# --- as it is written ------------------------------------------------------------------------------


def test_stored_values_are_those_of_the_formulas() -> None:
    for inputs in (worked_example(), every_rule(), random_inputs(7, units=10, lines=12)):
        source = make_source(inputs)

        comparison = compare(stored(build_workbook(source)), source.document, source.inputs)

        assert comparison.different == []
        assert comparison.compared > 400


def test_tampered_ranking_shows_as_different() -> None:
    source = make_source(worked_example())
    source.document["entries"][0]["total"] = "120.00"
    source.document["entries"][1]["lines"][2]["score"] = "99.00"

    book = stored(build_workbook(source))

    assert [row["核对"] for row in rows_of(book, "汇总")].count("不一致") == 1
    assert [row["核对"] for row in rows_of(book, "明细")].count("不一致") == 1
    assert book["汇总"]["D2"].value == "核对：单位 6 个一致、1 个不一致；指标 34 行一致、1 行不一致"


def test_every_computed_cell_is_a_formula_with_functions_that_every_spreadsheet_has() -> None:
    workbook = openpyxl.load_workbook(BytesIO(build_workbook(make_source(every_rule()))))

    formulas = {
        cell.value
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    }

    used = {name for formula in formulas for name in re.findall(r"([A-Z][A-Z.]*)\(", formula)}
    assert used == {
        *("ABS", "AND", "COUNTIF", "IF", "INDEX", "INT", "MAX", "MIN", "N", "OR", "ROUND", "SIGN"),
        *("SUMIF", "SUMPRODUCT"),
    }
    detail = workbook["明细"]
    heads = [cell.value for cell in detail[4]]
    for title in ("应达值", "序时达成率%", "年度完成率%", "分值", "得分", "亮灯", "说明", "核对"):
        assert all(str(row[heads.index(title)].value).startswith("=") for row in detail.iter_rows(min_row=5))
    assert max(map(len, formulas)) < 1000


def test_text_that_looks_like_a_formula_is_neutralised() -> None:
    line = make_line(
        indicator="=1+1",
        target_text="@SUM(A1)",
        unit="+个",
        source={"file": "-a.xlsx", "sheet": "=Sheet1", "cell": "C7"},
    )
    source = make_source(make_inputs([make_unit("=HYPERLINK(A1)", [line], group="@组")]))

    book = openpyxl.load_workbook(BytesIO(build_workbook(source)))

    row = [cell.value for cell in book["明细"][5]]
    assert [row[place] for place in (1, 2, 3, 4, 16, 17)] == [
        *("'=HYPERLINK(A1)", "'=1+1", "'@SUM(A1)", "'+个", "'-a.xlsx", "'=Sheet1"),
    ]
    assert (book["汇总"]["B5"].value, book["汇总"]["D5"].value) == ("'=HYPERLINK(A1)", "'@组")
    assert [row["核对"] for row in rows_of(stored(build_workbook(source)), "汇总")] == ["一致"]


def test_line_beyond_fifteen_digits_says_that_it_is_not_exact() -> None:
    lines = [
        make_line(
            code="a", indicator="大数", kind="rate", counted=False, target="123456789.123456", value="9"
        ),
        make_line(code="b", indicator="小数", kind="rate", counted=False, target="123456.123456", value="9"),
    ]

    rows = rows_of(stored(build_workbook(make_source(make_inputs([make_unit("吴兴区", lines)])))), "演算")

    assert [row["精确"] for row in rows] == ["否", "是"]


def test_board_that_nobody_can_be_ranked_on_is_still_a_workbook(tmp_path: Path) -> None:
    unit = make_unit("吴兴区", [make_line(target=None, target_text="/", excluded="不考核", value=None)])
    sources = {
        "excluded": make_source(make_inputs([unit])),
        "empty": make_source(make_inputs([])),
        "no lines": make_source(make_inputs([make_unit("吴兴区", [])])),
    }

    books = recalculate({name: build_workbook(source) for name, source in sources.items()}, tmp_path)

    for name, source in sources.items():
        assert compare(books[name], source.document, source.inputs).different == []
    assert [row["备注"] for row in rows_of(books["excluded"], "汇总")] == ["不参评"]


def test_rules_without_formulas_and_boards_computed_elsewhere_are_refused() -> None:
    source = make_source(worked_example())

    with pytest.raises(NotRecalculable, match="还没有复核表"):
        replace(source, inputs={**source.inputs, "rules_version": "99"})
    with pytest.raises(NotRecalculable, match="外部计算"):
        replace(source, inputs={**source.inputs, "origin": "external"})


@pytest.mark.parametrize("is_demo", [True, False])
def test_demo_data_are_marked_on_every_sheet(is_demo: bool) -> None:
    source = replace(make_source(worked_example()), is_demo=is_demo)

    book = openpyxl.load_workbook(BytesIO(build_workbook(source)))

    assert {sheet.title: "演示数据" in (sheet.oddFooter.right.text or "") for sheet in book} == dict.fromkeys(
        ["说明", "汇总", "明细", "参数", "演算"], is_demo
    )
    assert ("演示数据" in str(book["汇总"]["A2"].value)) is is_demo


def test_sheets_print_on_a4_landscape_with_repeated_heads() -> None:
    book = openpyxl.load_workbook(BytesIO(build_workbook(make_source(worked_example()))))

    assert {(sheet.page_setup.paperSize, sheet.page_setup.orientation) for sheet in book} == {
        (9, "landscape")
    }
    assert [book[name].print_title_rows for name in ("汇总", "明细", "演算")] == ["$3:$4"] * 3


# --- digests, rights, command ------------------------------------------------------------------------


def test_guide_prints_the_newest_chain_digest_and_the_runs_own(world: World) -> None:
    owner = world.people["owner"]
    runs = _freeze(world)
    sign_off_cycle(actor=world.people["leader"], cycle=world.cycle)
    first, second = publish_cycle(actor=owner, cycle=world.cycle)

    guide = stored(recalculation_workbook(first))["说明"]

    printed = {row[0].value: row[1].value for row in guide.iter_rows(max_col=2)}
    assert len(runs) == 2
    assert printed["状态"] == "已发布"
    assert (printed["最新链摘要"], printed["本榜摘要"]) == (second.digest, first.digest)
    assert (printed["输入摘要"], printed["结果摘要"]) == (first.input_digest, first.result_digest)


def _address(board: str = "districts") -> str:
    return reverse("board_recalculation", args=["sowing-2025", "2025Q2", board])


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("wuxing", 403, 200),
        ("nanxun", 403, 200),
        ("jxj", 403, 200),
        ("owner", 200, 200),
        ("leader", 200, 200),
        ("auditor", 404, 404),
        ("sysadmin", 404, 404),
        ("secadmin", 404, 404),
    ],
)
def test_workbook_is_open_to_those_who_may_see_the_whole_board(
    world: World, client: Client, name: str, before: int, after: int
) -> None:
    build_ranking(cycle=world.cycle, board="districts")
    client.force_login(world.people[name])

    first = client.get(_address()).status_code
    _freeze(world)
    second = client.get(_address()).status_code

    assert (first, second) == (before, after)


def test_download_is_the_workbook_of_the_board(world: World, client: Client) -> None:
    run = next(run for run in _freeze(world) if run.board == "districts")
    client.force_login(world.people["wuxing"])

    response = client.get(_address())

    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert [row["单位"] for row in rows_of(stored(content), "汇总")] == ["吴兴区", "南浔区"]
    assert (
        stored(content)["说明"]["A1"].value == f"播种计划 2025年二季度 {run.get_board_display()} 算法复核表"
    )
    assert client.get(_address() + "?number=2").status_code == 404
    assert client.get(_address("parks")).status_code == 404
    assert client.get(_address("nonsense")).status_code == 404
    assert client.post(_address()).status_code == 405


def test_download_needs_an_account(world: World, client: Client) -> None:
    assert client.get(_address()).status_code == 302


def test_command_writes_the_workbook(world: World, tmp_path: Path) -> None:
    build_ranking(cycle=world.cycle, board="districts")
    path = tmp_path / "复核表.xlsx"

    call_command("write_recalculation", plan="sowing-2025", period="2025Q2", output=path)

    assert [row["总分"] for row in rows_of(stored(path.read_bytes()), "汇总")] == [116.67, 100]


def test_command_says_when_there_is_no_ranking(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="还没有排名"):
        call_command("write_recalculation", plan="sowing-2025", period="2025Q2", output=tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []

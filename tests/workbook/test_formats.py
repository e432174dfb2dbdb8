"""The same return as LibreOffice saves it in every format gives the same figures."""

import subprocess
from decimal import Decimal
from pathlib import Path
from shutil import which

import pytest

from returns.workbook.reader import read_return
from returns.workbook.types import ReadResult, Vocabulary
from tests.workbook.builders import Page, clusters, errors, sowing, values, warnings, workbook_bytes
from tests.workbook.messy_clusters import clusters_like_annex_1, clusters_percent_cells
from tests.workbook.messy_down import like_the_annex
from tests.workbook.messy_habits import (
    habit_ledger_with_three_header_rows,
    habit_merged_cells_over_two_lines_each,
    habit_wide_table_cut_in_two,
)
from tests.workbook.messy_habits_clusters import habit_clusters_rates_mixed_formats
from tests.workbook.messy_lists import list_with_narrative

CONVERSIONS = {
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "xls": "xls:MS Excel 97",
    "ods": "ods",
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false",
}
HABITS = (
    habit_ledger_with_three_header_rows,
    habit_merged_cells_over_two_lines_each,
    habit_wide_table_cut_in_two,
    habit_clusters_rates_mixed_formats,
)
ODD = Page(
    rows=[
        ["指标", "吴兴", "南浔", "德清", "长兴", "安吉", "南太湖新区"],
        ["规上工业增加值增长(%)", 0.285, "=1/0", "=2+0.5", "约3", True, None],
        ["高耗低效整治腾出用地面积（亩）", 0.12, None, 0, "/", "0.2万亩", 500],
    ],
    title="数据",
    formats={"B2": "0.0%", "B3": '0.00"万亩"'},
    hidden_rows=[3],
    hidden_columns=["D"],
    merged=["A5:B5"],
)


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Every sample in every format: sample name -> format -> bytes."""
    office = which("soffice")
    if office is None:
        pytest.fail("LibreOffice is missing: apt-get install libreoffice-calc")
    folder = tmp_path_factory.mktemp("formats")
    samples = {
        "annex": like_the_annex().data,
        "across": clusters_like_annex_1().data,
        "percent": clusters_percent_cells().data,
        "list": list_with_narrative().data,
        "odd": workbook_bytes(ODD),
        **{maker.__name__: maker().data for maker in HABITS},
    }
    for name, data in samples.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    files = [str(folder / f"{name}.xlsx") for name in samples]
    for suffix, target in CONVERSIONS.items():
        subprocess.run(
            [
                office,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                target,
                "--outdir",
                str(folder / suffix),
                *files,
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
    return {
        name: {suffix: Path(folder / suffix / f"{name}.{suffix}").read_bytes() for suffix in CONVERSIONS}
        for name in samples
    }


def read_all(formats: dict[str, bytes], vocabulary: Vocabulary) -> dict[str, ReadResult]:
    results = {suffix: read_return(data, f"进展.{suffix}", vocabulary) for suffix, data in formats.items()}
    return results | {"et": read_return(formats["xls"], "进展.et", vocabulary)}


@pytest.mark.parametrize(
    ("sample", "maker", "layout"),
    [
        ("annex", like_the_annex, "C"),
        ("across", clusters_like_annex_1, "B"),
        ("percent", clusters_percent_cells, "B"),
        ("list", list_with_narrative, "D"),
    ],
)
def test_every_format_gives_the_same_figures(converted, sample, maker, layout) -> None:
    case = maker()

    results = read_all(converted[sample], case.vocabulary)

    for suffix, result in results.items():
        assert (suffix, errors(result)) == (suffix, [])
        assert (suffix, values(result)) == (suffix, case.figures)
        assert (suffix, result.layouts) == (suffix, (layout,))


@pytest.mark.parametrize("maker", HABITS, ids=lambda maker: maker.__name__)
def test_messy_returns_saved_by_libreoffice_give_the_same_figures(converted, maker) -> None:
    case = maker()

    results = read_all(converted[maker.__name__], case.vocabulary)

    for suffix, result in results.items():
        assert (suffix, errors(result)) == (suffix, [])
        assert (suffix, values(result)) == (suffix, case.figures)


def test_errors_formats_units_and_hidden_parts_survive_in_every_binary_format(converted) -> None:
    results = read_all(converted["odd"], clusters())

    for suffix in ("xlsx", "xls", "ods", "et"):
        result = results[suffix]
        assert (suffix, errors(result)) == (
            suffix,
            [
                ("error_value", "C2"),
                ("inexact_number", "E2"),
                ("boolean_in_cell", "F2"),
                ("mark_not_allowed", "E3"),
            ],
        )
        assert (suffix, values(result)) == (
            suffix,
            {
                ("C3", "wuxing"): Decimal("28.5"),
                ("C3", "deqing"): Decimal("2.5"),
                ("C17", "wuxing"): Decimal(1200),
                ("C17", "deqing"): Decimal(0),
                ("C17", "anji"): Decimal(2000),
                ("C17", "nantaihu"): Decimal(500),
            },
        )
        assert (suffix, warnings(result)) == (suffix, [("hidden_cells", "D2")])


def test_csv_reads_what_is_printed(converted) -> None:
    result = read_return(converted["odd"]["csv"], "odd.csv", clusters())

    assert values(result)["C3", "wuxing"] == Decimal("28.5")
    assert values(result)["C17", "anji"] == Decimal(2000)
    assert ("error_value", "C2") in errors(result)
    assert result.figures[0].sheet == "odd"


def test_text_file_delimiters_and_encodings() -> None:
    lines = "区县{0}科技型产业园（专业园）\r\n吴兴区{0}7\r\n南浔区{0}“3”\r\n"
    for delimiter in (",", "\t", ";"):
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
            data = lines.format(delimiter).replace("“3”", "3").encode(encoding)

            result = read_return(data, "进展.txt", sowing())

            assert values(result) == {("S1", "wuxing"): Decimal(7), ("S1", "nanxun"): Decimal(3)}
            assert [row.sheet for row in result.figures] == ["进展", "进展"]

"""Every broken or hostile file gets one plain answer, and nothing dies of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from returns.workbook.grid import Limits
from returns.workbook.guidance import KINDS
from returns.workbook.reader import ROOT, begin_reading, read_return
from tests.workbook.builders import SOWING_HEADERS, sheet_bytes, sowing
from tests.workbook.hostile import GROUPS
from tests.workbook.raw import members, sheet_xml, strings_xml, text, workbook, zipped


def test_zip_that_is_not_a_workbook_is_told_apart() -> None:
    """The reader's own answer, which the upload page never gives: it opens a zip.

    Every other kind goes through the page, in tests/returns/test_hostile_uploads.py.
    """
    zips = [(name, data) for group in GROUPS for name, data, codes in group() if codes == ("zip_archive",)]

    answers = {
        name: [problem.code for problem in read_return(data, f"{name}.xlsx", sowing()).errors]
        for name, data in zips
    }

    assert answers
    assert set(map(tuple, answers.values())) == {("zip_archive",)}


def test_kinds_of_hostile_files_are_those_that_the_guidance_explains() -> None:
    codes = {code for group in GROUPS for _, _, expected in group() for code in expected}

    assert codes <= set(KINDS)


def test_limits_are_parameters_and_the_message_names_them() -> None:
    rows = [["区县", SOWING_HEADERS[0]], *([f"区{number}", number] for number in range(50))]

    result = read_return(sheet_bytes(rows), "a.xlsx", sowing(), limits=Limits(rows=20))

    assert [problem.code for problem in result.errors] == ["limit_exceeded"]
    assert "（上限 20）" in result.errors[0].message


def test_child_without_memory_is_reported_and_the_parent_lives() -> None:
    limits = Limits(memory_bytes=60 * 1024 * 1024)
    data = workbook("<row/>", strings=strings_xml(*(f"<t>{n} {'长' * 150}</t>" for n in range(90_000))))

    result = read_return(data, "a.xlsx", sowing(), limits=limits)

    assert [problem.code for problem in result.errors] == ["reading_stopped"]
    assert "60 MB" in result.errors[0].message


def test_child_is_ended_when_its_parent_gives_up_between_the_two_steps() -> None:
    rows = [["区县", SOWING_HEADERS[0]], *([f"区{number}", number] for number in range(30_000))]
    others = child_processes()

    with pytest.raises(LookupError), begin_reading(sheet_bytes(rows), "a.xlsx"):
        raise LookupError("no vocabulary")

    assert child_processes() <= others


def child_processes() -> set[str]:
    """Ids of this process's children, ended ones that nobody took the exit of included."""
    tasks = Path("/proc/self/task").iterdir()
    return {pid for task in tasks for pid in (task / "children").read_text().split()}


def test_child_out_of_time_is_stopped() -> None:
    rows = [["区县", SOWING_HEADERS[0]], *([f"区{number}", number] for number in range(3000))]

    result = read_return(sheet_bytes(rows), "a.xlsx", sowing(), limits=Limits(wall_seconds=0))

    assert [problem.code for problem in result.errors] == ["reading_stopped"]


def test_string_used_a_hundred_thousand_times_costs_nothing() -> None:
    body = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 100_001))
    data = workbook(body, strings=strings_xml(f"<t>{'长' * 32_000}</t>"))

    result = read_return(data, "a.xlsx", sowing())

    assert [problem.code for problem in result.errors] == ["no_table"]


def test_thousands_of_problems_are_cut_with_a_word() -> None:
    rows = [["区县", SOWING_HEADERS[0]], *([f"某{number}区", number] for number in range(60))]

    result = read_return(sheet_bytes(rows), "a.xlsx", sowing(), limits=Limits(problems=50))

    assert len(result.problems) == 51
    assert result.problems[-1].code == "too_many_problems"


def test_macros_are_ignored_with_a_word() -> None:
    body = f'<row r="1">{text("A1", "区县")}{text("B1", SOWING_HEADERS[0])}</row><row r="2">{text("A2", "吴兴")}<c r="B2"><v>7</v></c></row>'
    parts = members(sheet_xml(body)) | {"xl/vbaProject.bin": b"macro"}

    result = read_return(zipped(parts), "a.xlsm", sowing())

    assert [str(row.value) for row in result.figures] == ["7"]
    assert [problem.code for problem in result.problems] == ["macros_ignored"]


def test_child_starts_without_heavy_imports() -> None:
    code = (
        "import sys, returns.workbook.child; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout

    assert not any(
        f"'{name}'" in loaded for name in ("django", "pandas", "openpyxl", "xlsxwriter", "python_calamine")
    )

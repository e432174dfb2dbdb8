"""The template opened, filled in and saved by LibreOffice itself, and read back."""

import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from shutil import which
from xml.sax.saxutils import escape

import pytest

from returns.workbook.reader import read_return
from returns.workbook.template import write_template
from returns.workbook.types import Vocabulary
from tests.workbook.builders import errors, own_only, sowing, values, warnings

SAVED_AS = {"xlsx": "Calc MS Excel 2007 XML", "ods": "calc8", "xls": "MS Excel 97"}
MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Fill" script:language="StarBasic">{}</script:module>
"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Fill"/></library:library>
"""
FILL = """
Sub Main
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  document = StarDesktop.loadComponentFromURL("{source}", "_blank", 0, hidden())
  sheet = document.Sheets.getByIndex(0)
  sheet.getCellRangeByName("H5").setValue(4)
  sheet.getCellRangeByName("H6").setFormula("=1+1")
  sheet.getCellRangeByName("H7").setString("104家")
  sheet.getCellRangeByName("I5").setFormula("2025-06-28")
  sheet.getCellRangeByName("J5").setString("快报")
  sheet.getCellRangeByName("K5").setString("已建成")
  locks = sheet.isProtected() & "/" & sheet.getCellRangeByName("E5").CellProtection.IsLocked
  sheet.getCellRangeByName("K6").setString(locks & "/" & sheet.getCellRangeByName("H5").CellProtection.IsLocked)
  sheet.getCellRangeByName("K7").setString(sheet.getCellRangeByName("H7").Validation.InputMessage)
  Dim saved(0) As New com.sun.star.beans.PropertyValue
  saved(0).Name = "FilterName"
{saves}
  document.close(True)
End Sub
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return replace(own_only(sowing(), "deqing"), template_organisation="deqing")


@pytest.fixture(scope="module")
def filled(vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The template of 德清县 as LibreOffice saved it in each format after a person filled it in."""
    office = which("soffice")
    if office is None:
        pytest.fail("LibreOffice is missing: apt-get install libreoffice-calc")
    folder = tmp_path_factory.mktemp("template")
    blank = folder / "blank.xlsx"
    blank.write_bytes(write_template(vocabulary))
    saves = "\n".join(
        f'  saved(0).Value = "{name}"\n  document.storeToURL("{(folder / f"filled.{suffix}").as_uri()}", saved())'
        for suffix, name in SAVED_AS.items()
    )
    run = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    # the first start makes the profile with a library of its own, which then is replaced by ours
    subprocess.run([*run, "--terminate_after_init"], check=True, capture_output=True, timeout=120)
    _install_macro(folder / "profile", FILL.format(source=blank.as_uri(), saves=saves))
    subprocess.run([*run, "macro:///Standard.Fill.Main"], check=True, capture_output=True, timeout=120)
    return {suffix: (folder / f"filled.{suffix}").read_bytes() for suffix in SAVED_AS}


def _install_macro(profile: Path, source: str) -> None:
    library = profile / "user" / "basic" / "Standard"
    (library / "script.xlb").write_text(LIBRARY, encoding="utf-8")
    (library / "Fill.xba").write_text(MODULE.format(escape(source)), encoding="utf-8")


@pytest.mark.parametrize("suffix", SAVED_AS)
def test_template_filled_in_by_libreoffice_is_read_back(filled, vocabulary, suffix) -> None:
    result = read_return(filled[suffix], f"填报表.{suffix}", vocabulary)

    assert (errors(result), warnings(result), result.layouts) == ([], [], ("A",))
    assert values(result) == {
        ("S1", "deqing"): Decimal(4),
        ("S2", "deqing"): Decimal(2),
        ("S3", "deqing"): Decimal(104),
    }
    first = result.figures[0]
    assert (str(first.data_as_of), first.data_status, first.progress) == ("2025-06-28", "flash", "已建成")


def test_libreoffice_knows_locks_and_input_messages(filled, vocabulary) -> None:
    said = [row.progress for row in read_return(filled["xlsx"], "填报表.xlsx", vocabulary).figures]

    assert said == [
        "已建成",
        "True/True/False",
        "引进培育创新型小微企业\n目标：200\n填年初至本季末的累计数，单位：家",
    ]


def test_other_quarters_template_is_refused_in_every_format(filled, vocabulary) -> None:
    later = replace(vocabulary, quarter=3)

    codes = {suffix: errors(read_return(data, f"填报表.{suffix}", later)) for suffix, data in filled.items()}

    assert codes == {suffix: [("other_period", None)] for suffix in SAVED_AS}

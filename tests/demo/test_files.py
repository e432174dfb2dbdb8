"""The demo's own tables and the files made from them."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from huzhou_targets.demo.files import DemoDataError, read_demo
from indicators.models import Indicator

DEMO_ROOT = Path(settings.BASE_DIR) / "fixtures" / "demo"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the demo's files that a test may change."""
    return Path(shutil.copytree(DEMO_ROOT, tmp_path / "demo"))


def test_manifest_names_each_file_of_the_folder_once() -> None:
    demo = read_demo(DEMO_ROOT)

    named = Counter(entry.file for entry in demo.returns)

    lying = {str(path.relative_to(DEMO_ROOT)) for path in DEMO_ROOT.glob("*-202?/*/*.xlsx")}
    assert named == Counter(lying)


def test_all_files_are_marked_as_demo_data() -> None:
    unmarked = []
    for path in DEMO_ROOT.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            texts = "".join(archive.read(name).decode() for name in archive.namelist() if name[:3] == "xl/")
        if "演示数据）" not in path.name or "演示数据" not in texts:
            unmarked.append(path.name)

    assert unmarked == []


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_tables_name_the_indicators_as_the_plans_do() -> None:
    names = {
        (plan, code): name for plan, code, name in Indicator.objects.values_list("plan__code", "code", "name")
    }

    rows = [
        (plan, row["indicator"], row["name"])
        for plan in ("sowing-2025", "clusters-2023")
        for row in csv.DictReader((DEMO_ROOT / "figures" / f"{plan}.csv").open(encoding="utf-8"))
    ]

    assert [row for row in rows if names.get(row[:2]) != row[2]] == []


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_write_demo_returns_writes_the_committed_files_again(root: Path) -> None:
    templates = {entry.file for entry in read_demo(root).returns if entry.layout == "A"}
    before = {path: path.read_bytes() for path in root.rglob("*.xlsx")}
    for path in before:
        path.unlink()
    first, second = io.StringIO(), io.StringIO()

    call_command("write_demo_returns", root=root, stdout=first)
    call_command("write_demo_returns", root=root, stdout=second)

    assert first.getvalue() == "共 88 个文件，其中 88 个有变化。\n"
    assert second.getvalue() == "共 88 个文件，其中 0 个有变化。\n"
    changed = {str(path.relative_to(root)) for path, data in before.items() if path.read_bytes() != data}
    assert (
        changed - templates == set()
    )  # the template's looks may move on, what is filled in is tested by loading


def test_read_demo_refuses_a_review_of_a_figure_that_is_not_there(root: Path) -> None:
    with (root / "figures" / "sowing-2025.reviews.csv").open("a", encoding="utf-8") as file:
        file.write("2025Q2,industry-parks,wuxing,nanxun,verify,,查无此数\n")

    with pytest.raises(DemoDataError, match="没有数值，却有说明或审核"):
        read_demo(root)


def test_read_demo_refuses_a_figure_that_no_file_holds(root: Path) -> None:
    with (root / "figures" / "sowing-2025.csv").open("a", encoding="utf-8") as file:
        file.write("industry-parks,科技型产业园（专业园）,huzhou,kjj,1,,\n")

    with pytest.raises(DemoDataError, match="kjj 没有报送文件"):
        read_demo(root)


def test_read_demo_refuses_an_unknown_layout(root: Path) -> None:
    manifest = root / "manifest.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("layout: DB", "layout: E"), "utf-8")

    with pytest.raises(DemoDataError, match="没有表式“E”"):
        read_demo(root)


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_load_demo_refuses_a_file_with_errors_and_stores_nothing_of_its_quarter(root: Path) -> None:
    entry = read_demo(root).returns[0]
    (root / entry.file).write_bytes(b"no workbook")

    with pytest.raises(CommandError, match="没有入库") as caught:
        call_command("load_demo", root=root, stdout=io.StringIO())

    assert entry.file in str(caught.value)


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_load_demo_says_when_a_file_is_missing(root: Path) -> None:
    entry = read_demo(root).returns[0]
    (root / entry.file).unlink()

    with pytest.raises(CommandError, match="没有演示文件"):
        call_command("load_demo", root=root, stdout=io.StringIO())

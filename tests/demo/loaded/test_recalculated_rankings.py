"""Every demo ranking recalculated by a spreadsheet from its sealed figures and targets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rankings.models import RankingRun
from rankings.recalculation import recalculation_workbook, source_of
from tests.rankings.recalculating import compare, recalculate, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


def test_libreoffice_gives_every_number_of_every_demo_ranking(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    runs = {
        f"{run.cycle.plan.code}-{run.cycle.period}-{run.board}": run
        for run in RankingRun.objects.select_related("cycle__plan", "scheme")
    }

    books = recalculate({name: recalculation_workbook(run) for name, run in runs.items()}, tmp_path)

    compared = 0
    for name, run in runs.items():
        source = source_of(run)
        comparison = compare(books[name], source.document, source.inputs)
        entries = source.document["entries"]
        assert (name, comparison.different) == (name, [])
        assert comparison.compared == sum(10 + 11 * len(entry["lines"]) for entry in entries)
        assert {row["精确"] for row in rows_of(books[name], "演算")} == {"是"}
        compared += comparison.compared
    assert len(runs) == 14
    record_property("recalculated", f"{len(runs)} demo rankings, {compared} cells compared, 0 different")

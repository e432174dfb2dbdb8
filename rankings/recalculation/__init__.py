"""算法复核表: a ranking as a workbook whose cells are live formulas from figures and targets to ranks.

Anybody can recompute a ranking in Excel, WPS or LibreOffice without this system, and change a figure, a
weight or the cap to see what would follow. It is made from the run's sealed inputs alone; the published
numbers stand beside the formulas, with a column that says whether they agree.

    source = source_of(run)        # sealed inputs, published numbers, digests
    data = build_workbook(source)  # .xlsx
"""

from __future__ import annotations

from rankings.models import RankingRun
from rankings.recalculation.book import build_workbook
from rankings.recalculation.source import NotRecalculable, Source, source_of

__all__ = ["NotRecalculable", "Source", "build_workbook", "recalculation_workbook", "source_of"]


def recalculation_workbook(run: RankingRun) -> bytes:
    """The workbook of a run. Raises NotRecalculable for a board that was computed elsewhere."""
    return build_workbook(source_of(run))

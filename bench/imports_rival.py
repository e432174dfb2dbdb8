"""django-import-export as its documentation shows it: a ModelResource on the table of figures.

It reads the same workbook and stores the figures only: no revisions, no provenance, no checks, no audit. Its
settings are its defaults; what the documentation calls tuning (use_bulk, skip_diff) is left alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from import_export import resources
from import_export.fields import Field
from import_export.widgets import DecimalWidget, ForeignKeyWidget
from tablib import Dataset

from bench.imports_world import Return
from districts.models import Organisation
from indicators.models import Indicator
from returns.models import Figure, QuarterlyReturn

_ROWS_BEFORE_THE_HEADER = 3


class FigureResource(resources.ModelResource):
    """A row of the template's sheet as a figure of one return; the other fields are the model's own."""

    indicator = Field(
        column_name="指标编码",
        attribute="indicator",
        widget=ForeignKeyWidget(Indicator, field="code"),
    )
    organisation = Field(
        column_name="对象编码",
        attribute="organisation",
        widget=ForeignKeyWidget(Organisation, field="code"),
    )
    value = Field(column_name="本年累计完成", attribute="value", widget=DecimalWidget())

    class Meta:
        model = Figure
        import_id_fields = ("indicator", "organisation")

    def __init__(self, handed_in: Return) -> None:
        super().__init__()
        self._return = QuarterlyReturn.objects.create(cycle=handed_in.cycle, organisation=handed_in.reporter)

    def get_queryset(self) -> QuerySet[Figure]:
        """Only this return's figures are matched."""
        return Figure.objects.filter(quarterly_return=self._return)

    def init_instance(self, row: Any = None) -> Figure:
        """What the workbook does not say about a new figure."""
        return Figure(
            quarterly_return=self._return,
            cycle=self._return.cycle,
            reporter=self._return.organisation,
            state="submitted",
            submitted_revision=1,
        )

    def before_save_instance(self, instance: Figure, row: Any, **kwargs: Any) -> None:
        """The value is handed in as it is."""
        instance.submitted_value = instance.value


def run(workbook: Path, handed_in: Return) -> None:
    """Import the workbook. Raises RuntimeError when a row was not stored."""
    dataset = Dataset().load(workbook.read_bytes(), format="xlsx", skip_lines=_ROWS_BEFORE_THE_HEADER)
    for place in reversed(range(len(dataset))):  # the template's notes below the table
        if dataset[place][dataset.headers.index("指标编码")]:
            break
        del dataset[place]
    result = FigureResource(handed_in).import_data(dataset, dry_run=False)
    if result.has_errors() or result.has_validation_errors():
        raise RuntimeError(f"{result.row_errors()[:1]} {result.base_errors[:1]}")

"""Figures for the big screen's test: `python -m tests.browser.screening` after the sample.

吴兴区 and 南浔区 report two indicators of 八大新兴产业链 for 2023Q1, which no other browser test reads; nothing is
verified yet. Recomputing is left to the worker.
"""

from __future__ import annotations

from decimal import Decimal

import django


def main() -> None:
    """Hand the figures in. Safe to repeat: the same values change nothing."""
    from accounts.models import User
    from returns.models import Cycle
    from returns.services.figures import save_figures
    from returns.workbook.types import FigureRow

    cycle = Cycle.objects.get(plan__code="clusters-2023", year=2023, quarter=1)
    for code, values in {"wuxing": ("40", "400"), "nanxun": ("60", "450")}.items():
        user = User.objects.select_related("organisation").get(username=code)
        rows = [
            FigureRow(indicator=indicator, organisation=code, value=Decimal(value), raw=value)
            for indicator, value in zip(("inefficient-enterprises", "vacated-land"), values, strict=True)
        ]
        save_figures(
            actor=user, cycle=cycle, reporter=user.organisation, rows=rows, warnings={}, source="form"
        )


if __name__ == "__main__":
    django.setup()
    main()

"""What a reviewer does to a district's figures, for the browser tests: `python -m tests.browser.reviewing verify wuxing`.

Acts on 2025Q3 of the sowing plan by the services, then recomputes what is due, as the worker would.
"""

from __future__ import annotations

import sys

import django


def main(act: str, reporter: str) -> None:
    """Send back or verify all submitted figures of a reporter."""
    from accounts.models import User
    from rankings.services.requests import run_due_requests
    from returns.models import Figure
    from returns.services.review import Verification, send_back_figure, verify_figures

    figures = Figure.objects.filter(cycle__year=2025, cycle__quarter=3, reporter__code=reporter)
    figures = figures.filter(cycle__plan__code="sowing-2025").select_related("cycle__plan")
    jxj = User.objects.get(username="jxj")
    if act == "send_back":
        for figure in figures:
            send_back_figure(actor=jxj, figure=figure, reason="请核对名单")
    elif act == "verify":
        checks = [Verification(figure_id=figure.pk) for figure in figures]
        problems = verify_figures(actor=jxj, cycle=figures[0].cycle, verifications=checks)
        assert problems == [], problems
    run_due_requests()


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])

"""Addresses of what stands around a board: why, what-if, year, city, schemes, bonuses, jobs."""

from django.urls import path

from huzhou_targets.converters import register_period
from rankings import adjustment_views, analysis_views, job_views, scheme_views, year_views

register_period()

urlpatterns = [
    path(
        "boards/<slug:plan>/<period:period>/<slug:board>/what-if/",
        analysis_views.what_if_page,
        name="what_if",
    ),
    path(
        "boards/<slug:plan>/<period:period>/<slug:board>/<slug:organisation>/why/",
        analysis_views.why_page,
        name="why",
    ),
    path("schemes/", scheme_views.scheme_list, name="scheme_list"),
    path("schemes/<slug:code>/<int:version>/", scheme_views.scheme_page, name="scheme"),
    path("schemes/<slug:code>/<int:version>/new/", scheme_views.new_version, name="new_scheme_version"),
    path("schemes/<slug:code>/<int:version>/assign/", scheme_views.assign, name="assign_scheme"),
    path("years/<slug:plan>/<int:year>/<slug:board>/", year_views.year_page, name="year_result"),
    path("city/<slug:plan>/<period:period>/", year_views.rollup_page, name="rollup"),
    path(
        "cycles/<slug:plan>/<period:period>/adjustments/",
        adjustment_views.adjustment_list,
        name="adjustment_list",
    ),
    path("adjustments/<int:pk>/withdraw/", adjustment_views.withdraw, name="withdraw_adjustment"),
    path("jobs/", job_views.job_list, name="job_list"),
    path("jobs/ask/", job_views.ask, name="ask_rebuild"),
    path("jobs/<int:pk>/retry/", job_views.retry, name="retry_rebuild"),
]

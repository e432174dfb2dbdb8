"""Addresses of the pages that explain: why, what-if."""

from django.urls import path

from huzhou_targets.converters import register_period
from rankings import analysis_views, scheme_views

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
]

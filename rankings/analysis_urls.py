"""Addresses of the pages that explain: why, what-if."""

from django.urls import path

from huzhou_targets.converters import register_period
from rankings import analysis_views

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
]

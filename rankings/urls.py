"""Addresses of boards, of one organisation on a board, and of a cycle."""

from django.urls import include, path

from huzhou_targets.converters import register_period
from rankings import comparison_views, cycle_views, history_views, objection_views, recalculation_views, views

register_period()

urlpatterns = [
    path("", include("rankings.analysis_urls")),
    path("boards/", views.switch_board, name="switch_board"),
    path("boards/<slug:plan>/<period:period>/<slug:board>/", views.board_page, name="board"),
    path(
        "boards/<slug:plan>/<period:period>/<slug:board>/compare/",
        comparison_views.comparison_page,
        name="board_comparison",
    ),
    path(
        "boards/<slug:plan>/<period:period>/<slug:board>/recalculation.xlsx",
        recalculation_views.recalculation_file,
        name="board_recalculation",
    ),
    path(
        "boards/<slug:plan>/<period:period>/<slug:board>/<slug:organisation>/",
        views.entry_page,
        name="board_entry",
    ),
    path(
        "boards/<slug:plan>/<period:period>/<slug:board>/<slug:organisation>/objection/",
        objection_views.objection_form,
        name="objection_form",
    ),
    path("history/<slug:plan>/", history_views.history_page, name="board_history"),
    path("history/<slug:plan>/<int:pk>/", history_views.import_page, name="board_import"),
    path("history/<slug:plan>/<int:pk>/file/", history_views.import_file, name="board_import_file"),
    path("objections/", objection_views.objection_list, name="objection_list"),
    path("objections/<int:pk>/", objection_views.objection_page, name="objection"),
    path("cycles/<slug:plan>/<period:period>/", cycle_views.cycle_page, name="cycle"),
]

"""Addresses of the leadership page, its pictures and the big screen."""

from django.urls import path

from dashboards import picture_views, screen_views, views
from huzhou_targets.converters import register_period

register_period()

BOARD = "overview/<slug:plan>/<period:period>/<slug:board>/"

urlpatterns = [
    path("overview/", views.overview_start, name="overview_start"),
    path(BOARD, views.overview_page, name="overview"),
    path(f"{BOARD}lights/", picture_views.lights_page, name="picture_lights"),
    path(f"{BOARD}trend/", picture_views.trend_page, name="picture_trend"),
    path(f"{BOARD}ranks/", picture_views.ranks_page, name="picture_ranks"),
    path(f"{BOARD}projection/", picture_views.projection_page, name="picture_projection"),
    path("screen/", screen_views.screen_page, name="screen"),
    path("screen/state/", screen_views.screen_state, name="screen_state"),
]

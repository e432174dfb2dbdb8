"""Addresses of documents that go out."""

from django.urls import path, re_path

from bulletins import views
from huzhou_targets.converters import register_period

register_period()

urlpatterns = [
    path("bulletins/", views.bulletin_list, name="bulletin_list"),
    path("bulletins/<int:pk>/", views.bulletin_page, name="bulletin"),
    re_path(
        r"^bulletins/(?P<pk>\d+)/file\.(?P<shape>docx|pdf|xlsx)$", views.bulletin_file, name="bulletin_file"
    ),
    path("bulletins/draft/<slug:plan>/<period:period>/", views.start_notice, name="start_notice"),
    path("bulletins/brief/<slug:city>/", views.start_brief, name="start_brief"),
    path("bulletins/wording/<slug:plan>/", views.wording_page, name="wording"),
    path(
        "bulletins/sheets/<slug:plan>/<period:period>/<slug:board>.<slug:shape>",
        views.sheets_file,
        name="unit_sheets",
    ),
]

"""Addresses of the audit trail's pages."""

from django.urls import path, re_path

from accounts import trail_views

urlpatterns = [
    path("trail/", trail_views.trail_page, name="trail"),
    re_path(r"^trail/file\.(?P<shape>xlsx|csv)$", trail_views.trail_file, name="trail_file"),
]

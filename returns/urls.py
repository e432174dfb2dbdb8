"""Addresses of returns, uploads, figures and their review."""

from django.urls import path

from huzhou_targets.converters import register_period
from returns import review_views, views

register_period()

urlpatterns = [
    path("returns/", views.return_list, name="return_list"),
    path("returns/<slug:plan>/<period:period>/form/", views.return_form, name="return_form"),
    path("returns/<slug:plan>/<period:period>/upload/", views.upload_return, name="upload_return"),
    path("returns/<slug:plan>/<period:period>/template/", views.return_template, name="return_template"),
    path("uploads/<int:pk>/receipt/", views.upload_receipt, name="upload_receipt"),
    path("uploads/", views.upload_list, name="upload_list"),
    path("uploads/<int:pk>/", views.upload_page, name="upload"),
    path("uploads/<int:pk>/file/", views.upload_file, name="upload_file"),
    path("figures/<int:pk>/", views.figure_page, name="figure"),
    path("review/", review_views.review_list, name="review_list"),
    path("review/<slug:plan>/<period:period>/", review_views.review_cycle, name="review_cycle"),
]

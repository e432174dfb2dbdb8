"""Addresses of reminders."""

from django.urls import path

from huzhou_targets.converters import register_period
from reminders import views

register_period()

urlpatterns = [
    path("late/<slug:plan>/<period:period>/", views.late_list, name="late_list"),
    path("notices/", views.notice_list, name="notice_list"),
]

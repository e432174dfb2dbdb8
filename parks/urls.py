"""Addresses of the park register."""

from django.urls import path

from parks import views

urlpatterns = [
    path("parks/", views.park_list, name="park_list"),
    path("parks/comparison/", views.comparison_page, name="park_comparison"),
    path("parks/<slug:plan>/<int:number>/", views.park_page, name="park"),
]

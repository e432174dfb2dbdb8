"""Addresses of the API and of its own description (OpenAPI)."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from indicators.api import PlanListView, TargetListView
from rankings.api import ExplanationView, RankingView
from returns.api import FigureListView, UploadListView
from returns.papers_api import CommentListView, EvidenceFileView, EvidenceListView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("plans/", PlanListView.as_view(), name="api-plans"),
    path("plans/<slug:plan>/targets/", TargetListView.as_view(), name="api-targets"),
    path("plans/<slug:plan>/<str:period>/figures/", FigureListView.as_view(), name="api-figures"),
    path("plans/<slug:plan>/<str:period>/uploads/", UploadListView.as_view(), name="api-uploads"),
    path("figures/<int:pk>/comments/", CommentListView.as_view(), name="api-figure-comments"),
    path("figures/<int:pk>/evidence/", EvidenceListView.as_view(), name="api-figure-evidence"),
    path("evidence/<int:pk>/file/", EvidenceFileView.as_view(), name="api-evidence-file"),
    path("plans/<slug:plan>/<str:period>/rankings/<str:board>/", RankingView.as_view(), name="api-ranking"),
    path(
        "plans/<slug:plan>/<str:period>/explanations/<str:unit>/",
        ExplanationView.as_view(),
        name="api-explanation",
    ),
]

"""Every address of the site. Each app keeps its own; what belongs to none stands here."""

from django.urls import include, path
from health_check.views import HealthCheckView

from accounts.admin import site as administration
from huzhou_targets import display, grant_views, views

CHECKS = ("health_check.checks.Database", "health_check.checks.Storage")
"""What must work for the site to serve: asked by the service manager, answered without signing in."""

urlpatterns = [
    path("healthz/", HealthCheckView.as_view(checks=CHECKS), name="health"),
    path("", include("worklist.urls")),
    path("boards/all/", views.all_boards, name="all_boards"),
    path("help/", views.help_page, name="help"),
    path("help/manual/", views.manual_page, name="manual"),
    path("api/", include("huzhou_targets.api_urls")),
    path("display/", display.switch_display, name="display"),
    path("accounts/", include("accounts.urls")),
    path("", include("accounts.trail_urls")),
    path("grants/", grant_views.grant_list, name="grant_list"),
    path("grants/<int:pk>/", grant_views.grant_act, name="grant_act"),
    path("admin/", administration.urls),
    path("", include("indicators.urls")),
    path("", include("parks.urls")),
    path("", include("returns.urls")),
    path("", include("reminders.urls")),
    path("", include("rankings.urls")),
    path("", include("dashboards.urls")),
    path("", include("bulletins.urls")),
]

"""Every address of the site. Each app keeps its own; what belongs to none stands here."""

from django.urls import include, path

from huzhou_targets import display, views

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("api/", include("huzhou_targets.api_urls")),
    path("display/", display.switch_display, name="display"),
    path("accounts/", include("accounts.urls")),
    path("", include("indicators.urls")),
    path("", include("parks.urls")),
    path("", include("returns.urls")),
    path("", include("rankings.urls")),
]

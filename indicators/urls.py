"""Addresses of plans, their targets, tasks and indicators."""

from django.urls import path

from indicators import leader_views, views

urlpatterns = [
    path("plans/", views.plan_list, name="plan_list"),
    path("plans/<slug:plan>/", views.plan_page, name="plan"),
    path("plans/<slug:plan>/tables/<slug:table>/", views.table_page, name="target_table"),
    path("plans/<slug:plan>/tasks/", views.task_list, name="task_list"),
    path("plans/<slug:plan>/indicators/", views.indicator_list, name="indicator_list"),
    path("plans/<slug:plan>/leaders/", leader_views.leaders_page, name="leaders"),
    path("plans/<slug:plan>/checks/", views.check_page, name="target_checks"),
    path("plans/<slug:plan>/checks/recheck/", views.recheck_targets, name="recheck_targets"),
    path("plans/<slug:plan>/checks/<int:finding>/explain/", views.explain_check, name="explain_check"),
]

"""Addresses of returns, uploads, figures and their review."""

from django.urls import path

from huzhou_targets.converters import register_period
from returns import (
    calendar_views,
    check_views,
    entry_views,
    figure_views,
    review_views,
    submission_views,
    submit_views,
    unit_review_views,
    upload_views,
    views,
)

register_period()

urlpatterns = [
    path("returns/", views.return_list, name="return_list"),
    path("returns/<slug:plan>/<period:period>/form/", entry_views.return_form, name="return_form"),
    path("returns/<slug:plan>/<period:period>/submit/", submit_views.return_submit, name="return_submit"),
    path("returns/<slug:plan>/<period:period>/upload/", upload_views.upload_return, name="upload_return"),
    path("returns/<slug:plan>/<period:period>/template/", views.return_template, name="return_template"),
    path(
        "returns/<slug:plan>/<period:period>/templates/", check_views.cycle_templates, name="cycle_templates"
    ),
    path("returns/<slug:plan>/checks/", check_views.check_list, name="check_list"),
    path("calendar/<slug:plan>/", calendar_views.calendar_page, name="calendar"),
    path("calendar/<slug:plan>/<period:period>/", calendar_views.cycle_dates, name="cycle_dates"),
    path("returns/<slug:plan>/signed-sheets/", submission_views.signed_sheet_setting, name="signed_sheets"),
    path(
        "returns/<slug:plan>/<period:period>/sheet/",
        submission_views.submission_issue,
        name="issue_submission",
    ),
    path("submissions/", submission_views.submission_list, name="submission_list"),
    path("submissions/<int:pk>/", submission_views.submission_page, name="submission"),
    path("submissions/<int:pk>/sheet.<str:shape>", submission_views.submission_file, name="submission_file"),
    path("submissions/<int:pk>/scan/", submission_views.submission_scan, name="submission_scan"),
    path("signed-scans/<int:pk>/file/", submission_views.scan_file, name="signed_scan_file"),
    path("uploads/<int:pk>/receipt/", upload_views.upload_receipt, name="upload_receipt"),
    path("uploads/", upload_views.upload_list, name="upload_list"),
    path("uploads/<int:pk>/", upload_views.upload_page, name="upload"),
    path("uploads/<int:pk>/file/", upload_views.upload_file, name="upload_file"),
    path("uploads/<int:pk>/cell/", upload_views.upload_cell, name="upload_cell"),
    path("uploads/<int:pk>/read/", upload_views.upload_read, name="upload_read"),
    path("uploads/<int:pk>/confirm/", upload_views.upload_confirm, name="upload_confirm"),
    path("uploads/<int:pk>/discard/", upload_views.upload_discard, name="upload_discard"),
    path("uploads/batches/<uuid:batch>/", upload_views.batch_page, name="upload_batch"),
    path("uploads/batches/<uuid:batch>/read/", upload_views.batch_read, name="batch_read"),
    path("uploads/batches/<uuid:batch>/confirm/", upload_views.batch_confirm, name="batch_confirm"),
    path("figures/<int:pk>/", figure_views.figure_page, name="figure"),
    path("figures/<int:pk>/withdraw/", figure_views.figure_withdraw, name="figure_withdraw"),
    path("figures/<int:pk>/comments/", figure_views.figure_comment, name="figure_comment"),
    path("figures/<int:pk>/evidence/", figure_views.figure_evidence, name="figure_evidence"),
    path("evidence/<int:pk>/file/", figure_views.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/withdraw/", figure_views.evidence_withdraw, name="evidence_withdraw"),
    path(
        "returns/<slug:plan>/unit-review/", unit_review_views.unit_review_setting, name="unit_review_setting"
    ),
    path("unit-review/", unit_review_views.unit_review_list, name="unit_review_list"),
    path("unit-review/<slug:plan>/<period:period>/", unit_review_views.unit_review, name="unit_review"),
    path("review/", review_views.review_list, name="review_list"),
    path("review/<slug:plan>/<period:period>/", review_views.review_cycle, name="review_cycle"),
]

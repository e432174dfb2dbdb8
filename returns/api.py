"""Figures and uploads for programs and for the pages' own scripts: the same services and rights."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from districts.models import Organisation
from huzhou_targets.api_errors import ErrorSerializer, ProblemSerializer, error_response
from indicators.api import DATA_PERMISSIONS
from returns.cell_answers import CellSerializer, describe_cells
from returns.models import Cycle, Figure, FigureRevision, Upload
from returns.overviews import find_visible_cycle, reporters_of
from returns.rules import readable_until
from returns.selectors import NoSuchThing
from returns.services.cells import Outcome, save_cells
from returns.services.entry import Entry, enter_figures
from returns.services.uploads import take_in_return
from returns.states import FigureState


class FigureSerializer(serializers.ModelSerializer[Figure]):
    """A figure that this account may see; amounts are exact decimal strings in the indicator's unit.

    `value` and `revision_number` are the newest; `submitted_value` is what was handed in and counts until
    `value` is handed in too, null where nothing is. Accounts that are not involved in the figure are given
    none newer than what is handed in or, in a sealed quarter, verified.
    """

    indicator = serializers.CharField(source="indicator.code")
    indicator_name = serializers.CharField(source="indicator.name")
    organisation = serializers.CharField(source="organisation.code")
    organisation_name = serializers.CharField(source="organisation.name")
    reporter = serializers.CharField(source="reporter.name")

    class Meta:
        model = Figure
        fields = [
            "id",
            "indicator",
            "indicator_name",
            "organisation",
            "organisation_name",
            "reporter",
            "state",
            "value",
            "submitted_value",
            "verified_value",
            "revision_number",
            "submitted_revision",
            "submitted_at",
            "verified_at",
            "review_reason",
        ]

    def to_representation(self, instance: Figure) -> dict[str, Any]:
        """The figure as far as the account of the request reads it."""
        said: dict[str, Any] = super().to_representation(instance)
        until = readable_until(self.context["request"].user, instance)
        if until is None or until == instance.revision_number:
            return said
        is_verified = until == instance.verified_revision
        return said | {
            "state": FigureState.VERIFIED if is_verified else FigureState.SUBMITTED,
            "value": said["submitted_value"] if until == instance.submitted_revision else None,
            "revision_number": until,
            "review_reason": "",
        }


class EntrySerializer(serializers.Serializer[Any]):
    """One figure to save: `text` as a person would type it into a cell.

    `base` is the revision that the writer saw (0: none), so that nothing is overwritten unseen; with
    `complete` a blank date, status or narrative is meant as blank, else it leaves what is stored.
    """

    indicator = serializers.CharField(max_length=64)
    organisation = serializers.CharField(max_length=48)
    text = serializers.CharField(max_length=100, allow_blank=True)
    data_as_of = serializers.DateField(required=False, allow_null=True)
    progress = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    problems = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    measures = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    data_status = serializers.ChoiceField(
        required=False, allow_blank=True, choices=FigureRevision.DataStatus.choices
    )
    base = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    complete = serializers.BooleanField(default=False)


class SaveSerializer(serializers.Serializer[Any]):
    """Figures to save, all or none; with `submit` they are handed in, with `dry_run` only checked.

    With `separately` each is saved as a draft by itself and answered by itself (`cells`), as the web form does
    while somebody types. `reporter` is the organisation's code; left out, it is the account's own.
    """

    figures = EntrySerializer(many=True)
    separately = serializers.BooleanField(default=False)
    reporter = serializers.CharField(required=False, allow_blank=True, default="", max_length=48)
    submit = serializers.BooleanField(default=False)
    dry_run = serializers.BooleanField(default=False)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Separate cells are drafts; a blank text is for them only, where it empties a draft."""
        if attrs["separately"] and (attrs["submit"] or attrs["dry_run"]):
            raise serializers.ValidationError("separately 只存草稿，不能与 submit、dry_run 同用")
        if not attrs["separately"] and any(not item["text"].strip() for item in attrs["figures"]):
            raise serializers.ValidationError("figures 里有 text 为空的项，请填数或删去这一项")
        return attrs


class SavedSerializer(serializers.Serializer[Any]):
    """What a save came to; `cells` is there for figures saved separately."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    problems = ProblemSerializer(many=True)
    cells = CellSerializer(many=True, required=False)


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """A file that was handed in, with everything that was found in it."""

    organisation = serializers.CharField(source="organisation.name")
    uploaded_by = serializers.CharField(source="uploaded_by.username")

    class Meta:
        model = Upload
        fields = [
            "id",
            "organisation",
            "uploaded_by",
            "uploaded_at",
            "filename",
            "size",
            "sha256",
            "state",
            "layouts",
            "figure_count",
            "problems",
        ]


class FileSerializer(serializers.Serializer[Any]):
    """A return as a file."""

    file = serializers.FileField()
    dry_run = serializers.BooleanField(default=False)

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        """Refuse a file above the limit before it is read."""
        limit = settings.UPLOAD_MAX_BYTES
        if (file.size or 0) > limit:
            raise serializers.ValidationError(
                f"文件超过 {limit // (1024 * 1024)} MB，请删去图片和无关工作表后再上传"
            )
        return file


class TakenInSerializer(serializers.Serializer[Any]):
    """What came of a file, in the shape of `import_return --json`."""

    stored = serializers.BooleanField()
    figures = serializers.IntegerField()
    upload = serializers.IntegerField(allow_null=True)
    errors = ProblemSerializer(many=True)  # type: ignore[assignment]
    warnings = ProblemSerializer(many=True)


def _cycle_and_reporter(
    request: Request, plan: str, period: str, *, reporter: str = ""
) -> tuple[User, Cycle, Organisation]:
    user = cast("User", request.user)
    cycle = find_visible_cycle(request.user, plan_code=plan, period=period)
    if reporter:
        offices = {item.code: item for item in reporters_of(user, plan_code=plan)}
        if reporter not in offices:
            raise NoSuchThing(f"没有单位“{reporter}”，或者您没有以其名义填报的权限")
        return user, cycle, offices[reporter]
    if user.organisation is None:
        raise NoSuchThing("本账号不属于任何单位，不能填报")
    return user, cycle, user.organisation


def _save_separately(user: User, cycle: Cycle, reporter: Organisation, asked: dict[str, Any]) -> Response:
    """Save cells as the web form does, and say of each what became of it."""
    answers = save_cells(
        actor=user,
        cycle=cycle,
        reporter=reporter,
        entries=[Entry(**item) for item in asked["figures"]],
        source=FigureRevision.Source.FORM,
        reason=asked["reason"],
    )
    saved = [item for item in answers if item.outcome == Outcome.SAVED]
    new = sum(item.revision is not None and item.revision.number == 1 for item in saved)
    told = {
        "new": new,
        "changed": len(saved) - new,
        "unchanged": sum(item.outcome == Outcome.UNCHANGED for item in answers),
        "problems": [],
        "cells": describe_cells(cycle, reporter=reporter, answers=answers),
    }
    return Response(SavedSerializer(told).data)


class FigureListView(APIView):
    """The figures of a period that this account may see; saving some of its own."""

    permission_classes = DATA_PERMISSIONS

    @extend_schema(responses=FigureSerializer(many=True))
    def get(self, request: Request, plan: str, period: str) -> Response:
        cycle = find_visible_cycle(request.user, plan_code=plan, period=period)
        figures = (
            Figure.objects.visible_to(request.user)
            .filter(cycle=cycle)
            .select_related("indicator", "organisation", "reporter", "cycle__plan")
            .order_by("indicator__order", "organisation__order", "id")
        )
        return Response(FigureSerializer(figures, many=True, context={"request": request}).data)

    @extend_schema(
        request=SaveSerializer, responses={200: SavedSerializer, 400: ErrorSerializer, 409: ErrorSerializer}
    )
    def post(self, request: Request, plan: str, period: str) -> Response:
        body = SaveSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        user, cycle, reporter = _cycle_and_reporter(request, plan, period, reporter=asked["reporter"])
        if asked["separately"]:
            return _save_separately(user, cycle, reporter, asked)
        entered = enter_figures(
            actor=user,
            cycle=cycle,
            reporter=reporter,
            entries=[Entry(**item) for item in asked["figures"]],
            source=FigureRevision.Source.API,
            reason=asked["reason"],
            submit=asked["submit"],
            dry_run=asked["dry_run"],
        )
        if asked["dry_run"]:
            checked = {"new": 0, "changed": 0, "unchanged": 0, "problems": entered.problems}
            return Response(SavedSerializer(checked).data)
        if entered.saved is None:
            return error_response(
                code="figures_refused",
                message=f"没有保存：有 {len(entered.errors)} 处须改正",
                http_status=status.HTTP_400_BAD_REQUEST,
                problems=entered.problems,
            )
        saved = entered.saved
        return Response(
            SavedSerializer(
                {
                    "new": saved.new,
                    "changed": saved.changed,
                    "unchanged": saved.unchanged,
                    "problems": entered.problems,
                }
            ).data
        )


class UploadListView(APIView):
    """The files of a period that this account may see; handing in another."""

    permission_classes = DATA_PERMISSIONS
    parser_classes = [MultiPartParser]

    @extend_schema(responses=UploadSerializer(many=True))
    def get(self, request: Request, plan: str, period: str) -> Response:
        cycle = find_visible_cycle(request.user, plan_code=plan, period=period)
        uploads = Upload.objects.visible_to(request.user).filter(cycle=cycle)
        return Response(
            UploadSerializer(uploads.select_related("organisation", "uploaded_by"), many=True).data
        )

    @extend_schema(
        request=FileSerializer,
        responses={201: TakenInSerializer, 200: TakenInSerializer, 422: TakenInSerializer},
    )
    def post(self, request: Request, plan: str, period: str) -> Response:
        body = FileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user, cycle, reporter = _cycle_and_reporter(request, plan, period)
        file = body.validated_data["file"]
        intake = take_in_return(
            actor=user,
            cycle=cycle,
            reporter=reporter,
            filename=file.name,
            data=file.read(),
            dry_run=body.validated_data["dry_run"],
        )
        answer = TakenInSerializer(
            {
                "stored": intake.stored,
                "figures": intake.figures,
                "upload": intake.upload.pk if intake.upload else None,
                "errors": intake.errors,
                "warnings": intake.warnings,
            }
        )
        if intake.errors:
            return Response(answer.data, status=status.HTTP_422_UNPROCESSABLE_ENTITY)
        return Response(answer.data, status=status.HTTP_201_CREATED if intake.stored else status.HTTP_200_OK)

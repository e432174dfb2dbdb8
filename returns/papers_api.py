"""Comments and evidence of a figure for programs: the same services and rights as the figure's page."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from huzhou_targets.api_errors import ErrorSerializer, error_response
from huzhou_targets.http import kept_file_response
from indicators.api import DATA_PERMISSIONS
from returns.models import Figure
from returns.papers import Comment, Evidence
from returns.services.comments import UnfitComment, write_comment
from returns.services.evidence import attach_evidence, hand_out_evidence


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """What somebody involved said of a figure, with the value that it had then."""

    author = serializers.CharField(source="author.label", read_only=True)

    class Meta:
        model = Comment
        fields = ["id", "revision_number", "value", "text", "author", "created_at"]


class NewCommentSerializer(serializers.Serializer[Any]):
    """A comment to write; which text is fit says `write_comment`."""

    text = serializers.CharField(allow_blank=True)


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A file beside a figure. One that was taken back stays in the list, with the reason; `file` is its address."""

    author = serializers.CharField(source="author.label", read_only=True)
    file = serializers.HyperlinkedIdentityField(view_name="api-evidence-file")
    withdrawn_at = serializers.SerializerMethodField()
    withdrawal_reason = serializers.SerializerMethodField()

    class Meta:
        model = Evidence
        fields = [
            "id",
            "revision_number",
            "filename",
            "kind",
            "size",
            "sha256",
            "author",
            "created_at",
            "file",
            "withdrawn_at",
            "withdrawal_reason",
        ]

    @extend_schema_field(OpenApiTypes.DATETIME)
    def get_withdrawn_at(self, evidence: Evidence) -> str | None:
        """When it was taken back; null while it counts."""
        if not evidence.is_withdrawn:
            return None
        return serializers.DateTimeField().to_representation(evidence.withdrawal.created_at)

    def get_withdrawal_reason(self, evidence: Evidence) -> str:
        """Why it was taken back; blank while it counts."""
        return evidence.withdrawal.reason if evidence.is_withdrawn else ""


class NewEvidenceSerializer(serializers.Serializer[Any]):
    """Files to attach, as one or several parts of this name. What a file may be says `attach_evidence`."""

    evidence = serializers.ListField(child=serializers.FileField())


class AnyFormat(DefaultContentNegotiation):
    """A file comes as it is, whatever the client says it accepts."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def _involved_figure(request: Request, pk: int) -> Figure:
    """A figure whose papers the account reads, as on its page; else 404."""
    rows = Figure.objects.visible_to(request.user).involving(request.user)
    return get_object_or_404(
        rows.select_related("indicator", "organisation", "reporter", "cycle__plan"), pk=pk
    )


class CommentListView(generics.ListAPIView[Comment]):
    """A figure's comments, oldest first; writing another. A program's reading leaves the bell ringing."""

    permission_classes = DATA_PERMISSIONS
    serializer_class = CommentSerializer
    queryset = Comment.objects.none()

    def get_queryset(self) -> QuerySet[Comment]:
        figure = _involved_figure(self.request, self.kwargs["pk"])
        return figure.comments.select_related("author__organisation").order_by("id")

    @extend_schema(
        request=NewCommentSerializer,
        responses={
            201: CommentSerializer,
            **dict.fromkeys((400, 403, 404, 409), ErrorSerializer),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        figure = _involved_figure(request, pk)
        body = NewCommentSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            comment = write_comment(
                actor=cast("User", request.user), figure=figure, text=body.validated_data["text"]
            )
        except UnfitComment as error:
            return error_response(
                code="comment_refused", message=str(error), http_status=status.HTTP_400_BAD_REQUEST
            )
        return Response(CommentSerializer(comment).data, status=status.HTTP_201_CREATED)


class EvidenceListView(generics.ListAPIView[Evidence]):
    """A figure's evidence files, oldest first; attaching more, all or none."""

    permission_classes = DATA_PERMISSIONS
    parser_classes = [MultiPartParser]
    serializer_class = EvidenceSerializer
    queryset = Evidence.objects.none()

    def get_queryset(self) -> QuerySet[Evidence]:
        figure = _involved_figure(self.request, self.kwargs["pk"])
        return figure.evidence.select_related("author__organisation", "withdrawal").order_by("id")

    @extend_schema(
        request={"multipart/form-data": NewEvidenceSerializer},
        responses={
            201: EvidenceSerializer(many=True),
            **dict.fromkeys((400, 403, 404, 409), ErrorSerializer),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        figure = _involved_figure(request, pk)
        files = request.FILES.getlist("evidence")
        attached = attach_evidence(actor=cast("User", request.user), figure=figure, files=files)
        if attached.problems:
            return error_response(
                code="evidence_refused",
                message=f"没有保存：有 {len(attached.problems)} 处须改正，本次的文件都没有保存",
                http_status=status.HTTP_400_BAD_REQUEST,
                problems=attached.problems,
            )
        rows = self.get_queryset().filter(pk__in=[row.pk for row in attached.evidence])
        return Response(self.get_serializer(rows, many=True).data, status=status.HTTP_201_CREATED)


class EvidenceFileView(APIView):
    """An evidence file as it came, always as a download and in the trail."""

    permission_classes = DATA_PERMISSIONS
    content_negotiation_class = AnyFormat

    @extend_schema(
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **dict.fromkeys((403, 404), ErrorSerializer),
        }
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        rows = Evidence.objects.visible_to(request.user).select_related(
            "figure__indicator", "figure__organisation", "figure__cycle__plan"
        )
        evidence = get_object_or_404(rows, pk=pk)
        data = hand_out_evidence(actor=cast("User", request.user), evidence=evidence)
        return kept_file_response(data, filename=evidence.filename)

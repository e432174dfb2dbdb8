"""Plans and targets for programs: the same reads as the pages."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.rules import sees_any_data
from indicators.models import Plan
from indicators.overviews import plans_visible_to
from indicators.selectors import tabled_targets


class SeesData(BasePermission):
    """The three administrators (三员) see no data."""

    message = "本账号为管理账号，不能查看业务数据"

    def has_permission(self, request: Request, view: Any) -> bool:
        return sees_any_data(request.user)


DATA_PERMISSIONS = [IsAuthenticated, SeesData]


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """A plan with its document."""

    city = serializers.CharField(source="city.name")
    document_number = serializers.CharField(source="document.number")
    document_status = serializers.CharField(source="document.status")
    owner = serializers.CharField(source="owner.name")

    class Meta:
        model = Plan
        fields = [
            "code",
            "name",
            "short_name",
            "city",
            "document_number",
            "document_status",
            "owner",
            "first_year",
            "last_year",
        ]


class TargetSerializer(serializers.Serializer[Any]):
    """A target that stands in a table; value is an exact decimal string or null."""

    indicator = serializers.CharField()
    unit = serializers.CharField()
    organisation = serializers.CharField()
    year = serializers.IntegerField()
    text = serializers.CharField()
    kind = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    annex = serializers.CharField()
    row = serializers.CharField()
    column = serializers.CharField()


class YearSerializer(serializers.Serializer[Any]):
    """The query of the target list."""

    year = serializers.IntegerField(required=False, min_value=2000, max_value=2100)


class PlanListView(APIView):
    """The plans that the account may see."""

    permission_classes = DATA_PERMISSIONS

    @extend_schema(responses=PlanSerializer(many=True))
    def get(self, request: Request) -> Response:
        plans = plans_visible_to(request.user)
        return Response(PlanSerializer(plans, many=True).data)


class TargetListView(APIView):
    """Every target that stands in a table of the plan's documents."""

    permission_classes = DATA_PERMISSIONS

    @extend_schema(
        parameters=[OpenApiParameter("year", int, required=False)], responses=TargetSerializer(many=True)
    )
    def get(self, request: Request, plan: str) -> Response:
        query = YearSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = get_object_or_404(plans_visible_to(request.user), code=plan)
        targets = tabled_targets(found, year=query.validated_data.get("year"))
        return Response(TargetSerializer(targets, many=True).data)

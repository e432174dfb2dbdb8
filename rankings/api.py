"""Rankings and explanations for programs: stored runs, as far as the account may see them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from indicators.api import DATA_PERMISSIONS
from rankings.models import Board
from rankings.rules import may_see_board, own_organisations
from rankings.selectors import current_run, document_for, empty_document, explanation_document, find_entry
from returns.overviews import find_visible_cycle
from returns.selectors import NoSuchThing, find_organisation


class SourceSerializer(serializers.Serializer[Any]):
    """Where a value stands."""

    file = serializers.CharField(allow_null=True)
    sheet = serializers.CharField(allow_null=True)
    cell = serializers.CharField(allow_null=True)


class LineSerializer(serializers.Serializer[Any]):
    """One indicator's line: percentages and scores with two decimals, amounts exact, all as strings."""

    indicator = serializers.CharField()
    target_text = serializers.CharField(allow_blank=True)
    target = serializers.CharField(allow_null=True)
    expected = serializers.CharField(allow_null=True)
    value = serializers.CharField(allow_null=True)
    baseline = serializers.CharField(allow_null=True)
    attainment = serializers.CharField(allow_null=True)
    completion = serializers.CharField(allow_null=True)
    score = serializers.CharField(allow_null=True)
    weight = serializers.CharField(allow_null=True)
    light = serializers.ChoiceField(choices=["green", "yellow", "red", "blue", "grey"])
    reason = serializers.CharField(allow_null=True)
    source = SourceSerializer()  # type: ignore[assignment]


class RankedEntrySerializer(serializers.Serializer[Any]):
    """One organisation of a ranking."""

    unit = serializers.CharField()
    group = serializers.CharField(allow_null=True)
    base = serializers.CharField(allow_null=True)
    bonus = serializers.CharField()
    deduction = serializers.CharField()
    total = serializers.CharField(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    group_rank = serializers.IntegerField(allow_null=True)
    excluded = serializers.CharField(allow_null=True)
    lines = LineSerializer(many=True)


class RankingSerializer(serializers.Serializer[Any]):
    """A ranking, as `show_ranking --format json` prints it."""

    plan = serializers.CharField()
    period = serializers.CharField()
    board = serializers.ChoiceField(choices=Board.values)
    status = serializers.ChoiceField(choices=["preliminary", "frozen", "published"])
    scheme = serializers.CharField(allow_null=True)
    digest = serializers.CharField(allow_null=True)
    entries = RankedEntrySerializer(many=True)


class ExplainedLineSerializer(LineSerializer):
    """A line with the account that confirmed its figure."""

    reviewer = serializers.CharField(allow_null=True)


class ExplanationSerializer(RankedEntrySerializer):
    """How an organisation's score came to be."""

    plan = serializers.CharField()
    period = serializers.CharField()
    board = serializers.CharField()
    status = serializers.CharField()
    lines = ExplainedLineSerializer(many=True)


class RankingView(APIView):
    """The board that counts now; before the freeze an organisation sees its own lines only."""

    permission_classes = DATA_PERMISSIONS

    @extend_schema(responses=RankingSerializer)
    def get(self, request: Request, plan: str, period: str, board: str) -> Response:
        cycle = find_visible_cycle(request.user, plan_code=plan, period=period)
        if board not in Board.values:
            raise NoSuchThing(f"没有“{board}”这个榜，可用的有：{'、'.join(Board.values)}")
        run = current_run(cycle, board)
        document = document_for(request.user, run) if run else empty_document(cycle, board)
        return Response(RankingSerializer(document).data)


class ExplanationView(APIView):
    """Line by line why an organisation has its score."""

    permission_classes = DATA_PERMISSIONS

    @extend_schema(responses=ExplanationSerializer)
    def get(self, request: Request, plan: str, period: str, unit: str) -> Response:
        cycle = find_visible_cycle(request.user, plan_code=plan, period=period)
        organisation = find_organisation(city_id=cycle.plan.city_id, name=unit)
        sees_board = may_see_board(request.user, cycle=cycle)
        if not sees_board and organisation.pk not in own_organisations(request.user, plan_code=plan):
            raise NoSuchThing(f"没有可供您查看的{organisation}得分说明")
        entry = find_entry(cycle, organisation)
        if entry is None:
            raise NoSuchThing(f"{cycle} 的排名中没有{organisation}")
        document = explanation_document(entry)
        if not sees_board:
            document |= {"rank": None, "group_rank": None}
        return Response(ExplanationSerializer(document).data)

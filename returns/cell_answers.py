"""The answer to an autosave: what became of each cell, the stored figure, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from audit.canonical import plain_decimal
from districts.models import Organisation
from huzhou_targets.api_errors import ProblemSerializer
from huzhou_targets.templatetags.huzhou import LIGHTS
from returns.models import Cycle, Figure, FigureRevision
from returns.services.cells import CellAnswer, Outcome
from returns.standing import Standing, standings_of
from returns.unreported import targets_to_report


class StandingSerializer(serializers.Serializer[Any]):
    """What is due and how far the stored value is, as the ranking would say; decimals as strings or null."""

    due = serializers.CharField(allow_null=True)
    attainment = serializers.CharField(allow_null=True)
    light = serializers.CharField()
    shape = serializers.CharField()
    word = serializers.CharField()


class StoredSerializer(serializers.Serializer[Any]):
    """A figure as it is stored now, with who wrote it and when; in_force says which earlier value counts."""

    figure = serializers.IntegerField()
    revision = serializers.IntegerField()
    value = serializers.CharField(allow_null=True)
    data_as_of = serializers.DateField(allow_null=True)
    data_status = serializers.CharField()
    progress = serializers.CharField()
    problems = serializers.CharField()
    measures = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    in_force = serializers.CharField(allow_blank=True)
    author = serializers.CharField()
    at = serializers.CharField()


class CellSerializer(serializers.Serializer[Any]):
    """One cell of an autosave: saved, unchanged, refused, conflict (somebody wrote meanwhile) or blank."""

    indicator = serializers.CharField()
    organisation = serializers.CharField()
    outcome = serializers.ChoiceField(choices=[item.value for item in Outcome])
    problems = ProblemSerializer(many=True)
    stored = StoredSerializer(allow_null=True)
    standing = StandingSerializer(allow_null=True)


def describe_cells(
    cycle: Cycle, *, reporter: Organisation, answers: Sequence[CellAnswer]
) -> list[dict[str, Any]]:
    """The answers in the shape of CellSerializer, in their order."""
    places = {answer.entry.place for answer in answers}
    targets = {
        (item.indicator.code, item.organisation.code): item
        for item in targets_to_report(cycle, reporter=reporter)
        if (item.indicator.code, item.organisation.code) in places
    }
    values = {
        (answer.figure.indicator_id, answer.figure.organisation_id): answer.figure.value
        for answer in answers
        if answer.figure is not None and answer.figure.value is not None
    }
    standings = standings_of(cycle, targets=list(targets.values()), values=values)
    described = []
    for answer in answers:
        target = targets.get(answer.entry.place)
        standing = standings.get((target.indicator_id, target.organisation_id)) if target else None
        described.append(
            {
                "indicator": answer.entry.indicator,
                "organisation": answer.entry.organisation,
                "outcome": answer.outcome.value,
                "problems": answer.problems,
                "stored": _stored(answer.figure, answer.revision),
                "standing": _standing(standing) if standing else None,
            }
        )
    return described


def _stored(figure: Figure | None, revision: FigureRevision | None) -> dict[str, Any] | None:
    if figure is None or revision is None:
        return None
    return {
        "figure": figure.pk,
        "revision": figure.revision_number,
        "value": None if figure.value is None else plain_decimal(figure.value),
        "data_as_of": revision.data_as_of,
        "data_status": revision.data_status,
        "progress": revision.progress,
        "problems": revision.problems,
        "measures": revision.measures,
        "state": figure.state,
        "state_label": figure.get_state_display(),
        "in_force": figure.in_force_note,
        "author": revision.author.label,
        "at": timezone.localtime(revision.created_at).strftime("%m-%d %H:%M"),
    }


def _standing(standing: Standing) -> dict[str, Any]:
    face = LIGHTS[standing.light]
    return {
        "due": None if standing.due is None else plain_decimal(standing.due),
        "attainment": None if standing.attainment is None else f"{standing.attainment:.2f}",
        "light": standing.light,
        "shape": face.shape,
        "word": standing.reason or face.word,
    }

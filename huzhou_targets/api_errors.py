"""One shape for every refusal of the API: `{"error": {"code", "message", "problems"}}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from returns.selectors import NoSuchThing
from returns.states import WrongState
from returns.workbook.types import Problem


class ProblemSerializer(serializers.Serializer[Any]):
    """Something wrong or doubtful, at a cell where there is one."""

    level = serializers.ChoiceField(choices=["error", "warning", "info"])
    code = serializers.CharField()
    message = serializers.CharField()
    sheet = serializers.CharField(allow_null=True)
    cell = serializers.CharField(allow_null=True)
    indicator = serializers.CharField(allow_null=True)
    organisation = serializers.CharField(allow_null=True)


class ErrorBodySerializer(serializers.Serializer[Any]):
    """What was refused and why, in words for people."""

    code = serializers.CharField()
    message = serializers.CharField()
    problems = ProblemSerializer(many=True)


class ErrorSerializer(serializers.Serializer[Any]):
    """The body of every answer that refuses something."""

    error = ErrorBodySerializer()


def error_response(
    *, code: str, message: str, http_status: int, problems: Iterable[Problem] = ()
) -> Response:
    """A refusal in the one shape."""
    body = {
        "code": code,
        "message": message,
        "problems": ProblemSerializer(list(problems), many=True).data,
    }
    return Response({"error": body}, status=http_status)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Exception handler of Django REST framework: services' refusals become 4xx answers."""
    if isinstance(error, NoSuchThing):
        return error_response(code="not_found", message=str(error), http_status=status.HTTP_404_NOT_FOUND)
    if isinstance(error, WrongState):
        return error_response(code="wrong_state", message=str(error), http_status=status.HTTP_409_CONFLICT)
    if isinstance(error, PermissionDenied):
        message = str(error) or "您没有进行此项操作的权限"
        return error_response(
            code="permission_denied", message=message, http_status=status.HTTP_403_FORBIDDEN
        )
    if isinstance(error, exceptions.PermissionDenied) and str(error.detail).startswith("CSRF Failed"):
        message = "本页已过期（可能在别的窗口重新登录过），请刷新本页再办"
        return error_response(code="page_expired", message=message, http_status=status.HTTP_403_FORBIDDEN)
    response = exception_handler(error, context)
    if response is None:
        return None
    code = error.default_code if isinstance(error, exceptions.APIException) else "error"
    response.data = {"error": {"code": code, "message": _message(response.data), "problems": []}}
    return response


def _message(data: Any) -> str:
    """Django REST framework's own error detail as one text."""
    if isinstance(data, dict):
        return "；".join(
            _message(value) if key in {"detail", "non_field_errors"} else f"{key}：{_message(value)}"
            for key, value in data.items()
        )
    if isinstance(data, list):
        return "；".join(_message(value) for value in data)
    return str(data)

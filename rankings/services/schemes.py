"""Scheme versions: which one a period is scored by, and how a new one comes to be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Q, Subquery, When

from accounts.models import User
from audit.canonical import digest_text
from audit.services import record
from indicators.models import Indicator
from rankings.models import SchemeAssignment, SchemeVersion
from rankings.rules import may_edit_schemes
from returns.models import Cycle
from scoring import SCHEME_V1, Scheme, SchemeError

_CODE = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def ensure_scheme_v1() -> SchemeVersion:
    """The shipped scheme 季度晾晒 v1 as a row; repeating changes nothing."""
    scheme, _ = SchemeVersion.objects.get_or_create(
        code=SCHEME_V1["code"],
        version=SCHEME_V1["version"],
        defaults={"title": SCHEME_V1["title"], "parameters": SCHEME_V1},
    )
    return scheme


def scheme_for(cycle: Cycle) -> SchemeVersion:
    """The scheme assigned to the plan from this or an earlier period on, else 季度晾晒 v1. One query."""
    begun = Q(from_year__lt=cycle.year) | Q(from_year=cycle.year, from_quarter__lte=cycle.quarter)
    assigned = (
        SchemeAssignment.objects.filter(begun, plan=cycle.plan_id)
        .order_by("-from_year", "-from_quarter")
        .values("scheme")[:1]
    )
    shipped = Q(code=SCHEME_V1["code"], version=SCHEME_V1["version"])
    rows = SchemeVersion.objects.annotate(is_shipped=Case(When(shipped, then=True), default=False))
    row = rows.filter(Q(pk__in=Subquery(assigned)) | shipped).order_by("is_shipped").first()
    return row or ensure_scheme_v1()


def validated(scheme: SchemeVersion) -> Scheme:
    """The scheme's parameters, checked. Raises SchemeError naming every wrong one."""
    return Scheme.from_dict(scheme.parameters)


def read_parameters(text: str) -> dict[str, Any]:
    """The parameters of a scheme as typed in JSON. Raises SchemeError with the place of a mistake.

    A number with a point is kept as the text that was typed, so that no binary float touches it.
    """
    try:
        value = json.loads(text, parse_float=str)
    except json.JSONDecodeError as error:
        problem = (
            f"第 {error.lineno} 行第 {error.colno} 个字符处不是正确的 JSON：{_json_hint(error)}。"
            "请检查引号、逗号和括号是否成对、是否为半角。"
        )
        raise SchemeError((problem,)) from error
    if not isinstance(value, dict):
        raise SchemeError(("最外层应是一对花括号 { } 括起来的参数。",))
    return value


def _json_hint(error: json.JSONDecodeError) -> str:
    """What JSON expected there, in Chinese."""
    hints = {
        "Expecting property name": "这里应是带双引号的参数名（最后一项后面不要有逗号）",
        "Expecting value": "这里缺少一个值",
        "Expecting ',' delimiter": "这里缺少逗号",
        "Expecting ':' delimiter": "参数名后面缺少冒号",
        "Unterminated string": "引号没有成对",
        "Extra data": "结尾之后还有多余的内容",
    }
    return next((hint for start, hint in hints.items() if error.msg.startswith(start)), "无法识别")


@transaction.atomic
def create_scheme_version(*, actor: User, parameters: Mapping[str, Any]) -> SchemeVersion:
    """Store a new version of the scheme that the parameters name; the version number is the next one.

    An existing version is never touched. Raises PermissionDenied, or SchemeError with every problem.
    """
    if not may_edit_schemes(actor):
        raise PermissionDenied("只有牵头办可以新建计分办法")
    code = parameters.get("code")
    earlier = list(
        SchemeVersion.objects.select_for_update().filter(code=code).order_by("-version")
        if isinstance(code, str)
        else []
    )
    number = earlier[0].version + 1 if earlier else 1
    data = {**parameters, "version": number}
    problems = _problems_of(data)
    if problems:
        raise SchemeError(tuple(problems))
    scheme = SchemeVersion.objects.create(
        code=data["code"], version=number, title=data["title"].strip(), parameters=data
    )
    record(
        actor=actor,
        verb="scheme.created",
        subject=scheme,
        changes={"code": scheme.code, "version": number, "parameters": digest_text(json.dumps(data))},
    )
    return scheme


def _problems_of(data: Mapping[str, Any]) -> list[str]:
    """Everything wrong with the parameters of a new version, for people."""
    problems: list[str] = []
    try:
        Scheme.from_dict(data)
    except SchemeError as error:
        problems += error.problems
    code, title = data.get("code"), data.get("title")
    if isinstance(code, str) and not (_CODE.match(code) and len(code) <= 48):
        problems.append(f"code：只能用小写字母、数字和连字符，最多 48 个，现在是“{code}”")
    if isinstance(title, str):
        if len(title) > 100:
            problems.append(f"title：名称最多 100 个字，现在是 {len(title)} 个")
        elif SchemeVersion.objects.filter(title=title.strip()).exists():
            problems.append(f"title：已有名称为“{title.strip()}”的办法，请换一个名称，例如写明版本")
    named = data.get("indicators")
    if isinstance(named, Mapping) and named:
        known = set(Indicator.objects.filter(code__in=list(named)).values_list("code", flat=True))
        problems += [
            f"indicators.{name}：各方案都没有代码为“{name}”的指标，请到“指标口径”页核对代码"
            for name in named
            if name not in known
        ]
    return problems

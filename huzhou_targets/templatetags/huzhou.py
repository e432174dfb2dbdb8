"""Tags and filters of the house: lights, figures as people write them, sorting links, the shell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Role
from accounts.rules import has_role, reads_trail, sees_any_data
from huzhou_targets import display
from huzhou_targets.manual import help_address
from returns.workbook.layouts import Layout

register = template.Library()

NOTHING = "–"
"""Stands where nothing applies. Never a zero: missing is never zero."""


@dataclass(frozen=True)
class LightFace:
    """How a light looks: shape and word, so that colour is never alone."""

    code: str
    shape: str
    word: str


LIGHTS = {
    face.code: face
    for face in (
        LightFace("green", "●", "达序时"),
        LightFace("yellow", "▲", "略滞后"),
        LightFace("red", "■", "滞后"),
        LightFace("blue", "★", "已完成全年"),
        LightFace("grey", "○", "不计分"),
    )
}


@register.simple_tag
def light(code: str, word: str = "") -> SafeString:
    """A light as shape and word. `word` says more than the usual one, e.g. the reason 未报送."""
    face = LIGHTS[str(code)]
    return format_html(
        '<span class="light light-{}"><span class="light-shape" aria-hidden="true">{}</span>{}</span>',
        face.code,
        face.shape,
        word or face.word,
    )


@register.simple_tag
def light_shape(code: str, words: str) -> SafeString:
    """A light as its shape alone, for narrow strips; `words` is read out and shown on hover."""
    face = LIGHTS[str(code)]
    return format_html(
        '<span class="light light-{}" title="{}"><span class="light-shape" aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        face.code,
        words,
        face.shape,
        words,
    )


@register.simple_tag
def light_legend() -> list[LightFace]:
    """The five lights in order, for a legend."""
    return list(LIGHTS.values())


@register.filter
def amount(value: Decimal | int | str | None) -> str:
    """An exact amount without trailing zeros or exponent: 1200, 12.5; – where there is none."""
    if value is None or value == "":
        return NOTHING
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


@register.filter
def two(value: Decimal | str | None) -> str:
    """A score, total or percentage with its two published decimals; – where there is none."""
    return NOTHING if value is None or value == "" else f"{Decimal(value):.2f}"


@register.filter
def percent(value: Decimal | str | None) -> str:
    """A percentage with its two published decimals and the sign; – where there is none."""
    return NOTHING if value is None or value == "" else f"{Decimal(value):.2f}%"


@register.filter
def entry(mapping: dict[Any, Any], key: Any) -> Any:
    """The mapping's value at this key, or None."""
    return mapping.get(key)


@register.filter
def short_digest(value: str | None) -> str:
    """The first 12 characters of a digest, enough to compare by eye; the whole one stands in its title."""
    return value[:12] if value else NOTHING


@register.simple_tag
def movement(places: int | None) -> SafeString | str:
    """Movement of rank: ↑2, ↓1, or 持平, with words for readers. – where there is nothing to compare."""
    if places is None:
        return NOTHING
    if places == 0:
        return "持平"
    direction, arrow, word = ("up", "↑", "上升") if places > 0 else ("down", "↓", "下降")
    return format_html(
        '<span class="move-{}"><span aria-hidden="true">{}{}</span>'
        '<span class="visually-hidden">{}{}位</span></span>',
        direction,
        arrow,
        abs(places),
        word,
        abs(places),
    )


@register.inclusion_tag("includes/_sort_link.html", takes_context=True)
def sort_link(context: Context, field: str, label: str, first: str = "") -> dict[str, Any]:
    """A column heading that sorts by `field` in the URL; pressing again turns the order round.

    `first` is "-" where the first press should give the largest first.
    """
    request: HttpRequest = context["request"]
    current = request.GET.get("sort", "")
    direction = "up" if current == field else "down" if current == f"-{field}" else ""
    wanted = {"up": f"-{field}", "down": field, "": f"{first}{field}"}[direction]
    query = request.GET.copy()
    query["sort"] = wanted
    query.pop("page", None)
    return {"address": f"?{query.urlencode()}", "label": label, "direction": direction}


@register.simple_tag(takes_context=True)
def display_mode(context: Context) -> str:
    """`large` in 长者模式, else `normal`."""
    return display.display_mode(context.get("request"))


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation."""

    code: str
    label: str
    address: str


@register.simple_tag(takes_context=True)
def main_nav(context: Context) -> list[NavItem]:
    """What this account can open, in the order of use. Asks the same predicates as the pages."""
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return []
    items = [NavItem("worklist", "待办", reverse("worklist"))]
    if sees_any_data(user):
        items.append(NavItem("overview", "总览", reverse("overview_start")))
        items.append(NavItem("boards", "晾晒榜", reverse("all_boards")))
    if has_role(user, Role.REPORTER):
        items.append(NavItem("returns", "填报", reverse("return_list")))
    if has_role(user, Role.REVIEWER):
        items.append(NavItem("unit-review", "单位审核", reverse("unit_review_list")))
    if has_role(user, Role.VERIFIER, Role.OWNER):
        items.append(NavItem("review", "核定", reverse("review_list")))
    if sees_any_data(user):
        items.append(NavItem("plans", "方案与目标", reverse("plan_list")))
        items.append(NavItem("parks", "园区", reverse("park_list")))
        items.append(NavItem("bulletins", "通报", reverse("bulletin_list")))
    if has_role(user, Role.SYSADMIN):
        items.append(NavItem("accounts", "账号与单位", reverse("admin:index")))
        items.append(NavItem("sessions", "登录情况", f"{reverse('session_list')}?all=1"))
    if has_role(user, Role.SECADMIN):
        items.append(NavItem("grants", "授权", reverse("grant_list")))
    if reads_trail(user):
        items.append(NavItem("trail", "审计记录", reverse("trail")))
    items.append(NavItem("help", "帮助", reverse("help")))
    return items


@register.simple_tag(takes_context=True)
def page_help(context: Context) -> str:
    """Where the page that is shown is explained: its section of the manual, else the help."""
    request = context.get("request")
    match = request.resolver_match if request is not None else None
    return help_address(match.view_name if match is not None else "")


@register.filter
def share(value: Decimal) -> str:
    """A share of 1 as a percentage: 0.25 → 25%."""
    return f"{amount(value * 100)}%"


@register.filter
def layout_names(codes: Iterable[str]) -> str:
    """The layouts that were recognised in a file, in words; empty where there was none."""
    return "；".join(Layout(code).label for code in codes)


@register.filter
def level_count(problems: Iterable[Any], level: str) -> int:
    """How many of the problems (objects or stored mappings) are of this level."""
    return sum((item["level"] if isinstance(item, dict) else item.level) == level for item in problems)


@register.filter
def quarter(quarters: dict[int, Any], number: str) -> Any:
    """The cycle of a quarter, given as a digit; None where there is none."""
    return quarters.get(int(number))


@register.simple_tag
def light_line(line: Any) -> SafeString:
    """A line of a ranking as a shape alone, with indicator, word or reason, and score as its words."""
    return light_shape(line.light, f"{line.indicator}：{line_word(line)}，得分 {two(line.score)}")


@register.filter
def line_word(line: Any) -> str:
    """The reason why a line is not scored or counts nothing, else its light's word."""
    return line.reason or LIGHTS[line.light].word


@register.filter
def without_code(warning: str) -> str:
    """A stored warning for people: its text without the code in front (share_broken：…)."""
    code, mark, text = warning.partition("：")
    return text if mark and re.fullmatch(r"[a-z][a-z_-]*", code) else warning

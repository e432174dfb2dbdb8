"""Tags of the dashboards: a place over all or in a group, and lights with how many there are."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboards.selectors import place_of
from huzhou_targets.templatetags.huzhou import LIGHTS, NOTHING
from rankings.models import RankingEntry

register = template.Library()


@register.simple_tag
def place(entry: RankingEntry, group: str = "") -> str:
    """The rank over all, or within the group where one is chosen; – for who is not ranked."""
    found = place_of(entry, group)
    return NOTHING if found is None else str(found)


@register.simple_tag
def light_count(code: str, count: int) -> SafeString:
    """A light's shape with how many lines have it; the light's word is read out and shown on hover."""
    face = LIGHTS[str(code)]
    return format_html(
        '<span class="light light-{} light-count" title="{} {} 项"><span class="light-shape" aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{} </span>{}</span>',
        face.code,
        face.word,
        count,
        face.shape,
        face.word,
        count,
    )

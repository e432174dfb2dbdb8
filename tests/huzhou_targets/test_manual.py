"""The manual: one text, with a committed picture for every page that it shows."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from huzhou_targets.manual import (
    ADMIN_SECTION,
    PICTURES,
    SECTIONS,
    help_address,
    picture_names,
    read_manual,
    section_anchor,
)


def test_every_picture_of_the_manual_is_there_and_none_is_left_over() -> None:
    there = {path.stem for path in PICTURES.glob("*.jpg")}

    assert there == set(picture_names())
    assert len(there) >= 15


def test_the_manual_has_a_chapter_for_each_kind_of_user() -> None:
    manual = read_manual()

    for chapter in ("填报员", "单位审核", "核定单位", "牵头办", "领导", "三员", "导出表格", "大屏"):
        assert chapter in manual.contents
    assert '<table class="grid">' in manual.body
    assert manual.body.count('loading="lazy" width="1366" height="768"') == manual.body.count("<img")


def test_every_page_that_the_manual_explains_exists_and_leads_to_a_heading() -> None:
    body = read_manual().body
    resolver = get_resolver()

    unknown = [name for name in SECTIONS if not resolver.reverse_dict.getlist(name)]
    missing = [
        heading
        for heading in {*SECTIONS.values(), ADMIN_SECTION}
        if f'id="{section_anchor(heading)}"' not in body
    ]

    assert (unknown, missing) == ([], [])
    assert help_address("admin:accounts_user_changelist") == f"{reverse('manual')}#系统管理员"
    assert help_address("health") == reverse("help")


@pytest.mark.django_db
def test_a_page_leads_to_its_own_section_of_the_manual() -> None:
    page = Client().get(reverse("sign_in")).content.decode()

    assert f'href="{reverse("manual")}#登录和页面">本页帮助</a>' in page


@pytest.mark.django_db
def test_the_manual_is_open_to_everybody_and_reached_from_the_help() -> None:
    client = Client()

    page = client.get(reverse("manual"))

    assert page.status_code == 200
    assert 'src="/static/manual/board' in page.content.decode()
    assert reverse("manual") in client.get(reverse("help")).content.decode()

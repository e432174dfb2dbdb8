"""The manual: one text, with a committed picture for every page that it shows."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from huzhou_targets.manual import PICTURES, picture_names, read_manual


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


@pytest.mark.django_db
def test_the_manual_is_open_to_everybody_and_reached_from_the_help() -> None:
    client = Client()

    page = client.get(reverse("manual"))

    assert page.status_code == 200
    assert 'src="/static/manual/board' in page.content.decode()
    assert reverse("manual") in client.get(reverse("help")).content.decode()

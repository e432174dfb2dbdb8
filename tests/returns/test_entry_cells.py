"""Autosave through the API and the plain form: one cell, one answer; nothing is overwritten unseen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEntry
from rankings.models import RebuildRequest
from returns.models import Cycle, Figure, FigureRevision
from returns.selectors import effective_figures
from returns.states import CycleState, FigureState
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

FIGURES = "/api/plans/sowing-2025/2025Q2/figures/"
FORM = "/returns/sowing-2025/2025Q2/form/"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    world.indicator("firms")
    world.target("parks", world.wuxing, "12")
    world.target("firms", world.wuxing, "100")
    world.target("parks", world.nanxun, "6")
    return world


@pytest.fixture
def wuxing(world: World, client: Client) -> Client:
    client.force_login(world.people["wuxing"])
    return client


def cell(text: str, base: int, indicator: str = "parks", **more: object) -> dict[str, object]:
    place = {"indicator": indicator, "organisation": "wuxing", "text": text, "base": base}
    return place | {"complete": True} | more


def save(client: Client, *cells: dict[str, object], **more: object) -> list[dict[str, Any]]:
    body = {"separately": True, "figures": list(cells)} | more
    response = client.post(FIGURES, body, content_type="application/json")
    assert response.status_code == 200, response.content
    answers: list[dict[str, Any]] = response.json()["cells"]
    return answers


def test_cell_is_saved_as_a_draft_that_does_not_count(world: World, wuxing: Client) -> None:
    (answer,) = save(wuxing, cell("3", 0, progress="两个在建"))

    figure = Figure.objects.get()
    assert (answer["outcome"], answer["stored"]["revision"], answer["stored"]["state"]) == (
        "saved",
        1,
        "draft",
    )
    assert (figure.value, figure.state) == (Decimal(3), FigureState.DRAFT)
    assert figure.revisions.get().progress == "两个在建"
    assert effective_figures(world.cycle) == {}
    assert RebuildRequest.objects.count() == 0


def test_answer_says_how_the_cell_stands(wuxing: Client) -> None:
    (answer,) = save(wuxing, cell("3", 0))

    assert answer["standing"] == {
        "due": "6",
        "attainment": "50.00",
        "light": "red",
        "shape": "■",
        "word": "滞后",
    }


def test_thousands_separators_are_read_as_in_a_file(wuxing: Client) -> None:
    (answer,) = save(wuxing, cell("1,234", 0, "firms"))

    assert answer["stored"]["value"] == "1234"
    assert [problem["code"] for problem in answer["problems"]] == ["beyond_target"]


def test_wrong_cell_is_refused_and_the_others_are_saved(wuxing: Client) -> None:
    answers = save(wuxing, cell("约7", 0), cell("80", 0, "firms"))

    assert [answer["outcome"] for answer in answers] == ["refused", "saved"]
    assert Figure.objects.get().indicator.code == "firms"


def test_newer_figure_is_not_overwritten_and_both_are_told(world: World, wuxing: Client) -> None:
    save(wuxing, cell("3", 0))
    save(wuxing, cell("4", 1))

    (answer,) = save(wuxing, cell("5", 1))

    assert (answer["outcome"], answer["stored"]["value"], answer["stored"]["revision"]) == (
        "conflict",
        "4",
        2,
    )
    assert list(FigureRevision.objects.order_by("number").values_list("value", flat=True)) == [3, 4]


def test_choosing_ones_own_figure_saves_it_on_top(wuxing: Client) -> None:
    save(wuxing, cell("3", 0))
    save(wuxing, cell("4", 1))

    (answer,) = save(wuxing, cell("5", 2))

    assert (answer["outcome"], answer["stored"]["revision"]) == ("saved", 3)


def test_save_repeated_after_a_lost_answer_is_no_conflict(wuxing: Client) -> None:
    save(wuxing, cell("3", 0))

    (answer,) = save(wuxing, cell("3", 0))

    assert (answer["outcome"], FigureRevision.objects.count()) == ("unchanged", 1)


def test_conflict_of_one_cell_keeps_no_other_out(wuxing: Client) -> None:
    save(wuxing, cell("3", 0))
    save(wuxing, cell("4", 1))

    answers = save(wuxing, cell("5", 1), cell("80", 0, "firms"))

    assert [answer["outcome"] for answer in answers] == ["conflict", "saved"]


def test_emptied_narrative_is_emptied(wuxing: Client) -> None:
    save(wuxing, cell("3", 0, progress="两个在建", data_status="flash"))

    (answer,) = save(wuxing, cell("3", 1))

    assert (answer["outcome"], answer["stored"]["progress"], answer["stored"]["data_status"]) == (
        "saved",
        "",
        "",
    )


def test_narrative_without_figure_is_refused_and_says_why(wuxing: Client) -> None:
    (answer,) = save(wuxing, cell("", 0, progress="两个在建"))

    assert (answer["outcome"], answer["problems"][0]["code"]) == ("refused", "narrative_without_figure")
    assert Figure.objects.count() == 0


def test_emptied_draft_is_emptied_with_a_line_in_its_history(wuxing: Client) -> None:
    save(wuxing, cell("3", 0))

    (answer,) = save(wuxing, cell("", 1))

    assert (answer["outcome"], answer["stored"]["value"]) == ("saved", None)
    assert list(FigureRevision.objects.order_by("number").values_list("value", "reason")) == [
        (3, ""),
        (None, "填报人清空草稿"),
    ]


def test_blank_never_withdraws_a_figure_that_was_handed_in(world: World, wuxing: Client) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})

    (answer,) = save(wuxing, cell("", 1))

    assert (answer["outcome"], answer["problems"][0]["code"]) == ("refused", "blank_keeps")
    assert (Figure.objects.get().value, Figure.objects.get().state) == (7, FigureState.SUBMITTED)


def test_verified_figure_is_changed_with_a_reason_only(world: World, wuxing: Client) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.verify("jxj", Figure.objects.get())

    (refused, other) = save(wuxing, cell("8", 1), cell("80", 0, "firms"))
    (saved,) = save(wuxing, cell("8", 1), reason="漏报一个")

    assert (refused["outcome"], other["outcome"], saved["outcome"]) == ("refused", "saved", "saved")
    assert "理由" in refused["problems"][0]["message"]
    assert [item.value for item in effective_figures(world.cycle).values()] == [Decimal(7)]


def test_correcting_a_submitted_figure_leaves_it_in_force_and_says_so(world: World, wuxing: Client) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    RebuildRequest.objects.all().delete()

    (answer,) = save(wuxing, cell("8", 1))
    (blank,) = save(wuxing, cell("", 2))

    assert answer["stored"]["state"] == "draft"
    assert answer["stored"]["in_force"] == "报送数 7 仍然有效，新值 8 尚未报送"
    assert (blank["outcome"], blank["stored"]["value"]) == ("refused", "8")
    assert "空着不会撤回已报送的数" in blank["problems"][0]["message"]
    assert RebuildRequest.objects.count() == 0


def test_frozen_cycle_refuses_the_whole_request(world: World, wuxing: Client) -> None:
    Cycle.objects.update(state=CycleState.FROZEN)

    body = {"separately": True, "figures": [cell("3", 0)]}
    response = wuxing.post(FIGURES, body, content_type="application/json")

    assert (response.status_code, response.json()["error"]["code"]) == (409, "wrong_state")
    assert Figure.objects.count() == 0


@pytest.mark.parametrize("more", [{"submit": True}, {"dry_run": True}])
def test_separate_cells_are_neither_handed_in_nor_a_trial(wuxing: Client, more: dict[str, bool]) -> None:
    body = {"separately": True, "figures": [cell("3", 0)]} | more

    response = wuxing.post(FIGURES, body, content_type="application/json")

    assert response.status_code == 400
    assert Figure.objects.count() == 0


def test_nobody_saves_cells_in_anothers_name(world: World, client: Client) -> None:
    client.force_login(world.people["nanxun"])

    body = {"separately": True, "reporter": "wuxing", "figures": [cell("3", 0)]}
    response = client.post(FIGURES, body, content_type="application/json")
    (own,) = save(client, cell("3", 0))

    assert response.status_code == 404
    assert (own["outcome"], own["problems"][0]["code"], own["stored"]) == ("refused", "foreign_place", None)
    assert Figure.objects.count() == 0


def test_every_saved_cell_is_in_the_trail(wuxing: Client) -> None:
    save(wuxing, cell("3", 0))
    save(wuxing, cell("4", 1))

    entries = AuditEntry.objects.filter(verb="return.saved").order_by("id")

    assert [entry.changes["values"] for entry in entries] == [
        {"parks/wuxing": [None, "3"]},
        {"parks/wuxing": ["3", "4"]},
    ]


def test_plain_form_saves_without_script(world: World, wuxing: Client) -> None:
    data = {
        "data_as_of": "2025-06-30",
        "parks.wuxing": "3",
        "base-parks.wuxing": "0",
        "progress-parks.wuxing": "两个在建",
        "date-parks.wuxing": "2025-05-31",
        "status-parks.wuxing": "flash",
        "check": "yes",
    }

    saved = wuxing.post(FORM, data)
    draft = Figure.objects.get()
    handed_in = wuxing.post(saved["Location"], {"draft": f"{draft.pk}:1"})

    revision = FigureRevision.objects.get()
    assert saved["Location"] == "/returns/sowing-2025/2025Q2/submit/?reporter=wuxing"
    assert (draft.state, handed_in.status_code) == (FigureState.DRAFT, 302)
    assert (revision.value, revision.progress, revision.data_status) == (3, "两个在建", "flash")
    assert str(revision.data_as_of) == "2025-05-31"
    assert revision.figure.state == FigureState.SUBMITTED


def test_plain_form_shows_both_figures_and_lets_one_choose(world: World, wuxing: Client) -> None:
    save(wuxing, cell("3", 0))
    save(wuxing, cell("4", 1))
    stale = {"data_as_of": "2025-06-30", "parks.wuxing": "5", "base-parks.wuxing": "1", "save": "yes"}

    refused = wuxing.post(FORM, stale)
    page = refused.content.decode()
    theirs = wuxing.post(FORM, stale | {"base-parks.wuxing": "2", "choice-parks.wuxing": "theirs"})
    after_theirs = Figure.objects.get().value
    mine = wuxing.post(FORM, stale | {"base-parks.wuxing": "2", "choice-parks.wuxing": "mine"})

    assert (refused.status_code, theirs.status_code, mine.status_code) == (409, 302, 302)
    assert "填 4，您填 5" in page
    assert 'name="base-parks.wuxing" value="2"' in page
    assert (after_theirs, Figure.objects.get().value) == (4, 5)


def test_plain_form_leaves_alone_what_its_writer_did_not_touch(world: World, wuxing: Client) -> None:
    save(wuxing, cell("3", 0))
    save(wuxing, cell("4", 1))
    data = {
        "parks.wuxing": "3",
        "base-parks.wuxing": "1",
        "date-parks.wuxing": "",
        "firms.wuxing": "80",
        "base-firms.wuxing": "0",
        "save": "yes",
    }

    response = wuxing.post(FORM, data)

    assert response.status_code == 302
    assert list(Figure.objects.order_by("indicator__order").values_list("value", flat=True)) == [4, 80]


def test_form_keeps_what_was_typed_when_a_reason_is_missing(world: World, wuxing: Client) -> None:
    world.report("wuxing", {("parks", world.wuxing): "7"})
    world.verify("jxj", Figure.objects.get())

    response = wuxing.post(FORM, {"parks.wuxing": "8", "base-parks.wuxing": "1", "save": "yes"})

    assert response.status_code == 409
    assert 'value="8"' in response.content.decode()


def test_form_has_the_same_number_of_queries_whatever_the_lines(
    world: World, wuxing: Client, django_assert_max_num_queries: Any
) -> None:
    save(wuxing, cell("3", 0), cell("80", 0, "firms"))

    with django_assert_max_num_queries(12):
        response = wuxing.get(FORM)

    assert response.status_code == 200

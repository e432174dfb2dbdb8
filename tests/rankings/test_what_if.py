import json
from decimal import Decimal

import pytest

from rankings.computing import thaw
from rankings.models import RankingEntry, RankingRun, SchemeVersion
from rankings.services.schemes import create_scheme_version
from rankings.what_if import Changes, Trial, read_changes, try_changes
from scoring import SCHEME_V1
from tests.factories import World
from tests.rankings.boards import districts_run, quarter_of_three

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    return quarter_of_three()


@pytest.fixture
def run(world: World) -> RankingRun:
    return districts_run(world)


def _read(run: RankingRun, **query: str) -> Changes:
    named = {name.replace("__", ".").replace("_", "-"): text for name, text in query.items()}
    return read_changes(named, inputs=thaw(run.inputs), schemes=SchemeVersion.objects.all())


def _board(trial: Trial) -> list[tuple[str, int | None, str, int | None]]:
    return [(row.unit, row.rank, str(row.total), row.movement) for row in trial.rows]


def test_without_changes_the_trial_is_the_present_board(run: RankingRun) -> None:
    trial = try_changes(run, _read(run))

    assert _board(trial) == [
        ("吴兴区", 1, "110.84", 0),
        ("南太湖新区", 2, "100.00", 0),
        ("南浔区", 3, "97.50", 0),
    ]
    assert trial.lines == ()


def test_changed_figure_moves_the_board_and_stores_nothing(run: RankingRun) -> None:
    before = list(RankingEntry.objects.values())

    trial = try_changes(run, _read(run, f__nanxun__firms="９6"))

    assert _board(trial) == [
        ("吴兴区", 1, "110.84", 0),
        ("南浔区", 2, "110.00", 1),
        ("南太湖新区", 3, "100.00", -1),
    ]
    (line,) = trial.lines
    assert (line.unit, line.indicator, line.present_value, line.value) == ("南浔区", "小微企业", "76", "96")
    assert (line.present_score, line.score) == (Decimal("95.00"), Decimal("120.00"))
    assert list(RankingEntry.objects.values()) == before
    assert RankingRun.objects.get(pk=run.pk).input_digest == run.input_digest


def test_figure_that_is_not_there_scores_nothing(run: RankingRun) -> None:
    trial = try_changes(run, _read(run, f__wuxing__parks="无"))

    assert _board(trial)[-1] == ("吴兴区", 3, "52.50", -2)


def test_weight_and_cap_change_the_totals(run: RankingRun) -> None:
    trial = try_changes(run, _read(run, cap="1.00", w__firms="3"))

    assert _board(trial) == [
        ("吴兴区", 1, "100.00", 0),
        ("南太湖新区", 1, "100.00", 1),
        ("南浔区", 3, "96.25", 0),
    ]


def test_other_scheme_is_tried_on_the_same_figures(world: World, run: RankingRun) -> None:
    create_scheme_version(
        actor=world.people["owner"],
        parameters={**SCHEME_V1, "title": "争先进位", "method": {"name": "rank_step"}, "peers": "board"},
    )

    trial = try_changes(run, _read(run, scheme="quarterly-v2"))

    assert _board(trial) == [
        ("吴兴区", 1, "100.00", 0),
        ("南太湖新区", 2, "95.00", 0),
        ("南浔区", 3, "92.50", 0),
    ]


def test_cap_that_a_method_does_not_heed_is_said(world: World, run: RankingRun) -> None:
    create_scheme_version(
        actor=world.people["owner"],
        parameters={**SCHEME_V1, "title": "自封", "method": {"name": "attainment_capped", "cap": "1.1"}},
    )

    trial = try_changes(run, _read(run, scheme="quarterly-v2", cap="1.00"))

    assert trial.notes == ("计分方法另有自己的封顶，只改总的封顶对它不起作用。",)
    assert _board(trial)[0] == ("吴兴区", 1, "107.50", 0)


def test_every_bad_input_is_named_at_once_in_chinese(run: RankingRun) -> None:
    changes = _read(run, f__wuxing__parks="七", f__nanxun__firms="1.1234567", w__firms="-1", cap="0.5")

    trial = try_changes(run, changes)

    assert trial.rows == ()
    assert trial.problems == (
        "吴兴区“产业园”的完成值：应为数字，现在是“七”；要看没有报送的情形，请填“无”",
        "南浔区“小微企业”的完成值：小数位过多：1.1234567。最多保留 6 位小数。",
        "“小微企业”的分值：不能小于 0，现在是 -1",
        "封顶：不能小于 1，现在是 0.5",
    )


def test_blank_unknown_and_unchanged_inputs_are_no_changes(run: RankingRun) -> None:
    changes = _read(
        run, scheme="quarterly-v1", cap=" ", f__wuxing__parks="7.0", f__wuxing__none="3", w__none="2"
    )

    assert changes.is_empty
    assert changes.as_query() == {}


def test_changes_survive_the_address(run: RankingRun) -> None:
    changes = _read(run, cap="1.1", f__wuxing__parks="8", w__firms="2")

    again = read_changes(changes.as_query(), inputs=thaw(run.inputs), schemes=[])

    assert again == changes
    assert changes.as_query() == {"cap": "1.1", "w.firms": "2", "f.wuxing.parks": "8"}


def test_all_weights_at_nothing_leave_nobody_ranked(run: RankingRun) -> None:
    trial = try_changes(run, _read(run, w__firms="0", w__parks="0"))

    assert [(row.rank, row.excluded, row.movement) for row in trial.rows] == [(None, "不参评", None)] * 3


def test_adjustments_beyond_a_tried_scheme_are_said(world: World, run: RankingRun) -> None:
    inputs = thaw(run.inputs)
    inputs["units"][0]["bonuses"] = [{"points": "3", "reason": "先进", "document": "文件"}]
    run.inputs = json.dumps(inputs)
    create_scheme_version(
        actor=world.people["owner"], parameters={**SCHEME_V1, "title": "少加", "bonus_limit": "1"}
    )

    trial = try_changes(run, _read(run, scheme="quarterly-v2"))

    assert trial.rows == ()
    assert "加分" in trial.problems[0]

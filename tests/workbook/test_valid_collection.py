"""Valid returns in many shapes: taken in at the first upload, with not one wrong value.

``pytest -s tests/workbook/test_valid_collection.py`` prints the figures.
"""

from returns.workbook.child import read_file
from returns.workbook.grid import Limits
from returns.workbook.guard import inspect
from tests.workbook import (
    messy_clusters,
    messy_down,
    messy_habits,
    messy_habits_clusters,
    messy_lists,
    messy_more,
)
from tests.workbook.builders import errors, values
from tests.workbook.messy import MAKERS, Case

COLLECTIONS = (messy_clusters, messy_down, messy_lists, messy_habits, messy_habits_clusters, messy_more)

REFUSED_WITH_REASON = {
    # 已完成7个: may be the quarter's own work as well as the sum since January; a rule for it would need the
    # column to say 累计, and the reading rules to name the wording
    "habit_done_written_as_words": {"not_a_number"},
}
"""Valid returns that the reader refuses, with the codes that it gives; nothing of them is stored."""


def outcome(case: Case) -> tuple[set[str], bool]:
    """Codes of the errors, and whether every value is right (asked only of what is accepted)."""
    result = read_file(
        case.data,
        kind=inspect(case.data, Limits()),
        name="进展",
        vocabulary=case.vocabulary,
        limits=Limits(),
    )
    codes = {code for code, _ in errors(result)}
    return codes, bool(codes) or values(result) == case.figures


def test_valid_returns_are_taken_in_with_no_wrong_value() -> None:
    outcomes = {maker.__name__: outcome(maker()) for maker in MAKERS}

    refused = {name: codes for name, (codes, _) in outcomes.items() if codes}
    wrong = [name for name, (_, is_right) in outcomes.items() if not is_right]
    accepted = len(outcomes) - len(refused)
    share = 100 * accepted / len(outcomes)
    print(
        f"\nvalid messy workbooks: {len(outcomes)}, accepted {accepted} ({share:.1f} %), wrong values {len(wrong)}"
    )
    assert wrong == []
    assert refused == REFUSED_WITH_REASON
    assert share >= 95


def test_every_collection_takes_part() -> None:
    counts = {
        module.__name__.rpartition(".")[2]: sum(maker.__module__ == module.__name__ for maker in MAKERS)
        for module in COLLECTIONS
    }

    assert len(MAKERS) == sum(counts.values()) >= 148
    assert counts["messy_habits"] + counts["messy_habits_clusters"] + counts["messy_more"] >= 74

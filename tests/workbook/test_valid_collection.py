"""Valid returns in many shapes: taken in at the first upload, with not one wrong value."""

import pytest

from returns.workbook.child import read_file
from returns.workbook.grid import Limits
from returns.workbook.guard import inspect
from tests.workbook import messy_clusters, messy_down, messy_lists  # noqa: F401 - importing registers the makers
from tests.workbook.builders import errors, values
from tests.workbook.messy import MAKERS, Case


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_valid_return_gives_its_figures(maker) -> None:
    case: Case = maker()

    result = read_file(
        case.data,
        kind=inspect(case.data, Limits()),
        name="进展",
        vocabulary=case.vocabulary,
        limits=Limits(),
    )

    assert errors(result) == []
    assert values(result) == case.figures


def test_collection_is_large_enough() -> None:
    assert len(MAKERS) >= 60

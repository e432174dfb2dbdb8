"""Parks beside each other: what a blank is, how ratios follow, what counts as ordinary, and the page."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Role
from districts.models import Organisation
from parks.comparison import MEASURES, compare_parks
from parks.models import Park
from tests.factories import UserFactory, grant


def park(
    number: int, *, land: str | None = "150", floor: str | None = "100000", firms: int | None = 40
) -> Park:
    """A park as the register would hold it; not stored."""
    return Park(
        number=number,
        name=f"园区{number}",
        district=Organisation(code="wuxing", name="吴兴区", order=1),
        land_mu=Decimal(land) if land else None,
        land_text=land or "",
        floor_area_m2=Decimal(floor) if floor else None,
        floor_area_text=floor or "升级中",
        enterprises=firms,
        enterprises_text="" if firms is None else str(firms),
    )


def texts(parks: list[Park], sort: str = "") -> list[list[str]]:
    """What the page shows for each park."""
    return [[cell.text for cell in item.cells] for item in compare_parks(parks, among=parks, sort=sort).parks]


def test_ratio_and_density_follow_from_the_registers_numbers() -> None:
    assert texts([park(1)]) == [["150", "100000", "1.00", "40", "4.00"]]


def test_words_and_blanks_are_shown_as_what_they_are() -> None:
    assert texts([park(1, land=None, floor=None, firms=None)]) == [
        ["（未填）", "升级中", "算不出", "（未填）", "算不出"]
    ]


def test_park_without_enterprises_has_the_density_zero() -> None:
    assert texts([park(1, firms=0)]) == [["150", "100000", "1.00", "0", "0.00"]]


@pytest.mark.parametrize(("sort", "order"), [("", [1, 2, 3]), ("floor", [3, 1, 2]), ("-floor", [1, 3, 2])])
def test_order_puts_those_without_the_number_last(sort: str, order: list[int]) -> None:
    parks = [park(1, floor="200000"), park(2, floor=None), park(3, floor="80000")]

    found = compare_parks(parks, among=parks, sort=sort)

    assert [item.park.number for item in found.parks] == order


def test_unknown_order_leaves_the_registers() -> None:
    assert len(texts([park(1), park(2)], sort="-nothing")) == 2


def test_outlier_is_judged_among_the_whole_register_and_by_the_plausible_ratio() -> None:
    register = [park(number, land=str(100 + number)) for number in range(1, 9)]
    high, thin = park(9, land="400"), park(10, land="48", floor="100000")

    found = compare_parks([high, thin], among=[*register, high, thin])

    marks = [[cell.why_outlier for cell in item.cells] for item in found.parks]
    assert marks[0][0] == "明显高于多数园区"
    assert marks[0][2] == "明显低于多数园区；不在 0.5 至 3.0 之间，请核对面积"
    assert marks[1][2] == "明显高于多数园区；不在 0.5 至 3.0 之间，请核对面积"
    assert (found.bounds[0].count, found.bounds[1].low, found.bounds[1].high) == (
        10,
        Decimal("100000.00"),
        Decimal("100000.00"),
    )


def test_too_few_numbers_mark_nothing() -> None:
    parks = [park(1), park(2), park(3, land="90000", floor="60000000")]

    found = compare_parks(parks, among=parks)

    assert [cell.why_outlier for item in found.parks for cell in item.cells] == [""] * 15
    assert [bounds.high for bounds in found.bounds] == [None] * len(MEASURES)


def test_district_sums_count_what_lacks_a_number() -> None:
    parks = [park(1), park(2, floor=None)]

    (row,) = compare_parks(parks, among=parks).districts

    assert (row.name, row.parks, row.land, row.floor) == ("吴兴区", 2, Decimal(300), Decimal(100000))
    assert (row.without_land, row.without_floor, row.without_enterprises) == (0, 1, 0)


@pytest.mark.django_db
def test_page_marks_the_documents_own_oddities() -> None:
    call_command("load_reference", verbosity=0)
    user = UserFactory.create()
    grant(user, Role.LEADER)
    client = Client()
    client.force_login(user)

    found = client.get("/parks/comparison/?district=anji").context["comparison"]

    cells = {item.park.name: item.cells for item in found.parks}
    assert [cell.text for cell in cells["安吉两山创客小镇"]] == ["74", "升级中", "算不出", "118", "算不出"]
    assert cells["安吉县智能加速器园区"][2].text == "0.49"
    assert cells["安吉县智能加速器园区"][2].why_outlier == "不在 0.5 至 3.0 之间，请核对面积"
    assert [(row.name, row.parks, row.without_floor) for row in found.districts] == [("安吉县", 3, 1)]


@pytest.mark.django_db
def test_account_without_a_data_role_is_refused() -> None:
    user = UserFactory.create()
    grant(user, Role.AUDITOR)
    client = Client()
    client.force_login(user)

    assert client.get("/parks/comparison/").status_code == 403

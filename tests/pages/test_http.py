from decimal import Decimal

import pytest
from django.test import Client, RequestFactory

from huzhou_targets.http import render_page, safe_return_address, wants_fragment
from huzhou_targets.templatetags.huzhou import amount, light, movement, two, without_code


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_fragment_is_wanted_by_htmx_only(headers: dict[str, str], expected: bool) -> None:
    assert wants_fragment(RequestFactory().get("/", headers=headers)) is expected


def test_page_varies_by_htmx_even_where_it_has_no_fragment() -> None:
    response = render_page(RequestFactory().get("/"), "404.html")

    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("/parks/?q=1", "/parks/?q=1"), ("https://example.org/", "/"), ("//example.org", "/"), ("", "/")],
)
def test_return_address_stays_on_this_site(wanted: str, expected: str) -> None:
    request = RequestFactory().get("/", {"next": wanted})

    assert safe_return_address(request, default="/") == expected


@pytest.mark.django_db
def test_display_is_remembered_in_a_cookie() -> None:
    client = Client()

    response = client.post("/display/", {"display": "large", "next": "/help/"})

    assert (response.status_code, response["Location"]) == (302, "/help/")
    assert client.cookies["display"].value == "large"
    assert 'data-display="large"' in client.get("/help/").content.decode()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        ("", "–"),
        (Decimal(0), "0"),
        (Decimal("1200.000000"), "1200"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.00"), "0"),
        ("27.50", "27.5"),
    ],
)
def test_amount_is_exact_without_exponent_and_missing_is_not_zero(value: object, shown: str) -> None:
    assert amount(value) == shown  # type: ignore[arg-type]


def test_score_keeps_its_two_decimals_and_missing_is_not_zero() -> None:
    assert [two(Decimal(0)), two(Decimal("103.7")), two(None)] == ["0.00", "103.70", "–"]


def test_light_has_shape_and_word() -> None:
    assert light("red", "未报送") == (
        '<span class="light light-red"><span class="light-shape" aria-hidden="true">■</span>未报送</span>'
    )


@pytest.mark.parametrize(("places", "word"), [(2, "上升2位"), (-1, "下降1位")])
def test_movement_is_said_in_words(places: int, word: str) -> None:
    assert word in movement(places)


def test_movement_tells_unchanged_from_unknown() -> None:
    assert (movement(0), movement(None)) == ("持平", "–")


def test_stored_warning_is_shown_without_its_code() -> None:
    assert without_code("share_broken：比例低于 1/3") == "比例低于 1/3"
    assert without_code("注意：请核对") == "注意：请核对"

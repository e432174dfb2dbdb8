"""Every address of the site as requests: own row, foreign row, another plan's row; reading and acting."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from audit.models import AuditEntry
from tests.rights.city import FOREIGN, OTHER, OWN, RightsCity
from tests.rights.deeds import Body
from tests.rights.writes import Writes, watched

SKIPPED_PREFIXES = ("admin:",)
"""Django's own administration has its rights tested in tests/accounts/test_admin.py."""

# What stands in an address for a number of a row: by the address's name, longest first, else by the parameter's.
ROW_KINDS = {
    "upload": "upload",
    "batch": "batch",
    "figure": "figure",
    "api-figure": "figure",
    "api-evidence": "evidence",
    "evidence": "evidence",
    "submission": "submission",
    "signed_scan": "scan",
    "objection": "objection",
    "bulletin": "bulletin",
    "withdraw_adjustment": "adjustment",
    "retry_rebuild": "job",
    "board_import": "board_import",
    "explain_check": "finding",
    "grant_act": "grant",
}
"""A new address with a number needs its kind here, and the row in tests/rights/city.py."""

WORDS: dict[str, dict[str, str | int]] = {
    "plan": {OWN: "sowing-2025", FOREIGN: "sowing-2025", OTHER: "other-plan"},
    "organisation": {OWN: "wuxing", FOREIGN: "nanxun", OTHER: "wuxing"},
    "unit": {OWN: "吴兴区", FOREIGN: "南浔区", OTHER: "吴兴区"},
}
"""Parameters that say whose row it is."""

PUBLISHED = {"objection_form", "unit_sheets", "start_notice", "board_recalculation", "what_if"}
"""Addresses that make sense for a published quarter only: tried with 2025Q1 in place of 2025Q2."""

CONSTANTS: dict[str, str | int] = {
    "board": "districts",
    "year": 2025,
    "table": "annex1",
    "code": "quarterly",
    "version": 1,
    "city": "huzhou",
    "number": 1,
    "shape": "xlsx",
}
SAYS_WHOSE = {"organisation", "unit", "pk", "batch", "finding"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """One address with the sides from which it can be tried."""

    name: str
    addresses: Mapping[str, str]


class UnknownRow(AssertionError):
    """An address has a parameter that these tests know no value for; the message says where to tell it."""


def every_place(city: RightsCity) -> list[Place]:
    """Every named address of the site, for own, foreign and other rows where these differ."""
    places = []
    for name, parameters, _ in _patterns(get_resolver().url_patterns):
        sides = [OWN]
        if parameters & (SAYS_WHOSE | {"plan"}):
            sides += [FOREIGN] if parameters & SAYS_WHOSE else []
            sides += [OTHER]
        addresses = {}
        for side in sides:
            kwargs = _arguments(city, name, parameters, side)
            if kwargs is None:
                continue
            try:
                addresses[side] = reverse(name, kwargs=kwargs)
            except NoReverseMatch as error:
                raise UnknownRow(
                    f"{name}: {error}. Tell its parameters in tests/rights/walking.py"
                ) from error
        places.append(Place(name=name, addresses=addresses))
    return places


def every_view() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Name and view of every address that is walked."""
    for name, _, view in _patterns(get_resolver().url_patterns):
        yield name, view


def _patterns(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, set[str], Callable[..., Any]]]:
    for item in patterns:
        if isinstance(item, URLResolver):
            inner = f"{prefix}{item.namespace}:" if item.namespace else prefix
            if not inner.startswith(SKIPPED_PREFIXES):
                for name, parameters, view in _patterns(item.url_patterns, inner):
                    yield name, parameters | set(item.pattern.converters), view
        elif isinstance(item, URLPattern):
            if item.name is None:
                raise UnknownRow(f"the address {item.pattern} has no name; give it one")
            parameters = set(item.pattern.converters) | set(item.pattern.regex.groupindex)
            yield f"{prefix}{item.name}", parameters, item.callback


def _arguments(city: RightsCity, name: str, parameters: set[str], side: str) -> dict[str, str | int] | None:
    """Values for the parameters; None where there is no row on this side."""
    arguments: dict[str, str | int] = {}
    for parameter in parameters:
        if parameter in WORDS:
            arguments[parameter] = WORDS[parameter][side]
        elif parameter == "period":
            arguments[parameter] = "2025Q1" if name in PUBLISHED and side != OTHER else "2025Q2"
        elif name in {"unit_sheets", "submission_file"} and parameter == "shape":
            arguments[parameter] = "docx"
        elif parameter in CONSTANTS:
            arguments[parameter] = CONSTANTS[parameter]
        else:
            kind = _row_kind(name, parameter)
            if side not in city.rows[kind]:
                return None
            arguments[parameter] = city.rows[kind][side]
    return arguments


def _row_kind(name: str, parameter: str) -> str:
    if parameter in ROW_KINDS:
        return ROW_KINDS[parameter]
    for start in sorted(ROW_KINDS, key=len, reverse=True):
        if name.startswith(start):
            return ROW_KINDS[start]
    raise UnknownRow(
        f"address {name}: no row is known for <{parameter}>; tell its kind in ROW_KINDS of "
        "tests/rights/walking.py and make the row in tests/rights/city.py"
    )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one request: a word for the table, the bytes that were answered, what is missing in the trail."""

    word: str
    body: bytes
    status: int
    missing: str


def read(client: Client, address: str) -> Outcome:
    """GET without leaving anything behind."""
    with transaction.atomic():
        entries = AuditEntry.objects.count()
        with watched() as writes:
            response = client.get(address)
        outcome = _outcome(response, wrote=False, missing=_missing(client, response, entries, writes))
        transaction.set_rollback(True)
    return outcome


def act(client: Client, address: str, body: Body, prepare: Callable[[], object] | None = None) -> Outcome:
    """POST, told by what the trail says was done, and taken back with what was prepared for it."""
    with transaction.atomic():
        if prepare is not None:
            prepare()
        before, entries = _deeds(), AuditEntry.objects.count()
        with watched() as writes:
            response = client.post(address, dict(body))
        missing = _missing(client, response, entries, writes)
        outcome = _outcome(response, wrote=_deeds() > before, missing=missing)
        transaction.set_rollback(True)
    return outcome


def _deeds() -> int:
    """Entries of the trail other than those about access, refusals and sign-in."""
    return AuditEntry.objects.exclude(verb__regex=r"^(access|file)\.|\.refused$").count()


def _missing(client: Client, response: HttpResponseBase, entries: int, writes: Writes) -> str:
    """What happened and left no entry in the trail: a change of data, or the refusal of an account; else empty."""
    if AuditEntry.objects.count() > entries:
        return ""
    if writes.of_data:
        return f"changed {', '.join(sorted(writes.of_data))}"
    refused = response.status_code in (403, 404) and settings.SESSION_COOKIE_NAME in client.cookies
    return f"refused with {response.status_code}" if refused else ""


def _outcome(response: HttpResponseBase, *, wrote: bool, missing: str) -> Outcome:
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    status = response.status_code
    location = response.headers.get("Location", "")
    if wrote:
        word = "办"
    elif status == 302 and location.startswith("/accounts/login/"):
        word = "登录"
    elif status in (401, 403, 404, 405):
        word = str(status)
    elif status >= 500:
        word = f"故障{status}"
    else:
        word = "可"
    return Outcome(word=word, body=_unpacked(body), status=status, missing=missing)


def _unpacked(body: bytes) -> bytes:
    """The text inside a workbook or document, so that words can be looked for."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())

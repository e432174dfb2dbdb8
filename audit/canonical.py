"""Canonical JSON and its digest: the one form in which anything is sealed or chained.

Keys sorted, no white space, UTF-8, decimals as normalised plain strings ("12.5", never "12.50" or
"1.25E+1"), so that SQLite and PostgreSQL give the same bytes.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from decimal import Decimal
from typing import Any

import orjson


def plain_decimal(number: Decimal) -> str:
    """The exact decimal without exponent and without trailing zeros: `Decimal("12.50")` → "12.5"."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _encode(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_PLAIN = frozenset({str, int, bool, type(None), Decimal})
_LISTS = (list, tuple)


def canonical_json(value: Any, *, without_floats: bool = False) -> str:
    """Serialise to canonical JSON. Raises TypeError for floats and for types without canonical form.

    without_floats says that the caller knows of none, or reads the text again with `parse_canonical`:
    looking for them takes longer than writing.
    """
    return canonical_bytes(value, without_floats=without_floats).decode()


def canonical_bytes(value: Any, *, without_floats: bool = False) -> bytes:
    """The same in UTF-8, as it is digested. Texts that are JSON already may stand in it as `orjson.Fragment`."""
    if not without_floats:
        _refuse_floats(value)
    return orjson.dumps(value, default=_encode, option=_OPTIONS)


def _refuse_floats(value: Any) -> None:
    """Look into every container; the kinds of its members at once, since a board has millions of them."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        members = item.values() if isinstance(item, dict) else item if isinstance(item, _LISTS) else (item,)
        kinds = set(map(type, members)) - _PLAIN
        if not kinds:
            continue
        if any(issubclass(kind, float) for kind in kinds):
            raise TypeError("a binary float may not be sealed; use Decimal or a string")
        containers = {kind for kind in kinds if issubclass(kind, (dict, *_LISTS))}
        if containers:
            waiting += [member for member in members if type(member) in containers]


def parse_canonical(text: str | bytes) -> Any:
    """Read canonical JSON. Raises TypeError where a binary float stands in it."""
    return json.loads(text, parse_float=_refuse_float)


def _refuse_float(text: str) -> Any:
    raise TypeError(f"a binary float may not be sealed; use Decimal or a string: {text}")


def plain_text(number: str) -> str:
    """A decimal as the database writes it in the form of `plain_decimal`: `12.500000` → `12.5`."""
    if "." not in number and "e" not in number:
        return number
    if "e" in number:
        return plain_decimal(Decimal(number))
    plain = number.rstrip("0").rstrip(".")
    return "0" if plain in {"-0", ""} else plain


def digest_text(text: str) -> str:
    """SHA-256 of the UTF-8 text, as 64 hexadecimal digits."""
    return digest_bytes(text.encode())


def digest_bytes(text: bytes) -> str:
    """SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text).hexdigest()


def digest_of(value: Any) -> str:
    """SHA-256 of the value's canonical JSON."""
    return digest_text(canonical_json(value))

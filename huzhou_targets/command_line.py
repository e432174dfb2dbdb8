"""What the management commands share: finding things, printing one JSON document, printing tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError
from tabulate import tabulate

from returns.selectors import NoSuchThing
from returns.states import WrongState


@contextmanager
def told_to_people() -> Iterator[None]:
    """Turn what the services refuse into a message on standard error and exit code 1."""
    try:
        yield
    except (NoSuchThing, WrongState, PermissionDenied) as error:
        raise CommandError(str(error)) from error


def as_json(value: Any) -> str:
    """One JSON document for standard output."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def as_table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A plain table whose columns line up although Chinese characters are two cells wide."""
    shown = [["" if cell is None else cell for cell in row] for row in rows]
    return tabulate(shown, headers=headers, tablefmt="simple_outline", disable_numparse=True)

"""What a request writes, told by its statements: to find a change that leaves no entry in the trail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

WRITE = re.compile(r'(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM) "(\w+)"')
SAVEPOINT = re.compile(r'(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) [`"]?(\w+)')

NOT_IN_THE_TRAIL = {
    "audit_auditentry": "the trail itself",
    "audit_audithead": "the trail's newest digest",
    "qsessions_session": "when a session was used last; signing in and out are entries",
    "django_session": "as qsessions_session",
    "returns_commentsseen": "until where somebody read the comments: no data, and reading is no act",
    "reminders_delivery": "that a notice was read; what goes out is reminder.sent",
    "otp_totp_totpdevice": "a secret that was offered and not confirmed yet; binding it is an entry",
}
"""Tables that a request may change without an entry, and why."""


class Writes:
    """The tables into which statements wrote, without those that were rolled back to a savepoint."""

    def __init__(self) -> None:
        self._levels: list[tuple[str, set[str]]] = [("", set())]

    def watch(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A wrapper of Django's around each statement."""
        result = execute(sql, params, many, context)
        self._note(sql)
        return result

    def _note(self, sql: str) -> None:
        found = SAVEPOINT.match(sql)
        if found is None:
            self._levels[-1][1].update(WRITE.findall(sql[:200]))
            return
        act, name = found.groups()
        if act == "SAVEPOINT":
            self._levels.append((name, set()))
        elif any(level == name for level, _ in self._levels):
            while self._levels[-1][0] != name:
                self._end(keep=act != "ROLLBACK TO SAVEPOINT")
            self._end(keep=act != "ROLLBACK TO SAVEPOINT")
            if act == "ROLLBACK TO SAVEPOINT":
                self._levels.append((name, set()))

    def _end(self, *, keep: bool) -> None:
        _, tables = self._levels.pop()
        if keep:
            self._levels[-1][1].update(tables)

    @property
    def of_data(self) -> frozenset[str]:
        """The tables that were changed and whose changes belong into the trail."""
        return frozenset().union(*(tables for _, tables in self._levels)) - NOT_IN_THE_TRAIL.keys()


@contextmanager
def watched() -> Iterator[Writes]:
    """The writes of the statements inside."""
    writes = Writes()
    with connection.execute_wrapper(writes.watch):
        yield writes

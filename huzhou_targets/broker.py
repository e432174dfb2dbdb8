"""The embedded mode's broker: kombu's file-system transport with messages that appear at once.

kombu opens a message under its final name and then writes it, so that a worker polling ten times a
second can take it while it is still empty, and stops with an unreadable message. Here the message is
written beside and then renamed, which is one step. Names begin with the wall clock, because
the clock that kombu uses starts anew with the machine and would put old messages last.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "private-files"


class Channel(filesystem.Channel):
    """Writes a message so that readers see all of it or nothing."""

    def _put(  # type: ignore[override]  # kombu names the argument in two ways
        self, queue: str, payload: dict[str, Any], **_kwargs: Any
    ) -> None:
        name = f"{time.time_ns() // 1_000_000}_{uuid.uuid4()}.{queue}"
        draft = Path(self.data_folder_out) / f"{name}.draft"
        draft.write_text(dumps(payload), encoding="utf-8")
        draft.replace(draft.with_suffix(".msg"))


class Transport(filesystem.Transport):
    """kombu's transport with the channel above."""

    Channel = Channel


def register() -> None:
    """Let broker addresses begin with private-files://."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:{Transport.__name__}"

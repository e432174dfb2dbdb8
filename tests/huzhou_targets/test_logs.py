"""No secret reaches a log line."""

from __future__ import annotations

import logging

from huzhou_targets.logs import hide_secrets


def test_hide_secrets_by_name_and_in_addresses() -> None:
    event = {
        "event": "connecting to redis://:hunter2@127.0.0.1:6379/0",
        "password": "hunter2",
        "headers": {"Authorization": "Basic xyz", "Host": "targets.example"},
        "sessionid": "abc",
        "figures": 35,
    }

    shown = hide_secrets(logging.getLogger(), "info", event)

    assert shown == {
        "event": "connecting to redis://***@127.0.0.1:6379/0",
        "password": "***",
        "headers": {"Authorization": "***", "Host": "targets.example"},
        "sessionid": "***",
        "figures": 35,
    }

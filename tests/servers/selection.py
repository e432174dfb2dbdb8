"""Which folders of tests run on PostgreSQL too."""

from __future__ import annotations

ON_BOTH_DATABASES = {
    "accounts",
    "api",
    "audit",
    "bulletins",
    "huzhou_targets",
    "indicators",
    "parks",
    "rankings",
    "reference",
    "reminders",
    "returns",
    "worklist",
}
"""Folders whose tests write rows, set states and rely on constraints: what a database may do otherwise."""

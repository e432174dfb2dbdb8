"""Every verb that the code records has a Chinese word for the auditor."""

from __future__ import annotations

import re
from pathlib import Path

from audit.verbs import VERBS, word_of
from rankings.models import Objection
from returns.models import Upload

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = (
    "accounts",
    "audit",
    "bulletins",
    "huzhou_targets",
    "indicators",
    "parks",
    "rankings",
    "reminders",
    "returns",
)
WRITTEN = re.compile(r'verb="([a-z-]+\.[a-z-]+)"')


COMPOSED = {f"objection.{outcome}" for outcome in Objection.Outcome.values if outcome} | {
    f"upload.{state}" for state in ("stored", "unchanged", "refused", "checked", "discarded")
}


def test_every_word_has_an_act_that_records_it() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and path.name != "verbs.py"
    )

    assert [verb for verb in VERBS if f'"{verb}"' not in sources and verb not in COMPOSED] == []


def test_every_recorded_verb_has_a_word() -> None:
    found = {
        verb
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
        for verb in WRITTEN.findall(path.read_text(encoding="utf-8"))
    }
    found |= COMPOSED

    assert found - VERBS.keys() == set(), "tell their words in audit/verbs.py"
    assert len(found) > 60
    assert set(Upload.State.values) >= {"stored", "unchanged", "refused", "checked", "discarded"}


def test_unknown_verb_is_shown_as_it_is() -> None:
    assert word_of("figure.verified") == "核定数据"
    assert word_of("something.new") == "something.new"

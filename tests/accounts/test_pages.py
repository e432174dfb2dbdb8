"""Words on the pages of accounts."""

from __future__ import annotations

import pytest
from qsessions.models import Session

from accounts.models import Contact
from accounts.templatetags.accounts import browser


@pytest.mark.parametrize(
    ("user_agent", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36",
            "Windows 10，Chrome 120",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Linux，Firefox 128"),
        ("curl", "curl"),
        ("?", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_browser_is_told_in_words(user_agent: str | None, shown: str) -> None:
    assert browser(Session(user_agent=user_agent)) == shown


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("0572-2398765", "057****65"), ("13800000000", "138****00"), ("12345", "****"), ("", "")],
)
def test_phone_is_masked(phone: str, masked: str) -> None:
    assert Contact(phone=phone).masked_phone == masked


def test_email_is_masked() -> None:
    assert Contact(email="zhk@example.cn").masked_email == "z***@example.cn"
    assert Contact(email="").masked_email == ""

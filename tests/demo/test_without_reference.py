"""The demo on a database that nobody has filled yet."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User


@pytest.mark.django_db
@pytest.mark.parametrize("accounts_only", [True, False])
def test_load_demo_without_reference_data_says_what_to_do(accounts_only: bool) -> None:
    with pytest.raises(CommandError, match="请先运行 load_reference"):
        call_command("load_demo", accounts_only=accounts_only, stdout=io.StringIO())

    assert User.objects.count() == 0

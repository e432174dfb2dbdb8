"""Reference data and demo, loaded once for all tests of this folder and rolled back at their end."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.demo.test_accounts import PASSWORD


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What load_demo printed when the database was new, and where the uploads lie."""

    output: str
    uploads: Path


@pytest.fixture(scope="package")
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """Reference data and the whole demo. The tests of the folder see it and leave it as it is."""
    uploads = tmp_path_factory.mktemp("uploads")
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as environment,
        override_settings(MEDIA_ROOT=uploads),
        transaction.atomic(),
    ):
        environment.setenv("HUZHOU_DEMO_PASSWORD", PASSWORD)
        output = io.StringIO()
        call_command("load_reference", verbosity=0)
        call_command("load_demo", stdout=output)
        yield Loaded(output=output.getvalue(), uploads=uploads)
        transaction.set_rollback(True)

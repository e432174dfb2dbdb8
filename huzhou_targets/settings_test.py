"""Settings of the test runs: they change only what makes tests quick and private."""

from __future__ import annotations

import os
from pathlib import Path

# Set before the settings are read: a test run leaves the data of this machine alone.
os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / "var" / "tests"))
os.environ.setdefault("HUZHOU_MODE", "embedded")

from huzhou_targets.settings import *  # noqa: F403 - the point of this file

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}

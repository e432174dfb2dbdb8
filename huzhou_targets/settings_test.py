"""Settings of the test runs: they change only what makes tests quick and private."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# Set before the settings are read: a test run leaves var/ alone.
if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="huzhou-targets-tests-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
os.environ.setdefault("HUZHOU_MODE", "embedded")

from huzhou_targets.settings import *  # noqa: E402, F403 - the point of this file

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}

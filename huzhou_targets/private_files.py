"""Folders and secrets that only the account running the programme may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

SECRET_CHARACTERS = 64


def private_folder(path: Path) -> Path:
    """Make the folder (and its parents) readable by its owner only, and return it.

    An existing folder that is open to others is closed. Raises OSError when it belongs to
    somebody else or cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path


def load_or_create_secret(path: Path) -> str:
    """The secret stored in the file; made with mode 0600 by whoever comes first.

    Two processes that start together get the same secret: the finished file is linked into
    place, which succeeds for one of them only. Raises OSError when the folder is not writable.
    """
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(SECRET_CHARACTERS))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # the other process was quicker, its secret counts
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()

"""Folders and secrets for one account only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from huzhou_targets.private_files import load_or_create_secret, private_folder


def test_private_folder_closes_an_open_one(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)

    folder = private_folder(tmp_path / "open")

    assert folder.stat().st_mode & 0o777 == 0o700


def test_secret_stays_the_same(tmp_path: Path) -> None:
    first = load_or_create_secret(tmp_path / "secret_key")

    assert load_or_create_secret(tmp_path / "secret_key") == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_secret_is_the_same_for_all_who_start_together(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: load_or_create_secret(tmp_path / "secret_key"), range(32)))

    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]

"""200 officials save at the same moment on PostgreSQL: what was accepted is there, nothing is overwritten."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest

from huzhou_targets.browser import HOST, free_port
from huzhou_targets.processes import end_group, server_arguments, wait_until_listening
from tests.servers.installation import ROOT, Installation

DISTRICTS = 100
TOKEN = "t" * 32
FIGURES = "/api/plans/sowing-2025/2025Q2/figures/"


@pytest.fixture
def officials(postgres_installation: Installation) -> list[dict[str, Any]]:
    """Two signed-in officials of each district."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.returns.officials", str(DISTRICTS)],
        cwd=ROOT,
        env={**postgres_installation.environment, "DJANGO_SETTINGS_MODULE": "huzhou_targets.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    sessions: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return sessions


@pytest.fixture
def port(postgres_installation: Installation) -> Iterator[int]:
    """The port of a web server of this installation."""
    port = free_port()
    process = subprocess.Popen(
        server_arguments(host=HOST, port=port),
        cwd=ROOT,
        env=dict(postgres_installation.environment),
        start_new_session=True,
    )
    wait_until_listening(host=HOST, port=port, process=process)
    yield port
    end_group(process)


def save(port: int, official: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """Save the district's shared cell and a cell of one's own; a value that nobody else saves."""
    entry = {"organisation": official["district"], "text": str(number), "base": 0, "complete": True}
    body = {
        "separately": True,
        "figures": [{**entry, "indicator": "shared"}, {**entry, "indicator": official["side"]}],
    }
    cookie = official["cookie"]
    headers = {
        "Content-Type": "application/json",
        "Cookie": f"{cookie['name']}={cookie['value']}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
    }
    connection = HTTPConnection(HOST, port, timeout=120)
    connection.request("POST", FIGURES, json.dumps(body), headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    assert response.status == 200, answer
    cells: list[dict[str, Any]] = answer["cells"]
    return cells


def test_200_officials_save_at_the_same_moment(
    postgres_installation: Installation, officials: list[dict[str, Any]], port: int
) -> None:
    start = threading.Barrier(len(officials))

    def one(number: int) -> list[dict[str, Any]]:
        start.wait()
        return save(port, officials[number], number + 1)

    with ThreadPoolExecutor(max_workers=len(officials)) as pool:
        answers = list(pool.map(one, range(len(officials))))

    outcomes = Counter((cell["indicator"], cell["outcome"]) for cells in answers for cell in cells)
    accepted = sorted(
        (cell["indicator"], cell["organisation"], str(number))
        for number, cells in enumerate(answers, start=1)
        for cell in cells
        if cell["outcome"] == "saved"
    )
    stored = stored_revisions(postgres_installation)
    sys.stdout.write(
        f"\n{len(officials)} officials, {len(accepted)} saves accepted, {len(stored)} stored, "
        f"{outcomes['shared', 'conflict']} conflicts told\n"
    )
    assert len(officials) == 200
    assert outcomes == {
        ("first", "saved"): DISTRICTS,
        ("second", "saved"): DISTRICTS,
        ("shared", "saved"): DISTRICTS,
        ("shared", "conflict"): DISTRICTS,
    }
    assert stored == accepted


def stored_revisions(installation: Installation) -> list[tuple[str, str, str]]:
    """Indicator, organisation and value of every revision in the database."""
    query = (
        "import json; from returns.models import FigureRevision as R; "
        "print(json.dumps([(r.figure.indicator.code, r.figure.organisation.code, str(int(r.value))) "
        "for r in R.objects.select_related('figure__indicator', 'figure__organisation')]))"
    )
    told = installation.manage("shell", "--command", query).stdout.splitlines()[-1]
    return sorted((indicator, organisation, value) for indicator, organisation, value in json.loads(told))

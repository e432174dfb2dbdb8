"""One vocabulary of problem codes: every code in the sources is in it, and the documentation is made from it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from huzhou_targets.problem_codes import all_codes, as_markdown

ROOT = Path(settings.BASE_DIR)
CALLS = {"Problem", "make_problem", "problem", "_problem", "_told", "_add", "_refuse", "error_response"}
LEVELS = {"error", "warning", "info"}


def codes_in(path: Path) -> Iterator[str]:
    """String constants that look like codes among the first arguments of calls that make problems."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in CALLS:
            continue
        given = [*node.args[:2], *(item.value for item in node.keywords if item.arg == "code")]
        for constant in (inner for argument in given for inner in ast.walk(argument)):
            text = constant.value if isinstance(constant, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch(r"[a-z]+([_-][a-z]+)*", text):
                yield text


def test_every_code_in_the_sources_is_in_the_vocabulary() -> None:
    found = {
        code
        for folder in ("returns", "rankings", "indicators", "parks", "huzhou_targets")
        for path in (ROOT / folder).rglob("*.py")
        for code in codes_in(path)
    }

    assert len(found) > 60
    assert found - LEVELS - all_codes() == set()


def test_codes_are_written_with_underscores() -> None:
    assert [code for code in sorted(all_codes()) if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code)] == []


def test_documentation_is_made_from_the_vocabulary() -> None:
    page = (ROOT / "docs" / "problem-codes.md").read_text(encoding="utf-8")

    assert page == as_markdown(), "run manage.py write_problem_codes"

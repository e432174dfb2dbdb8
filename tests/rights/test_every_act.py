"""No act may be forgotten: the addresses that act and the buttons on pages, against what is walked."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rankings.cycle_views import STEPS
from tests.rights.deeds import ACTIONS, NOTHING_COMES_OF, TRIED_EMPTY
from tests.rights.table import read_table
from tests.rights.walking import every_view

ROOT = Path(__file__).resolve().parent.parent.parent
METHODS = {"post", "put", "patch", "delete"}
PUT_TOO = {"sign_in"}
"""Django's form views take a PUT as they take a POST. Another address that takes one needs a walk of its own."""
BUTTON = re.compile(r'name="action" value="([a-z_]+)"')
FORM_TO = re.compile(r"""<form[^>]*\saction="{%\s*url\s+["']([\w:-]+)["']""")


def class_of(view: Callable[..., Any]) -> Any:
    """The class behind a view, of Django or of Django REST framework; None behind a function."""
    return getattr(view, "view_class", None) or getattr(view, "cls", None)


def source_of(view: Callable[..., Any]) -> str:
    """The text of a view function with its decorators."""
    return inspect.getsource(inspect.unwrap(view))


def acts(view: Callable[..., Any]) -> bool:
    """Whether a view takes more than reading: a method of its class, or a look at the request's method or body."""
    holder = class_of(view)
    if holder is not None:
        return any(hasattr(holder, method) for method in METHODS)
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(source_of(view)))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    return bool(names & {"require_POST", "require_http_methods", "POST", "FILES", "method"})


def acting() -> set[str]:
    return {name for name, view in every_view() if acts(view)}


def buttons() -> Iterator[tuple[str, set[str], str]]:
    """Of every button that names an act in a template: the template, where it goes, the act.

    Where the form names no address it goes to a page that shows the template: one of its module's.
    """
    views: dict[str, set[str]] = {}
    for name, view in every_view():
        module = sys.modules[inspect.unwrap(view).__module__]
        for template in re.findall(r'"([a-z_]+/\w+\.html)"', inspect.getsource(module)):
            views.setdefault(template, set()).add(name)
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text, template = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT / "templates"))
        for button in BUTTON.finditer(text):
            form = text.rfind("<form", 0, button.start())
            named = FORM_TO.match(text, form)
            yield template, {named[1]} if named else views.get(template, set()), button[1]


def test_every_act_of_every_address_is_walked() -> None:
    found = acting()

    assert len(found) >= 50
    assert found - ACTIONS.keys() - TRIED_EMPTY.keys() == set(), (
        "these addresses act: give them a body in tests/rights/deeds.py, then WRITE_RIGHTS=1"
    )
    assert (ACTIONS.keys() | TRIED_EMPTY.keys()) - found == set()
    assert ACTIONS.keys() & TRIED_EMPTY.keys() == set()
    others = METHODS - {"post"}
    assert {name for name, view in every_view() if any(hasattr(class_of(view), item) for item in others)} == (
        PUT_TOO
    )


def test_every_button_that_names_an_act_is_walked() -> None:
    walked = {
        (name, str(deed.body["action"]))
        for name, deeds in ACTIONS.items()
        for deed in deeds
        if "action" in deed.body
    }
    found = list(buttons())

    assert len(found) >= 20
    assert STEPS.keys() - {act for name, act in walked if name == "cycle"} == set()
    assert [(template, act) for template, to, act in found if not any((n, act) in walked for n in to)] == []


def test_every_walked_act_is_done_by_somebody() -> None:
    table = read_table()
    walked = {(name, deed.name) for name, deeds in ACTIONS.items() for deed in deeds}

    done = {place for place in walked if any("办" in word for word in table[place].values())}

    assert walked - done == NOTHING_COMES_OF.keys()

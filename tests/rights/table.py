"""docs/rights.md as a value: read by the test, rewritten with WRITE_RIGHTS=1."""

from __future__ import annotations

from pathlib import Path

from tests.rights.city import ROLES

PATH = Path(__file__).resolve().parent.parent.parent / "docs" / "rights.md"
Cells = dict[tuple[str, str], dict[str, str]]
"""By address and act: role → cell, such as `可 / 404`."""

HEAD = f"| 地址 | 动作 | {' | '.join(ROLES.values())} |"
RULE = f"|{' --- |' * (len(ROLES) + 2)}"


def read_table() -> Cells:
    """The table's cells. Raises AssertionError where its head is not the one that is tested."""
    lines = PATH.read_text(encoding="utf-8").splitlines()
    assert HEAD in lines, f"{PATH.name} has no line {HEAD!r}"
    cells: Cells = {}
    for line in lines[lines.index(HEAD) + 2 :]:
        if not line.startswith("|"):
            break
        name, deed, *words = [part.strip() for part in line.strip("|").split("|")]
        assert (name, deed) not in cells, f"{PATH.name} has two lines for {name} {deed}"
        cells[name.strip("`"), deed] = dict(zip(ROLES, words, strict=True))
    return cells


def is_worth_a_line(place: tuple[str, str], column: dict[tuple[str, str], str]) -> bool:
    """Whether a cell says more than reading the address does: an empty form that is refused, or let in as
    reading is, does not.
    """
    name, deed = place
    return deed != "post" or column[place] not in ("405", "登录", column.get((name, "看"), ""))


def write_column(role: str, column: dict[tuple[str, str], str], *, is_last: bool) -> None:
    """Put what was found for one role into the table, with lines for new addresses.

    With the last role the lines go that say nothing for any role.
    """
    cells = read_table() if HEAD in PATH.read_text(encoding="utf-8") else {}
    for place, word in column.items():
        cells.setdefault(place, dict.fromkeys(ROLES, "?"))[role] = word
    columns = {key: {place: words[key] for place, words in cells.items()} for key in ROLES}
    rows = [
        f"| `{name}` | {deed} | {' | '.join(cells[name, deed][key] for key in ROLES)} |"
        for name, deed in column
        if not is_last or any(is_worth_a_line((name, deed), columns[key]) for key in ROLES)
    ]
    text = PATH.read_text(encoding="utf-8")
    start = text.index("<!-- table -->") + len("<!-- table -->")
    PATH.write_text(text[:start] + "\n\n" + "\n".join([HEAD, RULE, *rows]) + "\n", encoding="utf-8")

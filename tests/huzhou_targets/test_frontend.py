"""What the build emits runs in the oldest browser of the offices: Chromium 90."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

BUILT = settings.BASE_DIR / "frontend" / "dist" / "huzhou_targets"

NEWER_STYLE = {
    "@container": "105",
    "@layer": "99",
    "@property": "85 only in part",
    "color-mix(": "111",
    "oklch(": "111",
    ":has(": "105",
    "subgrid": "117",
    "dvh": "108",
    "&": "nesting 112",
}
"""Features of style sheets and the version of Chromium that first had them; none has a fallback of itself."""

NEWER_SCRIPT = {
    r"\bstructuredClone\(": "98",
    r"\.(?:at|findLast|toSorted|toReversed|hasOwn|withResolvers)\(": "92 and later",
    r"\bstatic\{": "94",
}


def test_style_sheet_uses_nothing_that_chromium_90_lacks() -> None:
    text = re.sub(r'"[^"]*"|url\([^)]*\)', "", (BUILT / "app.css").read_text())

    assert [feature for feature in NEWER_STYLE if feature in text] == []


@pytest.mark.parametrize("name", ["app.js", "charts.js", "screen.js", "sheet.js"])
def test_script_uses_nothing_that_chromium_90_lacks(name: str) -> None:
    text = (BUILT / name).read_text()

    assert [feature for feature in NEWER_SCRIPT if re.search(feature, text)] == []

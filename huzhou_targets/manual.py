"""docs/使用手册.md as a page of the site: one text for readers of the repository and of the application."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import markdown
from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

MANUAL = settings.BASE_DIR / "docs" / "使用手册.md"
PICTURES = settings.BASE_DIR / "docs" / "screenshots"
PICTURE_SIZE = (1366, 768)
"""Width and height of the manual's pictures: one screenful of an office screen."""
_PICTURE = re.compile(r"!\[[^\]]*\]\(screenshots/([\w-]+)\.jpg\)")
_SOURCE = re.compile(r'src="screenshots/([\w-]+\.jpg)"')
_TABLE = re.compile(r"<table>")


@dataclass(frozen=True, kw_only=True)
class Manual:
    """The manual as HTML, and its contents list."""

    body: SafeString
    contents: SafeString


def picture_names() -> list[str]:
    """The pages of the tour whose screenshots the manual shows, in order."""
    return list(dict.fromkeys(_PICTURE.findall(MANUAL.read_text(encoding="utf-8"))))


@lru_cache(maxsize=1)
def read_manual() -> Manual:
    """The manual, rendered once per process. The text is the project's own, so its HTML is trusted."""
    renderer = markdown.Markdown(
        extensions=["tables", "toc"], extension_configs={"toc": {"toc_depth": "2-3"}}
    )
    body = renderer.convert(MANUAL.read_text(encoding="utf-8"))
    # With its size a picture has its place before it is there, so that only those in sight are loaded at first.
    width, height = PICTURE_SIZE
    size = f'loading="lazy" width="{width}" height="{height}"'
    body = _SOURCE.sub(lambda match: f'{size} src="{static(f"manual/{match[1]}")}"', body)
    body = _TABLE.sub('<table class="grid">', body)
    contents: str = renderer.toc  # type: ignore[attr-defined]
    return Manual(body=mark_safe(body), contents=mark_safe(contents))  # noqa: S308 - our own file

"""Write docs/problem-codes.md from the tables in the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from huzhou_targets.problem_codes import as_markdown

PAGE = Path(settings.BASE_DIR) / "docs" / "problem-codes.md"


class Command(BaseCommand):
    help = "按代码里的表写出 docs/problem-codes.md。"

    def handle(self, **options: Any) -> None:
        PAGE.write_text(as_markdown(), encoding="utf-8")
        self.stdout.write(f"已写出 {PAGE}")

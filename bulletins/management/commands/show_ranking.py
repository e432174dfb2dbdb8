"""Print or write a ranking; as .docx it is the 通报 of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bulletins.drafting import notice_docx
from bulletins.wording import WordingError
from huzhou_targets.command_line import as_json, told_to_people
from rankings.exports import ranking_csv, ranking_xlsx
from rankings.models import Board, RankingRun
from rankings.selectors import current_run, empty_document, newest_chain_digest, ranking_document
from rankings.tables import ranking_table
from returns.selectors import find_cycle


class Command(BaseCommand):
    """The board that counts now: published, else frozen, else preliminary."""

    help = "显示或导出排名"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", required=True)
        parser.add_argument("--period", required=True)
        parser.add_argument("--board", choices=Board.values, default=Board.DISTRICTS.value)
        parser.add_argument("--format", choices=["table", "json", "xlsx", "docx", "csv"], default="table")
        parser.add_argument("--json", action="store_const", const="json", dest="format")
        parser.add_argument("-o", "--output", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        with told_to_people():
            cycle = find_cycle(plan_code=options["plan"], period=options["period"])
        run = current_run(cycle, options["board"])
        document = ranking_document(run) if run else empty_document(cycle, options["board"])
        self._write(run, document, options["format"], options["output"])

    def _write(
        self, run: RankingRun | None, document: dict[str, Any], shape: str, output: Path | None
    ) -> None:
        if shape in {"xlsx", "csv", "docx"}:
            if output is None and sys.stdout.isatty():
                raise CommandError(f"{shape} 是文件格式，请用 -o 指定文件名")
            data = self._file(run, document, shape)
        else:
            text = as_json(document) if shape == "json" else ranking_table(document)
            if output is None:
                self.stdout.write(text)
                return
            data = text.encode()
        if output is None:
            sys.stdout.buffer.write(data)
        else:
            output.write_bytes(data)

    def _file(self, run: RankingRun | None, document: dict[str, Any], shape: str) -> bytes:
        chain = newest_chain_digest()
        if shape == "xlsx":
            return ranking_xlsx(document, chain=chain)
        if shape == "csv":
            return ranking_csv(document)
        if run is None:
            raise CommandError("本期还没有排名，不能写成通报")
        try:
            return notice_docx(run, chain=chain)
        except WordingError as error:
            raise CommandError(str(error)) from error

"""Recompute a board now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from huzhou_targets.command_line import as_json, told_to_people
from rankings.models import Board
from rankings.selectors import empty_document, ranking_document
from rankings.services.runs import build_ranking
from rankings.tables import ranking_table
from returns.selectors import find_cycle


class Command(BaseCommand):
    """Recompute one board of a period, or all of them, in this process."""

    help = "立即重算排名"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", required=True)
        parser.add_argument("--period", required=True)
        parser.add_argument("--board", choices=Board.values, help="不写则重算全部榜")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with told_to_people():
            cycle = find_cycle(plan_code=options["plan"], period=options["period"])
        boards = [options["board"]] if options["board"] else Board.values
        documents = []
        for board in boards:
            run = build_ranking(cycle=cycle, board=board)
            documents.append(ranking_document(run) if run else empty_document(cycle, board))
        if options["json"]:
            self.stdout.write(as_json(documents[0] if options["board"] else documents))
            return
        for document in documents:
            if document["entries"]:
                self.stdout.write(ranking_table(document))

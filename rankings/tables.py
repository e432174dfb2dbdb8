"""A ranking as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huzhou_targets.command_line import as_table
from rankings.external import EXTERNAL_SCHEME
from rankings.models import Board, RankingRun

LIGHT_SIGNS = {"green": "绿●", "yellow": "黄▲", "red": "红■", "blue": "蓝★", "grey": "灰○"}
"""Each light with a word and a shape, never colour alone."""


def ranking_table(document: Mapping[str, Any]) -> str:
    """The board with rank, group rank, total and how many lights of each kind."""
    status = RankingRun.Status(document["status"]).label
    origin = "，外部计算" if document["scheme"] == EXTERNAL_SCHEME else ""
    title = f"{document['plan']} {document['period']} {Board(document['board']).label}（{status}{origin}）"
    rows = [
        (
            entry["rank"] if entry["rank"] is not None else "—",
            entry["unit"],
            entry["group"],
            entry["group_rank"] if entry["group_rank"] is not None else "—",
            entry["total"] or entry["excluded"],
            " ".join(
                f"{sign}{count}"
                for light, sign in LIGHT_SIGNS.items()
                if not origin and (count := sum(line["light"] == light for line in entry["lines"]))
            ),
        )
        for entry in document["entries"]
    ]
    digest = f"\n摘要 {document['digest']}" if document["digest"] else ""
    return f"{title}\n{as_table(['名次', '单位', '组', '组内', '总分', '亮灯'], rows)}{digest}"

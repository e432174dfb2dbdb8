"""The scoring core: targets and figures in, scores and ranks out. Knows nothing of Django.

    from scoring import SCHEME_V1, BoardInput, LineInput, Scheme, UnitInput, score_board

    scheme = Scheme.from_dict(SCHEME_V1)
    result = score_board(board=BoardInput(quarter=2, units=units), scheme=scheme)

RULES.md beside this file says each rule in prose and works one example.
"""

from scoring.board import RULES_VERSIONS, rules_for, score_board, score_columns
from scoring.columns import BlockResult, BoardColumns, BoardColumnsResult, LineBlock, Terms
from scoring.explain import describe_scheme, explain_line, explain_total
from scoring.gap import Gap, find_gaps
from scoring.ranking import competition_ranks, ranked_order
from scoring.scheme import SCHEME_V1, Scheme, SchemeError
from scoring.types import (
    BoardInput,
    BoardResult,
    Direction,
    EntryResult,
    Kind,
    Light,
    LineInput,
    LineResult,
    Reason,
    ScoringError,
    UnitInput,
)
from scoring.year import YearEntry, YearInput, score_year

__all__ = [
    "RULES_VERSIONS",
    "SCHEME_V1",
    "BlockResult",
    "BoardColumns",
    "BoardColumnsResult",
    "BoardInput",
    "BoardResult",
    "Direction",
    "EntryResult",
    "Gap",
    "Kind",
    "Light",
    "LineBlock",
    "LineInput",
    "LineResult",
    "Reason",
    "Scheme",
    "SchemeError",
    "ScoringError",
    "Terms",
    "UnitInput",
    "YearEntry",
    "YearInput",
    "competition_ranks",
    "describe_scheme",
    "explain_line",
    "explain_total",
    "find_gaps",
    "ranked_order",
    "rules_for",
    "score_board",
    "score_columns",
    "score_year",
]

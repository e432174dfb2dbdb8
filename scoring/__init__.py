"""The scoring core: targets and figures in, scores and ranks out. Knows nothing of Django.

    from scoring import SCHEME_V1, BoardInput, LineInput, Scheme, UnitInput, score_board

    scheme = Scheme.from_dict(SCHEME_V1)
    result = score_board(board=BoardInput(quarter=2, units=units), scheme=scheme)

RULES.md beside this file says each rule in prose and works one example.
"""

from scoring.board import RULES_VERSIONS, rules_for, score_board, score_columns
from scoring.columns import BlockResult, BoardColumns, BoardColumnsResult, LineBlock, Terms
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
    "rules_for",
    "score_board",
    "score_columns",
]

"""并行核对: a board made in a spreadsheet beside ours, cell by cell, each difference with its cause.

Pure: sealed inputs and a read file in, differences out. A cause is never guessed: it is named where the
scoring core, run again with the other side's figures, targets or rule, gives the other side's number.
"""

from rankings.comparing.engine import compare_board
from rankings.comparing.types import Cause, Comparison, Difference, Item, Where

__all__ = ["Cause", "Comparison", "Difference", "Item", "Where", "compare_board"]

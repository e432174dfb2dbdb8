"""Boards made in a spreadsheet: recognising their table by its headers and reading it, cell by cell.

Pure: sheets and a vocabulary in, rows that remember their cells and all problems at once out. No database.
"""

from rankings.spreadsheets.reading import read_board
from rankings.spreadsheets.types import BoardFile, BoardRow, Located, Measure, Role, Words

__all__ = ["BoardFile", "BoardRow", "Located", "Measure", "Role", "Words", "read_board"]

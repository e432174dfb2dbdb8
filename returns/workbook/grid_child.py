"""The process in which a file's bare sheets are read: as ``child``, without any meaning of a return.

Run as ``python -m returns.workbook.grid_child``; one request on standard input, one JSON document out.
"""

import json
import pickle
import sys

from returns.workbook.child import MEMORY_EXIT, confine, read_sheets
from returns.workbook.grid import Limits, Refused
from returns.workbook.grids import pack_sheet
from returns.workbook.guard import FileFormat


def main() -> int:
    """Serve one request under the limits it brings."""
    request = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent, never from the upload
    limits: Limits = request["limits"]
    confine(limits)
    try:
        try:
            sheets = read_sheets(
                request["data"], kind=FileFormat(request["kind"]), name=request["name"], limits=limits
            )
            answer: dict[str, object] = {"sheets": [pack_sheet(sheet) for sheet in sheets]}
        except Refused as refused:
            answer = {"refused": [refused.code, refused.gaps]}
        json.dump(answer, sys.stdout, ensure_ascii=True, separators=(",", ":"))
    except (MemoryError, RecursionError):
        return MEMORY_EXIT
    return 0


if __name__ == "__main__":
    sys.exit(main())

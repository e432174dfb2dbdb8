"""The process in which a 回执 is made: the upload is opened again, so it may cost no more than reading it did.

Run as ``python -m returns.workbook.receipt_child``; one request on standard input, one JSON document out.
"""

import base64
import json
import pickle
import sys

from returns.workbook.child import MEMORY_EXIT, confine
from returns.workbook.grid import Limits
from returns.workbook.receipt_book import build_receipt


def main() -> int:
    """Serve one request under the limits it brings."""
    request = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent, never from the upload
    limits: Limits = request["limits"]
    confine(limits)
    try:
        receipt = build_receipt(
            request["data"],
            request["filename"],
            request["problems"],
            verdict=request["verdict"],
            facts=request["facts"],
        )
        sys.stdout.write(json.dumps(base64.b64encode(receipt).decode("ascii")))
    except (MemoryError, RecursionError):
        return MEMORY_EXIT
    return 0


if __name__ == "__main__":
    sys.exit(main())

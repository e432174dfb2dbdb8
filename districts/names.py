"""Folding of names: how two spellings of one organisation or indicator are recognised as the same.

Width, white space, quotes, brackets and letter case are folded away (DOMAIN: names match after
folding width, spaces, quotes, brackets and unit suffixes, and by alias).
"""

from __future__ import annotations

import re
import unicodedata

_NOISE = re.compile(r"[\s\"'“”‘’「」『』〈〉<>《》()（）\[\]【】〔〕{}·•,，、:：;；。.\-—–_]+")


def fold_name(text: str) -> str:
    """The comparison form of a name: NFKC, lower case, without spaces, quotes, brackets, punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()

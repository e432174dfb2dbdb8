"""The members of a zip container, inflated under one budget and parsed without any document type."""

import posixpath
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Protocol
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile
from zlib import error as zlib_error

from returns.workbook.grid import Limits, Refused, beyond, damaged

_CHUNK = 1 << 16


class Sieve(Protocol):
    """Takes out of a stream of bytes what it can read faster than a parser."""

    def pass_on(self, chunk: bytes) -> bytes:
        """What the parser must still see of the stream so far."""

    def rest(self) -> bytes:
        """What is left at the end of the stream."""


class Archive:
    """The members of a zip container, inflated under a common budget."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.inflated_bytes
        try:
            self._zip = ZipFile(BytesIO(data))
        except (BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise damaged("压缩结构不完整") from error
        self._names = {
            info.filename.replace("\\", "/").lstrip("/").lower(): info for info in self._zip.infolist()
        }

    def has(self, name: str) -> bool:
        """Whether there is such a member; case does not count."""
        return name.lower() in self._names

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member's inflated bytes, counted against the budget."""
        info = self._names.get(name.lower())
        if info is None:
            raise damaged(f"缺少 {name}")
        try:
            with self._zip.open(info) as member:
                while chunk := member.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise beyond("解压后的大小", self._limits.inflated_bytes)
                    yield chunk
        except (BadZipFile, zlib_error, EOFError, NotImplementedError, OSError) as error:
            raise damaged("压缩内容校验不符") from error
        except RuntimeError as error:  # zipfile's word for a member with a password
            raise Refused("encrypted") from error

    def parse(
        self,
        name: str,
        *,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
        sieve: "Sieve | None" = None,
    ) -> None:
        """Feed a member to expat. A document type or bad XML refuses the file.

        ``sieve`` sees the bytes first and gives on what it has not dealt with itself.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for chunk in self.chunks(name):
                parser.Parse(sieve.pass_on(chunk) if sieve else chunk, False)
            parser.Parse(sieve.rest() if sieve else b"", True)
        except expat.ExpatError as error:
            raise damaged(f"{posixpath.basename(name)} 不是有效的 XML") from error


def _refuse_doctype(*_: Any) -> None:
    raise Refused("unsafe_content", detail="XML 文档类型声明")


def local_name(name: str) -> str:
    return name.rpartition(":")[2]

"""Turning documents into PDF with a LibreOffice that is installed on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

SECONDS = 120
"""A document of a hundred pages takes some seconds; what takes longer hangs."""

_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<cachedir>{cache}</cachedir>
{aliases}
</fontconfig>"""
_ALIAS = """<match target="pattern"><test name="family" qual="any"><string>{font}</string></test>
<edit name="family" mode="append" binding="same">{names}</edit></match>"""


class OfficeMissing(RuntimeError):
    """No PDF can be made here; the message says what to do, for people."""


def to_pdf(data: bytes, *, suffix: str, fallbacks: Mapping[str, Sequence[str]]) -> bytes:
    """The document as PDF, as LibreOffice prints it.

    suffix is the kind of the document, e.g. `.docx`; fallbacks says which fonts stand in for one that is
    not installed. Each call has a profile of its own, so that calls at the same time do not disturb each
    other. Raises OfficeMissing where LibreOffice is absent or does not answer.
    """
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise OfficeMissing(
            "服务器上没有安装 LibreOffice，不能生成 PDF；请下载 .docx 后用 WPS 或 Word 另存为 PDF"
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / f"document{suffix}"
        source.write_bytes(data)
        profile = (folder / "profile").as_uri()
        command = [office, f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        environment = os.environ | {"FONTCONFIG_FILE": str(_fontconfig(folder, fallbacks))}
        try:
            subprocess.run(
                [*command, "--convert-to", "pdf", "--outdir", str(folder), str(source)],
                check=True,
                capture_output=True,
                timeout=SECONDS,
                env=environment,
            )
            return (folder / "document.pdf").read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise OfficeMissing(
                "LibreOffice 没有在规定时间内转成 PDF，请稍后再试，或下载 .docx 后另存为 PDF"
            ) from error


def _fontconfig(folder: Path, fallbacks: Mapping[str, Sequence[str]]) -> Path:
    """A configuration for fontconfig that adds the stand-ins to the machine's own."""
    aliases = "\n".join(
        _ALIAS.format(font=escape(font), names="".join(f"<string>{escape(name)}</string>" for name in names))
        for font, names in fallbacks.items()
    )
    path = folder / "fonts.conf"
    path.write_text(_FONTS.format(cache=escape(str(folder / "fonts")), aliases=aliases), encoding="utf-8")
    return path

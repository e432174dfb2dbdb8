"""Small files as people hand them in as evidence, and such as must stay outside."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
JPG = b"\xff\xd8\xff\xe0" + b"\x00" * 32
CONTENT_TYPES = "[Content_Types].xml"


def zipped(*names: str, **texts: str) -> bytes:
    """A container with these members; texts fills members of these names, others hold nothing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, texts.get(name, ""))
    return buffer.getvalue()


def docx(*more: str, **texts: str) -> bytes:
    """A Word container, perhaps with more members than are good."""
    return zipped(CONTENT_TYPES, "word/document.xml", *more, **texts)


def upload(name: str, data: bytes = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it. The type that the browser claims is never believed."""
    return SimpleUploadedFile(name, data, content_type="application/pdf")

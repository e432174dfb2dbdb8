"""What is taken as evidence, decided by content: no database."""

import pytest

from returns.evidence_files import KINDS, NotEvidence, inspect_evidence, name_with_ending
from tests.factories.files import CONTENT_TYPES, JPG, PDF, PNG, docx, zipped

LIMIT = 1024 * 1024
EXTERNAL = '<Relationship Type="http://x/relationships/attachedTemplate" TargetMode="External"/>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (JPG, "jpg"),
        (docx(), "docx"),
        (zipped(CONTENT_TYPES, "xl/workbook.xml"), "xlsx"),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "ofd"),
    ],
)
def test_kind_is_told_by_content(data: bytes, code: str) -> None:
    assert inspect_evidence(data, kinds=KINDS, max_bytes=LIMIT).code == code


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "文件是空的"),
        (b"MZ\x90\x00", "这是程序"),
        (b"\x7fELF\x02", "这是程序"),
        (b"#!/bin/sh\n", "这是脚本"),
        (b"<!DOCTYPE html><p>", "这是网页文件"),
        (b"\xef\xbb\xbf  <svg onload=alert(1)>", "这是网页文件"),
        (b"GIF89a<script>", "GIF 图片不收"),
        (
            b"PDF? no",
            "不是可以收的类型，请用PDF、OFD、JPG 图片、PNG 图片、Word 文档（.docx）、Excel 表格（.xlsx）",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, "可能带宏"),
        (b"Rar!\x1a\x07", "请解压后逐个上传"),
        (PDF + b"<</S/JavaScript/JS(app.alert(1))>>", "PDF 里带有脚本"),
        (PDF + b"<</S/Launch/F(cmd.exe)>>", "PDF 里带有脚本"),
        (docx("word/vbaProject.bin"), "带有宏"),
        (docx("word/activeX/activeX1.xml"), "控件或对象"),
        (docx("word/embeddings/oleObject1.bin"), "控件或对象"),
        (docx("word/afchunk.html"), "夹带“afchunk.html”"),
        (docx("word/_rels/settings.xml.rels", **{"word/_rels/settings.xml.rels": EXTERNAL}), "外部模板"),
        (docx(**{CONTENT_TYPES: "application/vnd.ms-word.document.macroEnabled.main+xml"}), "带有宏"),
        (zipped(CONTENT_TYPES, "xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "带有宏"),
        (zipped("readme.txt", "evil.pdf"), "请解压后逐个上传"),
        (docx()[:60], "文件已损坏"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # bytes of a zip hold the time
)
def test_what_could_run_or_cannot_be_looked_into_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(NotEvidence) as refused:
        inspect_evidence(data, kinds=KINDS, max_bytes=LIMIT)

    assert reason in str(refused.value)


def test_kind_that_is_not_switched_on_is_refused() -> None:
    with pytest.raises(NotEvidence, match=r"请用PDF$"):
        inspect_evidence(PNG, kinds=["pdf"], max_bytes=LIMIT)


def test_limit_is_named_with_the_size() -> None:
    assert inspect_evidence(PDF.ljust(LIMIT), kinds=["pdf"], max_bytes=LIMIT).code == "pdf"
    with pytest.raises(NotEvidence, match=r"有 1\.0 MB，超过每个文件 1 MB 的上限"):
        inspect_evidence(PDF.ljust(LIMIT + 1), kinds=["pdf"], max_bytes=LIMIT)


def test_name_gets_the_ending_of_what_the_file_is() -> None:
    png, jpg = KINDS["png"], KINDS["jpg"]

    names = [
        name_with_ending("公示.PNG", png),
        name_with_ending("图.jpeg", jpg),
        name_with_ending("a.exe", png),
    ]

    assert names == ["公示.PNG", "图.jpeg", "a.exe.png"]

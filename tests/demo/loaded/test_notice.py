"""The 通报 of the demo's published quarters: every number is the sealed ranking's."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
import pytest
from django.core.management import call_command

from bulletins.drafting import draft_notice, parts_of, published_runs
from rankings.selectors import ranking_document
from returns.models import Cycle
from tests.bulletins.numbers import numbers_in_text, numbers_of_ranking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


@pytest.mark.parametrize(("plan", "year", "quarter"), [("sowing-2025", 2025, 2), ("clusters-2023", 2023, 3)])
def test_every_number_of_a_demo_notice_is_in_its_rankings(plan: str, year: int, quarter: int) -> None:
    runs = published_runs(Cycle.objects.get(plan__code=plan, year=year, quarter=quarter))

    draft = draft_notice(runs)

    text = "\n".join(line for part in parts_of(draft.sections, draft.facts) for line in part.paragraphs)
    quoted = {value for key, value in draft.facts.items() if key.endswith(("·问题", "·举措"))}
    for narrative in quoted:
        text = text.replace(narrative, "")
    found = numbers_in_text(text)
    assert len(found) > 20
    assert found - numbers_of_ranking([ranking_document(run) for run in runs]) == set()


def test_problems_are_quoted_from_the_returns() -> None:
    runs = published_runs(Cycle.objects.get(plan__code="sowing-2025", year=2025, quarter=2))

    problems = next(section for section in draft_notice(runs).sections if section["key"] == "problems")

    assert "吴兴区“省级专精特新园区（含高星级小微企业园）”：" in problems["text"]


def test_show_ranking_writes_the_notice_as_docx(tmp_path: Path) -> None:
    file = tmp_path / "notice.docx"

    call_command("show_ranking", plan="sowing-2025", period="2025Q2", format="docx", output=file)

    lines = [paragraph.text for paragraph in docx.Document(BytesIO(file.read_bytes())).paragraphs]
    assert "关于播种计划2025年二季度\n目标完成情况的通报" in lines
    assert any("安吉县108.56分" in line for line in lines)

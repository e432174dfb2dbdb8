"""The identity that a handed-out template carries in a hidden sheet: for what plan, period and organisation."""

from collections.abc import Sequence
from dataclasses import dataclass

from returns.workbook.guidance import make_problem
from returns.workbook.types import Problem, Sheet, Vocabulary

MARKER = "huzhou-targets/template"
IDENTITY_SHEET = "_模板标识"
_FIELDS = ("version", "plan", "year", "quarter", "organisation")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateIdentity:
    """What the hidden sheet says; ``organisation`` is empty for a template that is for everybody."""

    sheet: str
    version: str
    plan: str
    year: str
    quarter: str
    organisation: str


def find_identity(sheets: Sequence[Sheet]) -> TemplateIdentity | None:
    """The identity in a workbook, or None where it was not made from a template."""
    for sheet in sheets:
        first = sheet.rows.get(1, {}).get(1)
        if first is None or first.text != MARKER:
            continue
        said = {cells[1].text: cells[2].text for cells in sheet.rows.values() if 1 in cells and 2 in cells}
        return TemplateIdentity(sheet=sheet.name, **{name: said.get(name, "") for name in _FIELDS})
    return None


def check_identity(identity: TemplateIdentity, vocabulary: Vocabulary) -> list[Problem]:
    """Why a template does not belong to this plan, period, organisation or version; empty when it does."""
    problems: list[Problem] = []
    if identity.plan != vocabulary.plan_code:
        problems.append(make_problem("other_plan", found=identity.plan))
    if (identity.year, identity.quarter) != (str(vocabulary.year), str(vocabulary.quarter)):
        problems.append(
            make_problem("other_period", found=_period(identity), expected=vocabulary.period_text)
        )
    expected = vocabulary.template_organisation
    if expected and identity.organisation and identity.organisation != expected:
        names = {term.code: term.name for term in vocabulary.organisations}
        problems.append(
            make_problem(
                "other_organisation",
                found=names.get(identity.organisation, identity.organisation),
                expected=names.get(expected, expected),
            )
        )
    if not problems and identity.version != vocabulary.template_version:
        problems.append(
            make_problem(
                "template_outdated", found=identity.version or "无", expected=vocabulary.template_version
            )
        )
    return problems


def _period(identity: TemplateIdentity) -> str:
    quarter = {"1": "一", "2": "二", "3": "三", "4": "四"}.get(identity.quarter, identity.quarter)
    return f"{identity.year}年{quarter}季度"

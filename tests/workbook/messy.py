"""Valid returns as people make them: the same figures in the many shapes that offices give them.

Each maker returns a file of the worked example of ``sowing-2025`` or of a half year of ``clusters-2023`` and
knows the figures that it must give. They follow habits seen in real returns and not the reader's rules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from returns.workbook.types import Vocabulary
from tests.workbook.builders import (
    CLUSTER_AREAS,
    DISTRICTS,
    SOWING_TARGETS,
    WORKED_EXAMPLE,
    clusters,
    sheet_bytes,
    sowing,
    worked_values,
)

Figures = dict[tuple[str, str], Decimal]
Rows = list[list[object]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A file, the vocabulary it is read with and the figures it must give."""

    data: bytes
    vocabulary: Vocabulary
    figures: Figures
    filename: str = "附件2-进展表-终稿(2).xlsx"


MAKERS: list[Callable[[], Case]] = []


def valid(maker: Callable[[], Case]) -> Callable[[], Case]:
    """Register a maker; its docstring says the habit."""
    MAKERS.append(maker)
    return maker


def figures_of(organisation: str) -> list[object]:
    return list(WORKED_EXAMPLE[organisation])


def targets_of(organisation: str) -> list[object]:
    return list(SOWING_TARGETS[organisation])


def sowing_case(rows: Rows, figures: Figures | None = None, **options: object) -> Case:
    return Case(
        data=sheet_bytes(rows, **options),
        vocabulary=sowing(),
        figures=worked_values() if figures is None else figures,
    )


def district(code: str) -> Figures:
    return {place: value for place, value in worked_values().items() if place[1] == code}


def interleave(*lists: list[object]) -> list[object]:
    return [value for group in zip(*lists, strict=True) for value in group]


CITY_SUMS = (18, 17, 513, 179, 727)
CITY = {(f"S{position + 1}", "huzhou"): Decimal(number) for position, number in enumerate(CITY_SUMS)}
AREA_NAMES = [term.name for term in DISTRICTS]
CODES = [term.code for term in DISTRICTS]

# figures of a half year of clusters-2023, in the documents' order of districts and the city last
K_FIGURES: dict[str, list[str]] = {
    "C1": ["1.1", "0.9", "1.2", "1.3", "0.8", "1", "1.1"],
    "C3": ["6.5", "7.1", "8.2", "8", "-0.5", "9", "6.9"],
    "C4": ["11", "12.5", "13", "9.8", "12", "15.2", "12.1"],
    "C6": ["25", "16.2", "19", "18.8", "19.5", "17", "18.9"],
    "C12": ["18.1", "19.9", "20.5", "21", "10.9", "21.4", "18.6"],
    "C17": ["800", "900", "1100", "1000", "950", "200", "4950"],
    "C21": ["80", "120", "130", "125", "110", "20", "585"],
    "C22": ["2", "1.8", "1", "1.7", "1.1", "0.05", "7.65"],
}
K_NAMES = {
    "C1": "湖州市八大新兴产业链营业收入占比提高(个百分点)",
    "C3": "规上工业增加值增长(%)",
    "C4": "制造业投资增长(%)",
    "C6": "规上工业亩均税收(万元/亩)",
    "C12": "每万人口高价值发明专利拥有量(件)",
    "C17": "高耗低效整治腾出用地面积（亩）",
    "C21": "高耗低效整治企业数（家）",
    "C22": "高耗低效整治腾出能耗空间\n（万吨标煤）",
    "C16": "单位 GDP 能耗下降率（%）",
}
K_AREAS = ["吴兴", "南浔", "德清", "长兴", "安吉", "南太湖新区", "全市"]


def cluster_figures(codes: list[str] | None = None, *, city_only: bool = False) -> Figures:
    return {
        (code, area): Decimal(text)
        for code, row in K_FIGURES.items()
        for area, text in zip(CLUSTER_AREAS, row, strict=True)
        if (codes is None or code in codes) and (not city_only or area == "huzhou")
    }


def numbers(texts: list[str]) -> list[object]:
    return [float(text) if "." in text else int(text) for text in texts]


def cluster_rows() -> Rows:
    return [[K_NAMES[code], *numbers(row), "市经信局"] for code, row in K_FIGURES.items()]


def city_number(code: str) -> object:
    return numbers(K_FIGURES[code])[-1]


def cluster_case(rows: Rows, figures: Figures | None = None, **options: object) -> Case:
    return Case(
        data=sheet_bytes(rows, **options),
        vocabulary=clusters(),
        figures=cluster_figures() if figures is None else figures,
    )


def letters(column: int) -> str:
    return chr(64 + column) if column <= 26 else f"A{chr(64 + column - 26)}"

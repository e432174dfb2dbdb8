"""Workbooks and vocabularies for the reader's tests: small literal copies of the real tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook

from returns.workbook.grid import Limits
from returns.workbook.interpret import WorkbookReader
from returns.workbook.types import (
    IndicatorTerm,
    OrganisationTerm,
    PlaceTerm,
    ReadResult,
    Vocabulary,
)
from returns.workbook.xlsx import read_xlsx

CITY = OrganisationTerm(code="huzhou", name="全市", names=("湖州市",), kind="city")
DISTRICTS = (
    OrganisationTerm(code="wuxing", name="吴兴区", names=("吴兴",)),
    OrganisationTerm(code="nanxun", name="南浔区", names=("南浔",)),
    OrganisationTerm(code="deqing", name="德清县", names=("德清",)),
    OrganisationTerm(code="changxing", name="长兴县", names=("长兴",)),
    OrganisationTerm(code="anji", name="安吉县", names=("安吉",)),
    OrganisationTerm(code="nantaihu", name="南太湖新区", names=("南太湖",), kind="zone"),
    OrganisationTerm(code="changhe", name="长合区", names=("长三角（湖州）产业合作区",), kind="zone"),
)
DEPARTMENTS = (
    OrganisationTerm(
        code="jxj", name="市经信局", names=("经信局", "湖州市经济和信息化局"), kind="department"
    ),
    OrganisationTerm(code="kjj", name="市科技局", names=("科技局",), kind="department"),
    OrganisationTerm(code="rlsb", name="市人力社保局", names=("市人社保局",), kind="department"),
)
ORGANISATIONS = (CITY, *DISTRICTS, *DEPARTMENTS)
CODES = tuple(term.code for term in DISTRICTS)

SOWING_INDICATORS = (
    IndicatorTerm(code="S1", name="科技型产业园（专业园）", unit="个", decimals=0),
    IndicatorTerm(
        code="S2",
        name="省级专精特新园区（含高星级小微企业园）",
        names=("专精特新园区",),
        unit="个",
        decimals=0,
        kind="stock",
    ),
    IndicatorTerm(code="S3", name="引进培育创新型小微企业", names=("创新型小微企业",), unit="家", decimals=0),
    IndicatorTerm(
        code="S4",
        name="其中：未来产业领域内企业（不少于1/3）",
        names=("未来产业领域内企业", "未来产业企业"),
        unit="家",
        decimals=0,
        parent="S3",
        min_share=(1, 3),
    ),
    IndicatorTerm(
        code="S5", name="省级以上专精特新企业", names=("专精特新企业",), unit="家", decimals=0, kind="stock"
    ),
)
SOWING_TARGETS: dict[str, tuple[int, ...]] = {
    "wuxing": (12, 12, 160, 55, 160),
    "nanxun": (6, 1, 160, 55, 140),
    "deqing": (8, 2, 200, 70, 220),
    "changxing": (4, 3, 200, 70, 220),
    "anji": (3, 0, 200, 70, 135),
    "nantaihu": (1, 0, 50, 20, 70),
    "changhe": (1, 0, 30, 10, 35),
    "huzhou": (35, 18, 1000, 350, 980),
}
WORKED_EXAMPLE: dict[str, tuple[int | None, ...]] = {
    "wuxing": (7, 11, 88, 29, 152),
    "nanxun": (3, 1, 76, 25, 133),
    "deqing": (4, 2, 104, 41, 211),
    "changxing": (1, 3, 95, 30, None),
    "anji": (2, 0, 110, 40, 128),
    "nantaihu": (1, 0, 25, 9, 70),
    "changhe": (0, 0, 15, 5, 33),
}
SOWING_HEADERS = (
    "科技型产业园（专业园）（个）",
    "省级专精特新园区（含高星级小微企业园）（个）",
    "引进培育创新型小微企业（家）",
    "其中：未来产业领域内企业（不少于1/3）",
    "省级以上专精特新企业（家）",
)


def places(
    targets: Mapping[str, Mapping[str, str]], *, units: Mapping[str, str] | None = None
) -> dict[tuple[str, str], PlaceTerm]:
    """Places from indicator -> organisation -> target text; ``/`` is not assessed."""
    made: dict[tuple[str, str], PlaceTerm] = {}
    for indicator, row in targets.items():
        for organisation, text in row.items():
            number = text if text.replace(".", "", 1).isdigit() else None
            made[indicator, organisation] = PlaceTerm(
                indicator=indicator,
                organisation=organisation,
                assessed=text != "/",
                target_text=text,
                target_value=Decimal(number) if number else None,
                target_unit=(units or {}).get(f"{indicator}@{organisation}", ""),
            )
    return made


def sowing(*, quarter: int = 2, year: int = 2025, **changes: object) -> Vocabulary:
    """The vocabulary of sowing-2025 for somebody who may report every place."""
    targets = {
        term.code: {code: str(row[position]) for code, row in SOWING_TARGETS.items()}
        for position, term in enumerate(SOWING_INDICATORS)
    }
    vocabulary = Vocabulary(
        plan_code="sowing-2025",
        plan_titles=("湖州市创新型小微企业“播种计划”行动方案", "播种计划", "湖政办发〔2025〕9号"),
        other_plan_titles=("八大新兴产业链", "先进制造业集群培育工程", "湖政办发〔2023〕22号"),
        year=year,
        quarter=quarter,
        template_version="1",
        indicators=SOWING_INDICATORS,
        organisations=ORGANISATIONS,
        places=places(targets),
    )
    return replace(vocabulary, **changes)  # type: ignore[arg-type]


CLUSTER_INDICATORS = (
    IndicatorTerm(
        code="C1", name="湖州市八大新兴产业链营业收入占比提高", unit="个百分点", kind="rate", additive=False
    ),
    IndicatorTerm(code="C3", name="规上工业增加值增长", unit="%", kind="rate", additive=False),
    IndicatorTerm(code="C4", name="制造业投资增长", unit="%", kind="rate", additive=False),
    IndicatorTerm(code="C6", name="规上工业亩均税收", unit="万元/亩", kind="rate", additive=False),
    IndicatorTerm(code="C12", name="每万人口高价值发明专利拥有量", unit="件", kind="stock", additive=False),
    IndicatorTerm(code="C14", name="新增“浙江制造”标准", names=("“浙江制造”标准",), unit="项", decimals=0),
    IndicatorTerm(
        code="C17", name="腾出用地面积", names=("高耗低效整治腾出用地面积",), unit="亩", decimals=2
    ),
    IndicatorTerm(
        code="C21", name="整治提升高耗低效企业", names=("高耗低效整治企业数",), unit="家", decimals=0
    ),
    IndicatorTerm(code="C22", name="高耗低效整治腾出能耗空间", unit="万吨标煤"),
    IndicatorTerm(code="C16", name="单位GDP能耗下降率", unit="%", kind="rate", additive=False),
    IndicatorTerm(code="C51", name="新增省级服务型制造企业（平台）", unit="家（个）", decimals=0),
    IndicatorTerm(
        code="C81", name="全市出让土地总量中工业用地比例不低于", unit="%", kind="rate", additive=False
    ),
)
CLUSTER_ROWS: dict[str, tuple[str, ...]] = {
    "C1": ("1.5",) * 7,
    "C3": ("7", "7", "8", "8.5", "5", "12", "高于 GDP 增速 1 个百分点"),
    "C4": ("12",) * 7,
    "C6": ("48", "30", "37", "37", "37", "36", "37"),
    "C12": ("18.56", "20.87", "21.57", "21.97", "11.32", "22.03", "19"),
    "C17": ("1500", "2000", "2000", "2000", "2000", "500", "1"),
    "C21": ("150", "250", "250", "250", "250", "50", "1200"),
    "C22": ("4", "3.5", "2", "3.5", "2", "0.1", "15"),
    "C16": ("4.5（含南太湖新区）", "4.8", "5.2", "7.6", "6.3", "/", "完成省定目标"),
}
CLUSTER_AREAS = ("wuxing", "nanxun", "deqing", "changxing", "anji", "nantaihu", "huzhou")


def clusters(*, quarter: int = 2, **changes: object) -> Vocabulary:
    """The vocabulary of clusters-2023 for somebody who may report every place."""
    targets = {code: dict(zip(CLUSTER_AREAS, row, strict=True)) for code, row in CLUSTER_ROWS.items()}
    targets |= {"C14": {"huzhou": "25"}, "C51": {"huzhou": "5"}, "C81": {"huzhou": "40"}}
    vocabulary = Vocabulary(
        plan_code="clusters-2023",
        plan_titles=("八大新兴产业链", "先进制造业集群培育工程", "2023年目标体系表", "湖政办发〔2023〕22号"),
        other_plan_titles=("播种计划", "湖政办发〔2025〕9号"),
        year=2023,
        quarter=quarter,
        template_version="1",
        indicators=CLUSTER_INDICATORS,
        organisations=ORGANISATIONS,
        places=places(targets, units={"C17@huzhou": "万亩"}),
    )
    return replace(vocabulary, **changes)  # type: ignore[arg-type]


def own_only(vocabulary: Vocabulary, organisation: str) -> Vocabulary:
    """The same vocabulary for a district that may report its own places only."""
    return replace(
        vocabulary,
        default_organisation=organisation,
        places={
            key: replace(place, may_report=key[1] == organisation) for key, place in vocabulary.places.items()
        },
    )


Row = Sequence[object]


@dataclass(kw_only=True)
class Page:
    """One sheet to be written: rows of cells (None is blank), merged ranges, number formats by cell name."""

    rows: Iterable[Row]
    title: str = "Sheet1"
    merged: Sequence[str] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[str] = ()
    hidden: bool = False


def workbook_bytes(*pages: Page) -> bytes:
    """An .xlsx file with these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for page in pages:
        sheet = book.create_sheet(page.title)
        for row in page.rows:
            sheet.append(list(row))
        for name, code in page.formats.items():
            sheet[name].number_format = code
        for area in page.merged:
            sheet.merge_cells(area)
        for row_number in page.hidden_rows:
            sheet.row_dimensions[row_number].hidden = True
        for letters in page.hidden_columns:
            sheet.column_dimensions[letters].hidden = True
        if page.hidden:
            sheet.sheet_state = "hidden"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet_bytes(rows: Iterable[Row], **options: object) -> bytes:
    """An .xlsx file with one sheet."""
    return workbook_bytes(Page(rows=rows, **options))  # type: ignore[arg-type]


def read(data: bytes, vocabulary: Vocabulary, *, limits: Limits | None = None) -> ReadResult:
    """Read .xlsx bytes in this process."""
    return WorkbookReader(vocabulary).read(read_xlsx(data, limits or Limits()))


def read_rows(rows: Iterable[Row], vocabulary: Vocabulary, **options: object) -> ReadResult:
    """Write one sheet and read it back."""
    return read(sheet_bytes(rows, **options), vocabulary)


def values(result: ReadResult) -> dict[tuple[str, str], Decimal]:
    """Figures as place -> value."""
    return {(row.indicator, row.organisation): row.value for row in result.figures}


def errors(result: ReadResult) -> list[tuple[str, str | None]]:
    """Errors as (code, cell)."""
    return [(problem.code, problem.cell) for problem in result.errors]


def warnings(result: ReadResult) -> list[tuple[str, str | None]]:
    """Warnings as (code, cell)."""
    return [(problem.code, problem.cell) for problem in result.warnings]


def worked_values() -> dict[tuple[str, str], Decimal]:
    """The worked example's figures as place -> value."""
    return {
        (SOWING_INDICATORS[position].code, organisation): Decimal(number)
        for organisation, row in WORKED_EXAMPLE.items()
        for position, number in enumerate(row)
        if number is not None
    }

"""The transcribed documents: every sum they allow, every unit they name, every text they use."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from districts.names import fold_name
from indicators.target_text import parse_target_text, unit_factor
from tests.reference.documents import (
    CITY_OF,
    DISTRICTS,
    PLANS,
    ROOT,
    content,
    organisations_by_name,
    rows,
    total,
    values,
)

FLOWS = ("industry-parks", "innovative-enterprises", "future-enterprises")
STOCKS = ("specialised-parks", "specialised-enterprises")


def sum_mismatches() -> list[tuple[str, str, Decimal, Decimal]]:
    """(place, indicator, sum, printed) wherever a sum that a table allows differs from what it prints."""
    found: list[tuple[str, str, Decimal, Decimal]] = []

    def compare(place: str, indicator: str, summed: Decimal, printed: Decimal) -> None:
        if summed != printed:
            found.append((place, indicator, summed, printed))

    for year in ("2025", "2026", "2027"):
        for indicator in FLOWS + STOCKS:
            cells = values("sowing-2025", indicator=indicator, year=year)
            compare(
                f"附件1 {year}",
                indicator,
                sum((cells[code] for code in DISTRICTS), Decimal(0)),
                cells["huzhou"],
            )
    for indicator in FLOWS:
        for code in (*DISTRICTS, "huzhou"):
            years = [
                values("sowing-2025", indicator=indicator, year=year)[code]
                for year in ("2025", "2026", "2027")
            ]
            compare(
                f"附件1 {code}",
                indicator,
                sum(years, Decimal(0)),
                Decimal(total("sowing-2025", indicator, code)),
            )
    additive = {
        entry["code"]: entry["additive"]
        for entry in content("plans", "clusters-2023", "indicators.yaml")["indicators"]
    }
    for indicator in sorted({row["indicator"] for row in rows("clusters-2023", "targets.csv")}):
        cells = values("clusters-2023", indicator=indicator, table="annex-1-districts")
        city = cells.pop("huzhou", None)
        if additive[indicator] and city is not None:
            compare("附1", indicator, sum(cells.values(), Decimal(0)), city)
    return found


def test_exactly_one_sum_of_the_documents_does_not_match() -> None:
    assert sum_mismatches() == [("附1", "vacated-energy", Decimal("15.1"), Decimal(15))]


def test_tables_are_complete() -> None:
    counted = Counter((plan, row["table"]) for plan in PLANS for row in rows(plan, "targets.csv"))

    assert counted == {
        ("sowing-2025", "annex-1"): 7 * 3 * 5 + 3 * 5,
        ("clusters-2023", "annex-2-targets"): 83,
        ("clusters-2023", "annex-1-districts"): 16 * 7,
    }
    assert len(rows("sowing-2025", "totals.csv")) == 8 * 5
    assert [len(rows(plan, "text_targets.csv")) for plan in PLANS] == [193, 15, 7]


def test_stocks_are_not_added_over_years() -> None:
    dashes = {
        (indicator, code): total("sowing-2025", indicator, code)
        for indicator in STOCKS
        for code in (*DISTRICTS, "huzhou")
    }

    assert set(dashes.values()) == {"-"}


def test_stock_targets_never_fall_from_year_to_year() -> None:
    falls = [
        (indicator, code)
        for indicator in STOCKS
        for code in (*DISTRICTS, "huzhou")
        for earlier, later in (("2025", "2026"), ("2026", "2027"))
        if values("sowing-2025", indicator=indicator, year=later)[code]
        < values("sowing-2025", indicator=indicator, year=earlier)[code]
    ]

    assert falls == []


def test_future_industry_targets_hold_a_third_everywhere() -> None:
    shares = {
        Fraction(int(future[code]), int(every[code]))
        for year in ("2025", "2026", "2027")
        for future, every in [
            (
                values("sowing-2025", indicator="future-enterprises", year=year),
                values("sowing-2025", indicator="innovative-enterprises", year=year),
            )
        ]
        for code in future
    }

    assert min(shares) == Fraction(1, 3)


def test_headline_of_the_sowing_plan_agrees_with_its_table() -> None:
    headline = {
        (row["indicator"], row["horizon"]): (row["comparator"], row["value"], row["fraction"])
        for row in rows("sowing-2025", "text_targets.csv")
        if row["indicator"]
    }

    assert headline == {
        ("industry-parks", "plan_end"): ("ge", "100", ""),
        ("specialised-parks", "plan_end"): ("ge", "30", ""),
        ("innovative-enterprises", "each_year"): ("ge", "1000", ""),
        ("innovative-enterprises", "plan_end"): ("ge", "3000", ""),
        ("future-enterprises", "each_year"): ("ge", "", "1/3"),
        ("specialised-enterprises", "plan_end"): ("gt", "1200", ""),
    }
    assert total("sowing-2025", "industry-parks", "huzhou") == "102"
    assert total("sowing-2025", "innovative-enterprises", "huzhou") == "3000"
    assert values("sowing-2025", indicator="specialised-parks", year="2027")["huzhou"] == 30
    assert values("sowing-2025", indicator="specialised-enterprises", year="2027")["huzhou"] == 1240


def test_vacated_land_is_the_same_in_both_units() -> None:
    (stated,) = [
        row
        for row in rows("clusters-2023", "targets.csv")
        if (row["indicator"], row["table"]) == ("vacated-land", "annex-2-targets")
    ]
    decomposed = values("clusters-2023", indicator="vacated-land", table="annex-1-districts")
    factor = unit_factor(unit=stated["unit"], wanted="亩")

    assert (stated["text"], stated["unit"], factor) == ("1", "万亩", Decimal(10000))
    assert factor is not None
    assert Decimal(stated["value"]) * factor == decomposed["huzhou"] == Decimal(10000)


def test_both_tables_of_2023_differ_only_where_the_document_does() -> None:
    cells = {
        (row["table"], row["indicator"]): row["text"]
        for row in rows("clusters-2023", "targets.csv")
        if row["organisation"] == "huzhou"
    }
    shared = {indicator for table, indicator in cells if table == "annex-1-districts"} & {
        indicator for table, indicator in cells if table == "annex-2-targets"
    }
    different = {
        indicator: (cells["annex-1-districts", indicator], cells["annex-2-targets", indicator])
        for indicator in shared
        if cells["annex-1-districts", indicator] != cells["annex-2-targets", indicator]
    }

    assert len(shared) == 15
    assert different == {
        "industrial-growth": ("7", "高于 GDP 增速 1 个百分点"),
        "zhejiang-made-standards": ("待省下达任务指标后再分解", "25"),
        "zhejiang-made-certified": ("待省下达任务指标后再分解", "30"),
        "vacated-land": ("10000", "1"),
    }


def test_one_city_target_of_each_indicator_scores() -> None:
    scored = Counter(
        row["indicator"]
        for row in rows("clusters-2023", "targets.csv")
        if row["organisation"] == "huzhou" and row["scored"] == "true"
    )

    assert len(scored) == 84
    assert set(scored.values()) == {1}


def test_rows_of_the_target_table_are_numbered_without_gaps_by_category() -> None:
    entries = content("plans", "clusters-2023", "indicators.yaml")["indicators"]

    assert [entry["order"] for entry in entries] == list(range(1, 85))
    assert list(Counter(entry["category"] for entry in entries[:83]).items()) == [
        ("牵引性目标", 16),
        ("空间腾换行动", 5),
        ("招大做强行动", 19),
        ("企业优强行动", 14),
        ("品质提升行动", 9),
        ("数字赋能行动", 6),
        ("创新强工行动", 10),
        ("强化要素保障", 4),
    ]


def test_departments_lead_as_many_rows_as_the_document_says() -> None:
    entries = content("plans", "clusters-2023", "indicators.yaml")["indicators"]

    assert Counter(entry["lead"] for entry in entries[:83]) == {
        "jxj": 35,
        "kjj": 13,
        "fgw": 13,
        "scjgj": 9,
        "jrb": 6,
        "swj": 3,
        "mch": 1,
        "zrzy": 1,
        "rcb": 1,
        "rlsb": 1,
    }
    assert (entries[83]["code"], entries[83]["lead"]) == ("vacated-energy", "jxj")


def test_kinds_of_the_2023_targets() -> None:
    kinds = Counter(row["kind"] for row in rows("clusters-2023", "targets.csv"))
    texts = [
        row["text"]
        for row in rows("clusters-2023", "targets.csv")
        if row["table"] == "annex-2-targets" and not re.fullmatch(r"[\d.]+", row["text"])
    ]

    assert kinds == {
        "at_least": 175,
        "pending": 14,
        "provincial": 2,
        "joint": 1,
        "merged": 1,
        "relative": 1,
        "above": 1,
    }
    assert texts == ["2 个以上", "高于 GDP 增速 1 个百分点", "超 40", "完成省定目标"]


def test_parks_add_up() -> None:
    parks = rows("sowing-2025", "parks.csv")

    assert [int(park["number"]) for park in parks] == list(range(1, 36))
    assert sum(Decimal(park["land_mu"]) for park in parks) == Decimal("5239.89")
    assert sum(int(park["enterprises"]) for park in parks) == 2342
    assert sum(Decimal(park["floor_area_m2"] or 0) for park in parks) == Decimal("4335699.68")
    assert [(park["number"], park["floor_area_text"]) for park in parks if not park["floor_area_m2"]] == [
        ("31", "升级中")
    ]


def test_parks_per_district_are_the_targets_of_2025() -> None:
    parks = rows("sowing-2025", "parks.csv")
    counted = Counter(park["district"] for park in parks)
    targets = values("sowing-2025", indicator="industry-parks", year="2025")
    without_district = [(park["number"], park["name"]) for park in parks if not park["district"]]

    assert without_district == [("29", "安通智汇谷-长兴新能源智造产业园")]
    assert {code: targets[code] - counted[code] for code in DISTRICTS} == {
        "wuxing": 0,
        "nanxun": 0,
        "deqing": 0,
        "changxing": 1,
        "anji": 0,
        "nantaihu": 0,
        "changhe": 0,
    }
    assert targets["huzhou"] == len(parks) == 35


def test_what_the_park_list_leaves_blank_stays_blank() -> None:
    parks = rows("sowing-2025", "parks.csv")

    assert [park["number"] for park in parks if not park["operator"]] == [
        "5",
        "12",
        "15",
        "21",
        "22",
        "26",
        "35",
    ]
    assert Counter(park["ownership"] for park in parks) == {"民营": 15, "国有": 17, "其他": 2, "": 1}


@pytest.mark.parametrize("plan", PLANS)
def test_every_table_text_reads_as_it_is_stored(plan: str) -> None:
    units = {entry["code"]: entry for entry in content("plans", plan, "indicators.yaml")["indicators"]}
    names = {
        code: [name for name, codes in organisations_by_name(CITY_OF[plan]).items() if code in codes]
        for code in {row["organisation"] for row in rows(plan, "targets.csv")}
    }
    lines: dict[tuple[str, str], list[str]] = {}
    for row in rows(plan, "targets.csv"):
        lines.setdefault((row["table"], row["row_order"]), []).append(row["text"])

    for row in rows(plan, "targets.csv"):
        parsed = parse_target_text(
            row["text"],
            unit=row["unit"],
            row_texts=lines[row["table"], row["row_order"]],
            organisation_names=names[row["organisation"]],
            lower_is_better=units[row["indicator"]]["direction"] == "lower",
        )

        assert parsed.problem is None
        assert (parsed.kind, parsed.comparator, parsed.value) == (
            row["kind"],
            row["comparator"],
            Decimal(row["value"]) if row["value"] else None,
        ), row


@pytest.mark.parametrize("plan", PLANS)
def test_every_text_target_reads_as_it_is_stored(plan: str) -> None:
    for row in rows(plan, "text_targets.csv"):
        parsed = parse_target_text(row["text"], unit=row["unit"])
        fraction = "/".join(str(part) for part in parsed.fraction or ())

        assert (parsed.kind, parsed.comparator, parsed.value, fraction, parsed.reference) == (
            row["kind"],
            row["comparator"],
            Decimal(row["value"]) if row["value"] else None,
            row["fraction"],
            row["reference"],
        ), row


@pytest.mark.parametrize("plan", PLANS)
def test_text_targets_name_known_things_once(plan: str) -> None:
    codes = {entry["code"] for entry in content("plans", plan, "indicators.yaml")["indicators"]}
    city = {code for found in organisations_by_name(CITY_OF[plan]).values() for code in found}
    targets = rows(plan, "text_targets.csv")
    places = Counter(
        (row["indicator"] or row["measure"], row["organisation"], row["horizon"], row["year"])
        for row in targets
    )

    assert {row["indicator"] for row in targets} - codes <= {""}
    assert {row["organisation"] for row in targets} <= city
    assert {row["lead"] for row in targets if not row["indicator"]} <= city
    assert all(row["measure_kind"] in {"flow", "stock", "rate"} for row in targets if not row["indicator"])
    assert {place for place, times in places.items() if times > 1} == set()


@pytest.mark.parametrize("city", ["huzhou", "jiaxing"])
def test_names_are_unique_within_a_city(city: str) -> None:
    shared = {name: codes for name, codes in organisations_by_name(city).items() if len(codes) > 1}
    orders = [entry["order"] for entry in content(city, "organisations.yaml")["organisations"]]

    assert shared == {}
    assert orders == sorted(set(orders))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("徳清县", "deqing"),
        ("を光区", "wuxing"),
        ("附行区", "nanxun"),
        ("太台区", "changhe"),
        ("常 八 例 初 丘", "nantaihu"),
        ("湖州市吴兴区", "wuxing"),
        ("吴兴", "wuxing"),
        ("吴兴区人民政府", "wuxing"),
        ("南太湖新区管委会", "nantaihu"),
        ("长三角(湖州)产业合作区", "changhe"),
        ("全市累计", "huzhou"),
        ("市人社保局", "rlsb"),
        ("市委组织部〈市委人才办〉", "rcb"),
        ("市委组织部[市委人才办]", "rcb"),
        ("市发改委", "fgw"),
        ("市市场 监管局", "scjgj"),
    ],
)
def test_spellings_of_the_documents_name_one_organisation(written: str, code: str) -> None:
    assert organisations_by_name("huzhou")[fold_name(written)] == {code}


def test_successors_of_reorganised_units() -> None:
    entries = content("huzhou", "organisations.yaml")["organisations"]

    assert {entry["code"]: entry["successor"] for entry in entries if entry.get("successor")} == {
        "jrb": "zfbjr",
        "dsjj": "sjj",
        "ybjj": "jrjg",
    }


@pytest.mark.parametrize("plan", PLANS)
def test_responsible_units_stand_in_the_documents_order(plan: str) -> None:
    names = organisations_by_name(CITY_OF[plan])
    unresolved = []
    for task in content("plans", plan, "tasks.yaml")["tasks"]:
        written = task["responsible_text"].removeprefix("成员单位：")
        if not re.fullmatch(r"[市各湖属].*", written) or "；" in written:
            continue
        parts = re.split(r"[、，](?![^〈]*〉)", written)
        if [names.get(fold_name(part)) for part in parts] != [{code} for code in task["units"]]:
            unresolved.append((task["code"], written))

    # Sentences that name their units in passing (各区县, 专班) instead of in a bracketed list.
    expected = {"sowing-2025": ["support-2"], "clusters-2023": ["mechanism-6"], "jiaxing-2026": []}
    assert [code for code, _ in unresolved] == expected[plan]


def test_tasks_are_complete() -> None:
    counts = {
        plan: Counter(task["part"] for task in content("plans", plan, "tasks.yaml")["tasks"])
        for plan in PLANS
    }

    assert counts == {
        "sowing-2025": {"三、重点任务": 10, "四、保障措施": 3},
        "clusters-2023": {
            "二、主要任务": 23,
            "三、政策措施": 6,
            "附件1 2023年工作要点": 32,
            "附件2 工作专班方案": 14,
        },
        "jiaxing-2026": {"二、重点任务": 13, "三、政策奖励": 4, "四、保障措施": 3},
    }


@pytest.mark.parametrize("plan", PLANS)
def test_indicators_name_known_units_and_unique_wordings(plan: str) -> None:
    city = {code for found in organisations_by_name(CITY_OF[plan]).values() for code in found}
    wordings: dict[str, set[str]] = {}
    for entry in content("plans", plan, "indicators.yaml")["indicators"]:
        for name in (entry["name"], *entry.get("names", [])):
            wordings.setdefault(fold_name(name), set()).add(entry["code"])
        units = {entry["lead"], *entry.get("cooperating", []), entry.get("data_source") or entry["lead"]}

        assert units <= city, entry["code"]
        assert entry["note"], entry["code"]
        assert (entry["kind"] == "rate") != entry["additive"], entry["code"]

    assert {name: codes for name, codes in wordings.items() if len(codes) > 1} == {}


def test_recognitions_in_one_batch_fall_due_in_the_last_quarter() -> None:
    entries = content("plans", "clusters-2023", "indicators.yaml")["indicators"]
    batches = [entry["code"] for entry in entries if entry.get("milestones")]

    assert {"single-champions", "little-giants", "hightech-enterprises"} <= set(batches)
    assert {tuple(entry["milestones"].values()) for entry in entries if entry.get("milestones")} == {
        (0, 0, 0, 1)
    }
    assert len(batches) == 19


def test_no_person_is_named_in_any_file() -> None:
    digests = set(Path(__file__).with_name("person_digests.txt").read_text().split())
    found = []
    for path in sorted(ROOT.rglob("*.*")):
        text = path.read_text(encoding="utf-8")
        for length in (2, 3):
            pieces = {text[start : start + length] for start in range(len(text) - length + 1)}
            found += [
                (path.name, piece)
                for piece in pieces
                if hashlib.sha256(piece.encode()).hexdigest()[:12] in digests
            ]

    assert len(digests) == 65
    assert found == []

"""Reading fixtures/demo: which files there are, what stands in them, who confirms what. Pure."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from indicators.periods import Period

LAYOUTS = ("A", "B", "C", "D", "DB")


class DemoDataError(Exception):
    """A file under fixtures/demo contradicts itself or another; the message names it."""


@dataclass(frozen=True, kw_only=True)
class DemoReturn:
    """One file of the manifest. `file` is relative to fixtures/demo; `account` reports for its own organisation.

    `verified_by` are the accounts that confirm its figures, each those that it may; empty: only handed in.
    """

    plan: str
    period: Period
    account: str
    layout: str
    file: str
    verified_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Narrative:
    """What a return says about one figure."""

    progress: str = ""
    problems: str = ""
    measures: str = ""

    @property
    def texts(self) -> tuple[str, str, str]:
        """进展、问题、举措, in the order of the forms' columns."""
        return self.progress, self.problems, self.measures


@dataclass(frozen=True, kw_only=True)
class DemoReview:
    """An exception in reviewing: another value (None: the reported one) with its reason, or a sending back."""

    reason: str
    value: Decimal | None = None
    sends_back: bool = False


@dataclass(frozen=True, kw_only=True)
class DemoReference:
    """A value of a reference series for one quarter."""

    city: str
    series: str
    period: Period
    value: Decimal
    source: str


Spot = tuple[str, Period, str, str, str]
"""(plan, period, reporter, indicator, organisation): codes."""


@dataclass(frozen=True, kw_only=True)
class DemoData:
    """All of fixtures/demo. A spot that is not in `figures` is not reported."""

    root: Path
    returns: tuple[DemoReturn, ...]
    published: Mapping[str, Period]
    titles: Mapping[str, str]
    figures: Mapping[Spot, Decimal]
    narratives: Mapping[Spot, Narrative]
    reviews: Mapping[Spot, DemoReview]
    references: tuple[DemoReference, ...]
    leaders: Mapping[str, Mapping[str, tuple[str, ...]]]
    """By plan and office: codes of indicators, or `lead/` and the code of an organisation for all that it leads."""

    def path_of(self, entry: DemoReturn) -> Path:
        """Where the file of a manifest entry lies."""
        return self.root / entry.file

    def digest_of(self, entry: DemoReturn) -> str:
        """SHA-256 of the file. Raises DemoDataError when it is not there."""
        try:
            data = self.path_of(entry).read_bytes()
        except FileNotFoundError as error:
            raise DemoDataError(f"没有演示文件 {entry.file}，请运行 write_demo_returns") from error
        return hashlib.sha256(data).hexdigest()

    def figures_of(self, *, plan: str, period: Period, reporter: str) -> dict[tuple[str, str], Decimal]:
        """What one organisation reports, by (indicator, organisation)."""
        return {
            (spot[3], spot[4]): value
            for spot, value in self.figures.items()
            if spot[:3] == (plan, period, reporter)
        }


def read_demo(root: Path) -> DemoData:
    """Read the manifest and the tables beside it. Raises DemoDataError."""
    manifest = yaml.safe_load((root / "manifest.yaml").read_text(encoding="utf-8"))
    returns = tuple(_demo_return(entry) for entry in manifest["returns"])
    plans = sorted({item.plan for item in returns})
    tables = root / "figures"
    figures: dict[Spot, Decimal] = {}
    narratives: dict[Spot, Narrative] = {}
    reviews: dict[Spot, DemoReview] = {}
    for plan in plans:
        figures |= dict(_figures(tables / f"{plan}.csv", plan))
        for row in _rows(tables / f"{plan}.narratives.csv"):
            narratives[_spot(plan, row)] = Narrative(
                progress=row["progress"], problems=row["problems"], measures=row["measures"]
            )
        for row in _rows(tables / f"{plan}.reviews.csv"):
            reviews[_spot(plan, row)] = _review(row)
    _require_consistency(returns, figures, (*narratives, *reviews))
    return DemoData(
        root=root,
        returns=returns,
        published={plan: Period.parse(period) for plan, period in manifest["published"].items()},
        titles=manifest["titles"],
        figures=figures,
        narratives=narratives,
        reviews=reviews,
        references=tuple(_reference(row) for row in _rows(tables / "reference_values.csv")),
        leaders=manifest.get("leaders", {}),
    )


def _require_consistency(
    returns: tuple[DemoReturn, ...], figures: Mapping[Spot, Decimal], said: tuple[Spot, ...]
) -> None:
    """Every figure belongs to a file of the manifest, every narrative and review to a figure."""
    handed_in = {(item.plan, item.period, item.account) for item in returns}
    for plan, period, reporter, indicator, organisation in figures:
        if (plan, period, reporter) not in handed_in:
            raise DemoDataError(f"{plan} {period} {indicator} {organisation}：{reporter} 没有报送文件")
    for plan, period, reporter, indicator, organisation in said:
        if (plan, period, reporter, indicator, organisation) not in figures:
            raise DemoDataError(
                f"{plan} {period} {indicator} {organisation}（{reporter}）没有数值，却有说明或审核"
            )


def _demo_return(entry: dict[str, object]) -> DemoReturn:
    layout = str(entry["layout"])
    if layout not in LAYOUTS:
        raise DemoDataError(f"manifest.yaml：没有表式“{layout}”")
    verified_by = entry["verified_by"]
    if not isinstance(verified_by, list):
        raise DemoDataError(f"manifest.yaml：{entry['file']} 的 verified_by 应为列表")
    return DemoReturn(
        plan=str(entry["plan"]),
        period=Period.parse(str(entry["period"])),
        account=str(entry["account"]),
        layout=layout,
        file=str(entry["file"]),
        verified_by=tuple(str(account) for account in verified_by),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _figures(path: Path, plan: str) -> Iterator[tuple[Spot, Decimal]]:
    """The wide table: a column per period, blank where nothing is reported."""
    for row in _rows(path):
        for heading, text in row.items():
            if heading[:1].isdigit() and text:
                spot = (plan, Period.parse(heading), row["reporter"], row["indicator"], row["organisation"])
                yield spot, Decimal(text)


def _spot(plan: str, row: dict[str, str]) -> Spot:
    return (plan, Period.parse(row["period"]), row["reporter"], row["indicator"], row["organisation"])


def _review(row: dict[str, str]) -> DemoReview:
    if row["act"] not in ("verify", "send_back"):
        raise DemoDataError(f"审核只有 verify 和 send_back，没有“{row['act']}”")
    return DemoReview(
        reason=row["reason"],
        value=Decimal(row["value"]) if row["value"] else None,
        sends_back=row["act"] == "send_back",
    )


def _reference(row: dict[str, str]) -> DemoReference:
    return DemoReference(
        city=row["city"],
        series=row["series"],
        period=Period.parse(row["period"]),
        value=Decimal(row["value"]),
        source=row["source"],
    )

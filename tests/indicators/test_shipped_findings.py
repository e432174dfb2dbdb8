"""Findings of 目标校核 on the shipped plans: exact lists, and explanations that outlive a reload."""

from __future__ import annotations

from collections import Counter

import pytest

from accounts.models import Role
from audit.models import AuditEntry
from huzhou_targets.management.commands.load_reference import load_reference
from indicators.models import IndicatorLink, Plan, TargetFinding
from indicators.services import explain_finding
from tests.factories import UserFactory, grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

State = TargetFinding.State

SOWING = [
    ("headline:industry-parks:huzhou:2027:text-end", "info", "100", "102"),
    ("headline:specialised-parks:huzhou:2027:text-end", "info", "30", "30"),
    ("headline:innovative-enterprises:huzhou:2025:text-each-year", "info", "1000", "1000"),
    ("headline:innovative-enterprises:huzhou:2026:text-each-year", "info", "1000", "1000"),
    ("headline:innovative-enterprises:huzhou:2027:text-each-year", "info", "1000", "1000"),
    ("headline:innovative-enterprises:huzhou:2027:text-end", "info", "3000", "3000"),
    ("headline:future-enterprises:huzhou:2025:text-each-year", "info", None, "10"),
    ("headline:future-enterprises:huzhou:2026:text-each-year", "info", None, "10"),
    ("headline:future-enterprises:huzhou:2027:text-each-year", "info", None, "10"),
    ("headline:specialised-enterprises:huzhou:2027:text-end", "info", "1200", "1240"),
]

CLUSTERS = [
    ("district_sum:vacated-energy:huzhou:2023:annex-1-districts", "problem", "15", "15.1"),
    ("horizon:text-070:huzhou:2027:text-end:labour-productivity", "problem", "28", "29.6"),
    ("two_tables:industrial-growth:huzhou:2023:annex-2-targets:annex-1-districts", "notice", None, "7"),
    (
        "two_tables:zhejiang-made-standards:huzhou:2023:annex-2-targets:annex-1-districts",
        "notice",
        "25",
        None,
    ),
    (
        "two_tables:zhejiang-made-certified:huzhou:2023:annex-2-targets:annex-1-districts",
        "notice",
        "30",
        None,
    ),
    ("horizon:manufacturing-share:huzhou:2027:text-end", "notice", None, "40"),
    ("horizon:tax-per-mu:huzhou:2027:text-end", "notice", None, "37"),
    ("horizon:value-added-per-mu:huzhou:2027:text-end", "notice", None, "197"),
    ("headline:quality-platform:huzhou:2023:text-year", "notice", None, "1"),
    ("headline:research-share:huzhou:2023:text-year", "info", "2.6", "2.6"),
    ("headline:zhejiang-made-certified:huzhou:2023:text-each-year", "info", "30", "30"),
    ("horizon:central-soe-projects:huzhou:2027:text-end", "info", "10", "10"),
    ("headline:renovation-projects:huzhou:2023:text-each-year", "info", "500", "500"),
    ("headline:single-champions:huzhou:2023:text-each-year", "info", "1", "2"),
    ("headline:chain-projects:huzhou:2023:text-each-year", "info", "5", "5"),
    ("headline:quality-methods:huzhou:2023:text-each-year", "info", "1000", "1000"),
    ("headline:export-brands:huzhou:2023:text-each-year", "info", "4", "4"),
    ("headline:zhejiang-fine-products:huzhou:2023:text-each-year", "info", "15", "15"),
    ("headline:shuangjian-projects:huzhou:2023:text-year", "info", "25", "25"),
    ("headline:shuangjian-projects:huzhou:2023:text-each-year", "info", "25", "25"),
    ("headline:research-projects:huzhou:2023:text-each-year", "info", "100", "100"),
    ("headline:first-products:huzhou:2023:text-each-year", "info", "22", "22"),
    ("horizon:technology-trade:huzhou:2027:text-end", "info", "200", "200"),
    ("horizon:innovation-centres:huzhou:2027:text-end", "info", "1", "1"),
    ("headline:enterprise-research-bodies:huzhou:2023:text-each-year", "info", "200", "200"),
    ("headline:text-049:huzhou:2023:text-each-year:text-156", "info", "1000", "1000"),
    ("headline:text-051:huzhou:2023:text-each-year:text-158", "info", "1000", "1000"),
    ("headline:text-052:huzhou:2023:text-each-year:text-153", "info", "100", "100"),
    ("breakdown:national-standards:huzhou:2023:annex-2-targets:text-162+text-163", "info", "80", "80"),
    ("columns:annex-1-districts:changhe", "info", None, None),
]

AGREED = {
    "sowing-2025": {
        "district_sum": 15,
        "year_total": 43,
        "horizon": 1,
        "share": 24,
        "falling_stock": 16,
        "columns": 7,
    },
    "clusters-2023": {
        "district_sum": 2,
        "rate_range": 10,
        "two_tables": 12,
        "headline": 78,
        "horizon": 17,
        "share": 5,
        "columns": 6,
    },
    "jiaxing-2026": {"share": 2},
}


def test_findings_of_the_shipped_plans_are_exactly_these() -> None:
    found = {
        plan.code: [
            (item.key, item.severity, item.stated["value"], item.against["value"])
            for item in plan.target_findings.order_by("order")
            if item.severity != "agreed"
        ]
        for plan in Plan.objects.all()
    }
    agreed = {
        plan.code: dict(
            Counter(plan.target_findings.filter(severity="agreed").values_list("kind", flat=True))
        )
        for plan in Plan.objects.all()
    }

    assert found == {"sowing-2025": SOWING, "clusters-2023": CLUSTERS, "jiaxing-2026": []}
    assert agreed == AGREED


def test_ten_thousand_mu_in_two_units_are_listed_as_checked() -> None:
    item = TargetFinding.objects.get(key__startswith="two_tables:vacated-land:")

    assert (item.severity, item.state) == ("agreed", State.AGREED)
    assert {name: item.stated[name] for name in ("annex", "row", "column", "text", "unit")} == {
        "annex": "附件1 附2",
        "row": "17 腾出用地面积（万亩）",
        "column": "2023年目标值",
        "text": "1",
        "unit": "万亩",
    }
    assert {name: item.against[name] for name in ("annex", "row", "column", "text", "unit")} == {
        "annex": "附件1 附1",
        "row": "高耗低效整治腾出用地面积（亩）",
        "column": "全市",
        "text": "10000",
        "unit": "亩",
    }


def test_links_of_the_shipped_plans_are_loaded_once() -> None:
    load_reference()

    counts = Counter(IndicatorLink.objects.values_list("plan__code", "relation"))
    assert counts == {
        ("clusters-2023", "same"): 5,
        ("clusters-2023", "part"): 2,
        ("clusters-2023", "within"): 5,
        ("clusters-2023", "addition"): 9,
        ("jiaxing-2026", "within"): 2,
    }


def test_explanation_survives_a_reload_of_the_reference_data() -> None:
    plan = Plan.objects.get(code="clusters-2023")
    owner = UserFactory.create(username="owner", organisation=plan.owner)
    grant(owner, Role.OWNER)
    finding = TargetFinding.objects.get(key=CLUSTERS[0][0])
    explain_finding(actor=owner, finding=finding, reason="文件四舍五入")

    load_reference()

    finding.refresh_from_db()
    assert (finding.state, finding.explanation, finding.explained_by) == (
        State.EXPLAINED,
        "文件四舍五入",
        owner,
    )
    assert AuditEntry.objects.filter(verb="targets.checked").count() == 3

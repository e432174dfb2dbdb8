"""The one vocabulary of problem codes that programs may rely on, and the page of the documentation about it.

The reader's and the checks' codes are in returns.workbook.guidance.KINDS, with their words; here are those that
services, boards and the API add. A test finds every code in the sources and compares.
"""

from __future__ import annotations

from returns.workbook.cross_checks import CROSS_CHECKS
from returns.workbook.guidance import KINDS

SERVICE_CODES: dict[str, tuple[str, str]] = {
    "cycle_closed": ("error", "报告期已截止或冻结，这份填报不能入库"),
    "unknown_place": ("error", "没有这个指标或单位"),
    "foreign_place": ("error", "这一项不由本单位填报"),
    "narrative_without_figure": ("error", "写了进展、问题或举措，但没有完成值"),
    "evidence_refused": ("error", "佐证文件的类型、大小、个数或内容不合要求"),
    "blank_keeps": ("error", "已报送或核定的数不能改成空白；撤回须写明理由"),
    "scan_missing": ("error", "本方案要求先有签字盖章的报送单扫描件，才能核定"),
    "reason_needed": ("error", "核定数与填报数不同、累计数减少或退回，须写明理由"),
    "own_figure": ("error", "审核和核定的账号不能办理自己填报过的数、说明或佐证；部门对区县的核定数除外"),
    "not_verified": ("warning", "已入库，但本账号不能核定它"),
    "wrong_state": ("error", "所处状态不允许这样做"),
}
BOARD_CODES: dict[str, tuple[str, str]] = {
    "no_board": ("error", "文件里没有这种榜"),
    "several_boards": ("error", "文件里不止一张这种榜"),
    "no_rows": ("error", "榜上没有参评单位"),
    "missing_column": ("error", "缺少必需的列"),
    "same_column_twice": ("error", "两列是同一内容"),
    "unknown_column": ("error", "列名认不出，而列里有数"),
    "missing_unit": ("error", "有分数或名次，没有单位"),
    "unknown_unit": ("error", "单位认不出"),
    "unit_not_ranked": ("error", "这个单位不在这张榜上排名"),
    "unit_twice": ("error", "同一单位出现两次"),
    "bad_rank": ("error", "名次不是从 1 开始的整数"),
    "half_filled": ("error", "有名次没有总分，或有总分没有名次"),
    "rank_and_total": ("info", "名次与总分的顺序不一致，照原表封存"),
    "rounded": ("info", "原表的数四舍五入后封存"),
    "absent": ("info", "榜上没有的单位"),
}
API_CODES: dict[str, tuple[str, str]] = {
    "not_found": ("error", "没有这个方案、报告期或单位，或本账号不能查看（404）"),
    "wrong_state": ("error", "所处状态不允许这样做（409）"),
    "permission_denied": ("error", "本账号没有这项权限（403）"),
    "page_expired": ("error", "网页已过期（可能在别的窗口重新登录过），请刷新后再办（403）"),
    "comment_refused": ("error", "批注是空的或太长，没有保存（400）"),
    "evidence_refused": ("error", "佐证文件不合要求，一个也没有保存；逐项见 problems（400）"),
    "figures_refused": ("error", "数值有错误，一个也没有保存；逐项见 problems（400）"),
}


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def all_codes() -> set[str]:
    """Every code that a problem or a refusal of the API may bear."""
    return set(KINDS) | set(SERVICE_CODES) | set(BOARD_CODES) | set(API_CODES)


def as_markdown() -> str:
    """The page docs/problem-codes.md."""
    lines = [
        "# Problem codes",
        "",
        "Every problem of a file, a form or a request has a code; it stays, its Chinese words may be improved. With a problem of",
        "level `error` nothing of a file is stored; a `warning` goes with the figure to the reviewer; an `info` is told only.",
        "`python manage.py write_problem_codes` writes this page from the tables in the code.",
        "",
        "## Reading and checking a return",
        "",
        "| code | level | what | remedy |",
        "|---|---|---|---|",
    ]
    gaps = _Gaps()
    lines += [
        f"| `{code}` | {kind.level} | {kind.what.format_map(gaps)} | {kind.remedy.format_map(gaps)} |"
        for code, kind in KINDS.items()
    ]
    lines += [
        "",
        "## Checks by name",
        "",
        "| check | name | codes | can be switched off |",
        "|---|---|---|---|",
    ]
    for check in CROSS_CHECKS:
        codes = " ".join(f"`{code}`" for code in check.problem_codes)
        lines.append(
            f"| `{check.code}` | {check.name} | {codes} | {'yes' if check.is_switchable else 'no'} |"
        )
    for title, table in (
        ("Services", SERVICE_CODES),
        ("Boards made in a spreadsheet", BOARD_CODES),
        ("The API's envelope", API_CODES),
    ):
        lines += ["", f"## {title}", "", "| code | level | what |", "|---|---|---|"]
        lines += [f"| `{code}` | {level} | {words} |" for code, (level, words) in table.items()]
    return "\n".join(lines) + "\n"

"""docs/使用手册.md as a page of the site: one text for readers of the repository and of the application."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import markdown
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown.extensions.toc import slugify_unicode

MANUAL = settings.BASE_DIR / "docs" / "使用手册.md"
PICTURES = settings.BASE_DIR / "docs" / "screenshots"
PICTURE_SIZE = (1366, 768)
"""Width and height of the manual's pictures: one screenful of an office screen."""
_PICTURE = re.compile(r"!\[[^\]]*\]\(screenshots/([\w-]+)\.jpg\)")
_SOURCE = re.compile(r'src="screenshots/([\w-]+\.jpg)"')
_TABLE = re.compile(r"<table>")
SECTIONS = {
    "sign_in": "登录和页面",
    "password": "登录和页面",
    "second_factor": "登录和页面",
    "second_factor_setup": "登录和页面",
    "session_list": "登录和页面",
    "home": "待办和提醒",
    "worklist": "待办和提醒",
    "notice_list": "待办和提醒",
    "plan_list": "方案、指标和园区",
    "plan": "方案、指标和园区",
    "target_table": "方案、指标和园区",
    "task_list": "方案、指标和园区",
    "indicator_list": "方案、指标和园区",
    "park_list": "方案、指标和园区",
    "park_comparison": "方案、指标和园区",
    "park": "方案、指标和园区",
    "return_list": "填报员",
    "return_form": "在网页填报",
    "return_submit": "核对报送",
    "submission_list": "报送单",
    "submission": "报送单",
    "upload_return": "上传 Excel",
    "upload_list": "上传 Excel",
    "upload": "上传 Excel",
    "upload_batch": "上传 Excel",
    "upload_cell": "上传 Excel",
    "figure": "佐证材料和批注",
    "figure_comment": "佐证材料和批注",
    "figure_withdraw": "在网页填报",
    "figure_evidence": "佐证材料和批注",
    "board_entry": "看本单位的得分",
    "why": "看本单位的得分",
    "objection_form": "申诉",
    "objection_list": "申诉",
    "objection": "申诉",
    "unit_review_list": "单位审核",
    "unit_review": "单位审核",
    "review_list": "核定单位",
    "review_cycle": "核定单位",
    "cycle": "管理一期",
    "adjustment_list": "管理一期",
    "job_list": "管理一期",
    "check_list": "管理一期",
    "unit_review_setting": "要求单位审核",
    "calendar": "报送日历",
    "cycle_dates": "报送日历",
    "late_list": "报送进度与催报",
    "scheme_list": "计分办法",
    "scheme": "计分办法",
    "new_scheme_version": "计分办法",
    "what_if": "计分办法",
    "target_checks": "目标校核",
    "bulletin_list": "通报、简报和一区一单",
    "bulletin": "通报、简报和一区一单",
    "wording": "通报、简报和一区一单",
    "leaders": "领导分工",
    "board_history": "历史榜和并行核对",
    "board_import": "历史榜和并行核对",
    "board_comparison": "历史榜和并行核对",
    "overview": "一屏总览",
    "picture_lights": "图",
    "picture_trend": "图",
    "picture_ranks": "图",
    "picture_projection": "图",
    "screen": "大屏",
    "all_boards": "晾晒榜",
    "board": "晾晒榜",
    "year_result": "晾晒榜",
    "rollup": "晾晒榜",
    "grant_list": "安全管理员",
    "trail": "审计管理员",
}
"""The manual's heading for each page, by the name of its address; the site for accounts has its own (admin)."""
ADMIN_SECTION = "系统管理员"


@dataclass(frozen=True, kw_only=True)
class Manual:
    """The manual as HTML, and its contents list."""

    body: SafeString
    contents: SafeString


def picture_names() -> list[str]:
    """The pages of the tour whose screenshots the manual shows, in order."""
    return list(dict.fromkeys(_PICTURE.findall(MANUAL.read_text(encoding="utf-8"))))


def section_anchor(heading: str) -> str:
    """The anchor of a heading of the manual."""
    return slugify_unicode(heading, "-")


def help_address(address_name: str) -> str:
    """Where the manual explains a page, by its address' name (`admin:…` for accounts); the help where it does not."""
    heading = ADMIN_SECTION if address_name.startswith("admin:") else SECTIONS.get(address_name)
    return f"{reverse('manual')}#{section_anchor(heading)}" if heading else reverse("help")


@lru_cache(maxsize=1)
def read_manual() -> Manual:
    """The manual, rendered once per process. The text is the project's own, so its HTML is trusted."""
    renderer = markdown.Markdown(
        extensions=["tables", "toc"],
        extension_configs={"toc": {"toc_depth": "2-3", "slugify": slugify_unicode}},
    )
    body = renderer.convert(MANUAL.read_text(encoding="utf-8"))
    # With its size a picture has its place before it is there, so that only those in sight are loaded at first.
    width, height = PICTURE_SIZE
    size = f'loading="lazy" width="{width}" height="{height}"'
    body = _SOURCE.sub(lambda match: f'{size} src="{static(f"manual/{match[1]}")}"', body)
    body = _TABLE.sub('<table class="grid">', body)
    contents: str = renderer.toc  # type: ignore[attr-defined]
    return Manual(body=mark_safe(body), contents=mark_safe(contents))  # noqa: S308 - our own file

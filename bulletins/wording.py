"""The sentences of a 通报: templates that the office can edit per plan, and composing from them.

Templates are Django's template language without loaders or libraries; their variables are the Chinese
names of `bulletins.facts`. Each line of the result is a paragraph; a line that begins with （一） is
headed by what stands before its first full stop.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template import Context, Engine, TemplateSyntaxError

ENGINE = Engine(autoescape=False, string_if_invalid="")
MOST_CHARACTERS = 8000
TAGS = frozenset({"for", "empty", "endfor", "if", "elif", "else", "endif"})
FILTERS = frozenset({"join", "first", "last", "length", "default"})
_TAG = re.compile(r"\{%\s*(\S+)")
_FILTER = re.compile(r"\|\s*(\w+)")


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section of a document: its key, its heading without number, its template."""

    key: str
    heading: str
    template: str


NOTICE = (
    Section(
        key="overview",
        heading="总体情况",
        template="""\
{% if 数据截至 %}截至{{ 数据截至 }}，{% endif %}{{ 计划 }}{{ 期间 }}共有{{ 单位数 }}个单位参加{{ 榜 }}排名，计分指标{{ 计分项次 }}项次。{% if 计分项次.some %}其中，达到或超过序时进度{{ 达序时项次 }}项次，占{{ 达序时占比 }}；略滞后{{ 略滞后项次 }}项次，滞后{{ 滞后项次 }}项次{% if 未报送项次.some %}（含未报送{{ 未报送项次 }}项次）{% endif %}。{% endif %}
{% for 组 in 各组 %}{% if 组.单位|length == 1 %}{{ 组.名称 }}只有一个单位参评：{% else %}{{ 组.名称 }}得分由高到低依次为：{% endif %}{% for 家 in 组.单位 %}{{ 家.名称 }}{{ 家.总分 }}分{% if 家.变化 %}（{{ 家.变化 }}）{% endif %}{% if not forloop.last %}，{% endif %}{% endfor %}。
{% endfor %}""",
    ),
    Section(
        key="indicators",
        heading="分指标情况",
        template="""\
{% for 项 in 指标 %}{{ 项.序 }}{{ 项.名称 }}。{{ 项.参评 }}个单位计分，{% if not 项.滞后.some %}均达到或超过序时进度{% elif not 项.达序时.some %}均落后于序时进度{% else %}{{ 项.达序时 }}个达到或超过序时进度，{{ 项.滞后 }}个落后于序时进度{% endif %}。{% if 项.最高 %}{% if 项.最低 %}序时达成率最高的是{{ 项.最高.名称 }}（{{ 项.最高.达成率 }}），最低的是{{ 项.最低.名称 }}（{{ 项.最低.达成率 }}）{% else %}{{ 项.最高.名称 }}序时达成率{{ 项.最高.达成率 }}{% endif %}{% if 项.未报 %}；{% else %}。{% endif %}{% endif %}{% if 项.未报 %}{{ 项.未报 }}未报送。{% endif %}
{% endfor %}""",
    ),
    Section(
        key="lists",
        heading="红榜和黑榜",
        template="""\
（一）红榜。{% if 红榜 %}{{ 红榜条件 }}的：{% for 家 in 红榜 %}{{ 家.名称 }}{{ 家.项数 }}项，为{{ 家.指标 }}{% if not forloop.last %}；{% endif %}{% endfor %}。{% else %}本期没有{{ 红榜条件 }}的单位。{% endif %}
（二）黑榜。{% if 黑榜 %}{{ 黑榜条件 }}的：{% for 家 in 黑榜 %}{{ 家.名称 }}{{ 家.项数 }}项，为{{ 家.指标 }}{% if not forloop.last %}；{% endif %}{% endfor %}。{% else %}本期没有{{ 黑榜条件 }}的单位。{% endif %}""",
    ),
    Section(
        key="problems",
        heading="存在问题",
        template="""\
{% if 问题 %}从各单位填报的说明看，落后于序时进度的指标主要存在以下问题：
{% for 条 in 问题 %}{{ 条.名称 }}“{{ 条.指标 }}”：{{ 条.问题 }}。
{% endfor %}{% else %}落后于序时进度的单位在填报时没有说明问题。
{% endif %}{% if 未说明 %}{% if 问题 %}此外，{% endif %}{% if 都未说明 %}各单位都{% else %}{{ 未说明|join:"、" }}{% endif %}有落后于序时进度的指标没有说明原因。{% endif %}""",
    ),
    Section(
        key="requirements",
        heading="下一步要求",
        template="""\
{% if 黑榜 %}（一）抓紧补短。{% for 家 in 黑榜 %}{{ 家.名称 }}{% if not forloop.last %}、{% endif %}{% endfor %}要对照黑榜指标逐项分析原因，明确举措和时限，在下一季度填报时逐项说明整改情况。
{% endif %}{% if 黑榜 %}（二）{% else %}（一）{% endif %}强化协同。各牵头部门要加强对落后指标的指导和调度，及时帮助解决困难和问题。
{% if 黑榜 %}（三）{% else %}（二）{% endif %}严格数据。各单位要按时报送、如实填报，对落后指标要逐项说明问题和举措。{% if 未报送单位 %}{{ 未报送单位|join:"、" }}要尽快补报，并说明未报送的原因。{% endif %}""",
    ),
)

BRIEF = (
    Section(
        key="plans",
        heading="各方案进展",
        template="""\
{% for 案 in 方案 %}{{ 案.序 }}{{ 案.名称 }}。最近一期为{{ 案.期间 }}，{{ 案.单位数 }}个单位参加{{ 案.榜 }}排名，计分指标{{ 案.计分项次 }}项次，达到或超过序时进度{{ 案.达序时项次 }}项次，占{{ 案.达序时占比 }}，略滞后{{ 案.略滞后项次 }}项次，滞后{{ 案.滞后项次 }}项次{% if 案.未报送项次.some %}（含未报送{{ 案.未报送项次 }}项次）{% endif %}。{% if 案.末位 %}居首的是{{ 案.首位 }}（{{ 案.首位总分 }}分），居末的是{{ 案.末位 }}（{{ 案.末位总分 }}分）。{% elif 案.首位 %}{{ 案.首位 }}得{{ 案.首位总分 }}分，不分先后。{% endif %}
{% endfor %}""",
    ),
    Section(
        key="attention",
        heading="需要关注的事项",
        template="""\
{% for 案 in 方案 %}{% if 案.黑榜 %}{{ 案.名称 }}方面，{{ 案.黑榜条件 }}的：{% for 家 in 案.黑榜 %}{{ 家.名称 }}{{ 家.项数 }}项（{{ 家.主要指标 }}）{% if not forloop.last %}；{% endif %}{% endfor %}。
{% endif %}{% endfor %}""",
    ),
)


class WordingError(ValueError):
    """A template cannot be used; the message says why, for people."""


def check_template(template: str) -> str | None:
    """Why a template cannot be used, for people; None if it can."""
    if len(template) > MOST_CHARACTERS:
        return f"句式最多 {MOST_CHARACTERS} 字，现有 {len(template)} 字，请分段精简"
    for found, known, word in ((_TAG, TAGS, "标签"), (_FILTER, FILTERS, "过滤器")):
        if unknown := sorted(set(found.findall(template)) - known):
            return f"句式中的{word}“{unknown[0]}”不能用，可用的有：{'、'.join(sorted(known))}"
    try:
        ENGINE.from_string(template)
    except TemplateSyntaxError as error:
        return f"句式有语法错误，请检查 {{% %}} 和 {{{{ }}}} 是否成对：{error}"
    return None


def compose(template: str, context: Mapping[str, Any]) -> str:
    """The paragraphs that a template makes of the facts, one a line, with slots for numbers.

    Raises WordingError with a message for people.
    """
    if problem := check_template(template):
        raise WordingError(problem)
    try:
        text = ENGINE.from_string(template).render(Context(dict(context), autoescape=False))
    except (TemplateSyntaxError, TypeError, ValueError) as error:
        raise WordingError(f"句式不能套用到本期数据：{error}") from error
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())

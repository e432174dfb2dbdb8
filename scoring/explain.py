"""How a number came about, as one line of Chinese for a page, and a scheme in plain words.

Only published numbers appear in a formula, so that a reader can follow it on a pocket
calculator; the words are the same for every page, export and API.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from scoring.adjustments import MET
from scoring.exact import ONE, PLACES, from_hundredths, from_scaled, to_millionths
from scoring.methods import DEFAULT_METHOD, MethodChoice
from scoring.parameter_kinds import decimal_text, percent_text
from scoring.parameters import exact_fraction
from scoring.scheme import Scheme
from scoring.scheme_parts import PEERS, VETO_EFFECTS
from scoring.types import Direction, EntryResult, Kind, LineInput, LineResult, Reason

#: What each reason means, as it follows “不计分：”.
REASONS: dict[Reason, str] = {
    Reason.NOT_ASSESSED: "文件对本单位不考核这一项",
    Reason.PENDING: "目标尚未下达",
    Reason.AWAITING_REFERENCE: "目标要参照的数值尚未公布",
    Reason.MERGED: "与其他单位合并考核，在合并的一方计分",
    Reason.NOT_SET: "文件没有设置目标",
    Reason.NO_FIGURE_YET: "本期还没有这项数据",
    Reason.ZERO_TARGET: "本年度目标为 0，没有任务",
    Reason.NOT_DUE: "按时序节点，本期末还没有应完成的任务",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a description; sentences stand one below the other."""

    title: str
    sentences: tuple[str, ...]


def explain_line(*, line: LineInput, result: LineResult, scheme: Scheme, quarter: int) -> str:
    """One line of Chinese that says how a line's score came about.

    For example: 7 ÷ (12 × 50%) = 116.67%，封顶 120 → 116.67 分.
    """
    if result.reason is Reason.UNREPORTED:
        return "未报送，计 0.00 分"
    if result.score is None or line.value is None or line.target is None:
        return _why_not_scored(line, result)
    formula = _attainment_formula(line, result, scheme=scheme, quarter=quarter)
    words = _method_words(scheme.method_for(line.indicator))
    if _is_substituted(line, result, scheme):
        words += "；未完成，替代指标已完成"
    return f"{formula}，{words} → {result.score} 分"


def explain_total(*, entry: EntryResult) -> str:
    """One line of Chinese that says how a total came about, from the published scores.

    For example: (116.67 + 91.67) ÷ 2 = 104.17；104.17 + 加分 1.00 = 105.17 分. With different
    weights each score is multiplied by its own.
    """
    if entry.base is None or entry.total is None:
        return "没有计分的指标，不参评"
    scored = [line for line in entry.lines if line.score is not None]
    if len({line.weight for line in scored}) == 1:
        numerator = " + ".join(str(line.score) for line in scored)
        divisor = str(len(scored))
    else:
        numerator = " + ".join(f"{line.score} × {_plain(line.weight)}" for line in scored)
        divisor = _plain(_exact_sum([line.weight for line in scored]))
    text = f"({numerator}) ÷ {divisor} = {entry.base}"
    changes = [("+", "加分", entry.bonus), ("−", "扣分", entry.deduction), ("−", "迟报扣分", entry.late)]
    if not any(points for _, _, points in changes):
        return f"{text} 分"
    terms = "".join(f" {sign} {name} {points}" for sign, name, points in changes if points)
    floored = "，低于 0，按 0 计" if entry.base + entry.bonus < entry.deduction + entry.late else ""
    return f"{text}；{entry.base}{terms}{floored} = {entry.total} 分"


def describe_scheme(scheme: Scheme) -> tuple[Section, ...]:
    """The scheme in plain Chinese, generated from its data, for the page that explains it to the ranked."""
    shares = [percent_text(exact_fraction(from_scaled(share, places=PLACES))) for share in scheme.schedule]
    sections = [
        Section(
            "应达值",
            (
                f"新增类（流量）指标：全年目标 × 时序进度，一至四季度为 {'、'.join(shares)}。",
                "比率类指标、没有基期值的累计类（存量）指标：应达值就是全年目标。",
                "有基期值的累计类指标：比较增量，完成值 − 基期值，对 (目标 − 基期值) × 时序进度。",
                "指标另有时序节点的，按节点的比例或数量。",
            ),
        ),
        Section(
            "序时达成率",
            (
                "越高越好：完成值 ÷ 应达值；应达值为负时，1 + (完成值 − 应达值) ÷ |应达值|。",
                (
                    "越低越好：应达值 ÷ 完成值，完成值不大于 0 时按封顶计；应达值为负时，"
                    "1 + (应达值 − 完成值) ÷ |应达值|。"
                ),
                "低于 0 的按 0 计。",
            ),
        ),
        Section("得分", _method_sentences(scheme)),
        Section(
            "总分",
            (
                "各项得分先四舍五入到两位小数，再按分值加权平均，四舍五入到两位小数。",
                (
                    f"加分合计最多 {from_hundredths(scheme.bonus_limit)} 分，"
                    f"扣分合计最多 {from_hundredths(scheme.deduction_limit)} 分；总分不低于 0。"
                ),
                "不计分的指标注明原因，其分值由其余指标分摊；应计分而未报送的，得 0 分，亮红灯。",
                *_late_sentences(scheme),
            ),
        ),
        Section("名次", _rank_sentences(scheme)),
        Section("亮灯", _light_sentences(scheme)),
    ]
    return tuple(sections)


# --- a line ------------------------------------------------------------------------------------


def _is_substituted(line: LineInput, result: LineResult, scheme: Scheme) -> bool:
    """Whether the score is what a missed line earns by its substitute."""
    rule = scheme.indicators.get(line.indicator)
    if rule is None or rule.substitute is None or result.light in MET or result.score is None:
        return False
    return result.score == from_hundredths(rule.substitute.points)


def _why_not_scored(line: LineInput, result: LineResult) -> str:
    """Why a line has no score; a plan-end target and half a thing have their own words."""
    reason = result.reason or Reason.NOT_SET
    words = REASONS.get(reason, str(reason))
    if reason is Reason.NOT_DUE and not line.due:
        words = "方案期末目标，只在最后一个季度计分"
    elif reason is Reason.NOT_DUE and result.expected:
        words = f"本期末应达 {_plain(result.expected)}，不足 1 个，还没有也不计"
    return f"{reason}，不计分：{words}"


def _attainment_formula(line: LineInput, result: LineResult, *, scheme: Scheme, quarter: int) -> str:
    """The division behind P with the numbers as published, and P; words where it was below 0."""
    value, target = line.value or Decimal(0), line.target or Decimal(0)
    due_now, actual = exact_fraction(result.expected or Decimal(0)), exact_fraction(value)
    upward, shown = line.direction is Direction.HIGHER, _plain(value)
    if line.kind is Kind.STOCK and line.baseline is not None and line.baseline != target:
        first, second = (value, line.baseline) if upward else (line.baseline, value)
        shown = f"({_plain(first)} − {_signed(second)})"
        actual = exact_fraction(first) - exact_fraction(second)
        due_now = due_now if upward else -due_now
        upward = True
    due = _due_words(line, scheme=scheme, quarter=quarter)
    if not upward and due_now > 0 and actual <= 0:
        return f"越低越好，完成值 {shown} 不大于 0，按封顶计 = {result.attainment}%"
    if due_now > 0:
        formula, floored = (f"{shown} ÷ {due}", actual < 0) if upward else (f"{due} ÷ {shown}", False)
    else:
        first_words, second_words = (shown, due) if upward else (due, shown)
        formula = f"1 + ({first_words} − ({second_words})) ÷ |{due}|"
        floored = (actual < 2 * due_now) if upward else actual > 0
    return f"{formula}{'，低于 0，按 0 计' if floored else ''} = {result.attainment}%"


def _due_words(line: LineInput, *, scheme: Scheme, quarter: int) -> str:
    """E with how it is made, such as (12 × 50%)."""
    target = line.target or Decimal(0)
    share = scheme.schedule[quarter - 1]
    if line.milestone_share is not None:
        share = to_millionths(line.milestone_share, what="时序节点比例")
    percent = percent_text(exact_fraction(from_scaled(share, places=PLACES)))
    if line.kind is Kind.STOCK and line.baseline is not None and line.baseline != target:
        high = target if line.milestone_amount is None else line.milestone_amount
        first, second = (high, line.baseline) if line.direction is Direction.HIGHER else (line.baseline, high)
        change = f"({_plain(first)} − {_signed(second)})"
        return change if line.milestone_amount is not None or share == ONE else f"({change} × {percent})"
    if line.milestone_amount is not None:
        return f"{_plain(line.milestone_amount)}（时序节点）"
    if line.kind is not Kind.FLOW and line.milestone_share is None:
        return _plain(target)
    return _plain(target) if share == ONE else f"({_plain(target)} × {percent})"


def _method_words(choice: MethodChoice) -> str:
    """What the method does with the attainment, in a few words."""
    method = choice.method
    if method.name == DEFAULT_METHOD and choice.parameters["measure"] == "attainment":
        return f"封顶 {decimal_text(choice.parameters['cap'] * 100)}"
    return f"按{method.title}计分"


# --- a scheme ------------------------------------------------------------------------------------


def _method_sentences(scheme: Scheme) -> tuple[str, ...]:
    """The scheme's method and those of single indicators, each with its numbers."""
    sentences = [f"{_describe(scheme.method)}。"]
    for indicator, rule in scheme.indicators.items():
        if rule.method is not None:
            sentences.append(f"“{indicator}”：{_describe(rule.method)}。")
        if rule.weights is not None:
            weights = [_plain(from_scaled(weight, places=PLACES)) for weight in rule.weights]
            shown = weights[0] if len(set(weights)) == 1 else f"一至四季度 {'、'.join(weights)}"
            sentences.append(f"“{indicator}”的分值：{shown}。")
        if rule.substitute is not None:
            points = from_hundredths(rule.substitute.points)
            sentences.append(f"“{indicator}”未完成而“{rule.substitute.indicator}”完成的，得 {points} 分。")
    if scheme.method.method.pooled or any(
        rule.method is not None and rule.method.method.pooled for rule in scheme.indicators.values()
    ):
        sentences.append(f"比较的对象：{PEERS[scheme.peers]}。")
    return tuple(sentences)


def _describe(choice: MethodChoice) -> str:
    """A method's title, formula and numbers."""
    numbers = "，".join(f"{title}：{value}" for title, value in choice.describe())
    return f"{choice.method.title}：{choice.method.formula}" + (f"（{numbers}）" if numbers else "")


def _late_sentences(scheme: Scheme) -> tuple[str, ...]:
    """The late rule, if there is one."""
    if scheme.late is None:
        return ()
    rule = scheme.late
    return (
        (
            f"迟报每天扣 {from_hundredths(rule.per_day)} 分，最多扣 {from_hundredths(rule.most)} 分；"
            f"迟报 {rule.unreported_from} 天及以上按未报送计。"
        ),
    )


def _rank_sentences(scheme: Scheme) -> tuple[str, ...]:
    """How ranks, groups, veto and grades work."""
    groups = scheme.groups
    sentences = [
        "按总分从高到低排名；总分相同的名次并列，后面的名次顺延（1、2、2、4），按单位的正式次序排列。",
        f"部门按计分指标的数量分组：{groups.threshold} 项及以上为{groups.at_least}，其余为{groups.below}。",
        "没有计分指标的单位不参评，列在最后。",
    ]
    vetoes = [indicator for indicator, rule in scheme.indicators.items() if rule.veto]
    if scheme.veto is not None and vetoes:
        sentences.append(f"否决性指标（{'、'.join(vetoes)}）未达标的：{VETO_EFFECTS[scheme.veto]}。")
    if scheme.grades:
        steps = [f"{from_hundredths(grade.at)} 分及以上为{grade.name}" for grade in scheme.grades[:-1]]
        sentences.append(f"等次：{'，'.join([*steps, f'其余为{scheme.grades[-1].name}'])}。")
    return tuple(sentences)


def _light_sentences(scheme: Scheme) -> tuple[str, ...]:
    """The lights with the scheme's limits."""
    green = percent_text(exact_fraction(scheme.green))
    yellow = percent_text(exact_fraction(scheme.yellow))
    return (
        "蓝：新增类、越高越好的指标，全年目标已经完成（要求“超过”的须超过）。",
        f"绿：序时达成率不低于 {green}（要求“超过”的须超过应达值）。",
        f"黄：序时达成率不低于 {yellow}。",
        f"红：低于 {yellow}，或未报送。",
        "灰：不计分。",
        "亮灯按未四舍五入的序时达成率判定。",
    )


# --- numbers ---------------------------------------------------------------------------------------


def _plain(number: Decimal) -> str:
    """A number as people write it: no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(number: Decimal) -> str:
    """A number after a minus sign: negative ones in brackets."""
    return f"({_plain(number)})" if number < 0 else _plain(number)


def _exact_sum(numbers: list[Decimal]) -> Decimal:
    return from_scaled(sum(to_millionths(number, what="分值") for number in numbers), places=PLACES)

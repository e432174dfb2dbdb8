"""The sheet 说明: how to read the workbook, the scheme in plain words, the digests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huzhou_targets.sheets import neutralise
from rankings.recalculation.source import Source
from scoring.explain import describe_scheme

Line = tuple[str, str]
"""A heading (may be empty) and a sentence."""

READING: Sequence[Line] = (
    ("怎样看", "“汇总”是名次：左边由公式从“明细”算出，右边灰色是已发布的数，“核对”列写明一致或不一致。"),
    (
        "",
        "“明细”每行是一个单位的一项指标：左边是封存的目标和完成值，中间是公式算出的应达值、达成率、得分和亮灯，右边灰色是已发布的数。",
    ),
    ("", "“参数”是封顶、时序进度、分值、加扣分等。“演算”是达成率的逐位除法，平时不必看。"),
    ("颜色", "黄色：可以改动的输入。绿色：公式。灰色：已发布的数，不参与计算。白色：文字和来源。"),
    (
        "怎样试算",
        "改动黄色单元格，名次立即重算；“不一致”表示试算结果与已发布的不同。本文件改动后不再是发布的结果。",
    ),
    ("未报送", "完成值留空表示未报送；0 表示报送的数就是 0，两者不同。"),
)

EXACTNESS: Sequence[Line] = (
    (
        "怎样算得准",
        "达成率不直接用小数相除。目标、完成值先乘 10 的若干次方化为整数，再像笔算一样逐位相除，第 5 位四舍五入。",
    ),
    ("", "15 位以内的整数，Excel、WPS 和 LibreOffice 的加减乘都没有误差，因此得分与系统逐位相同。"),
    ("", "“演算”最后一列为“否”的行，数字超出 15 位，公式结果可能有末位误差，以已发布的数为准。"),
)


def guide_lines(source: Source, *, notes: Iterable[str]) -> list[Line]:
    """Everything that stands on 说明, line by line."""
    scheme = source.inputs["scheme"]
    lines: list[Line] = [("状态", source.status)]
    if source.is_demo:
        lines.append(("演示数据", "本表数值均为虚构，仅供演示。"))
    lines += [(title, neutralise(text)) for title, text in source.signatures if text]
    lines.append(("", ""))
    lines += READING
    lines += [("注意", neutralise(note)) for note in notes]
    lines.append(("", ""))
    lines.append(
        (
            "计分办法",
            f"{source.scheme.title}（{scheme['code']}-v{scheme['version']}，规则版本 {source.inputs['rules_version']}）",
        )
    )
    for section in describe_scheme(source.scheme):
        for number, sentence in enumerate(section.sentences):
            lines.append((section.title if number == 0 else "", neutralise(sentence)))
    lines.append(("", ""))
    lines += EXACTNESS
    lines.append(("", ""))
    lines += [(title, digest or "尚未封存") for title, digest in source.digests]
    if source.digests:
        lines.append(
            (
                "怎样核对摘要",
                "系统管理人员运行 verify_rankings --anchor 加上“最新链摘要”，可查明已发布的排名是否被改写。",
            )
        )
    return lines

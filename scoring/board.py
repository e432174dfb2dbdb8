"""From a board's inputs to its entries: measure, score, total, rank.

`score_columns` is the core; `score_board` is its face with dataclasses and decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from types import MappingProxyType

from scoring.columns import BlockResult, BoardColumns, BoardColumnsResult, LineBlock, Terms
from scoring.exact import (
    EXPECTED_PLACES,
    PLACES,
    from_hundredths,
    from_scaled,
    half_up,
    to_hundredths,
    to_millionths,
)
from scoring.lines import Measured, measure_block
from scoring.methods import Lines, join_lines
from scoring.ranking import competition_ranks, ranked_order
from scoring.scheme import Scheme
from scoring.types import (
    GIVEN_REASONS,
    BoardInput,
    BoardResult,
    Direction,
    EntryResult,
    LineInput,
    LineResult,
    Reason,
    ScoringError,
    UnitInput,
)


def score_columns(board: BoardColumns, scheme: Scheme) -> BoardColumnsResult:
    """Score and rank a board held as columns, by rules version 1.

    Raises ScoringError for a quarter outside 1..4, a block of columns of unequal
    length, and bonuses or deductions beyond the scheme's limits.
    """
    _check_board(board, scheme=scheme)
    measures = scheme.measures_for(board.quarter)
    measured = [measure_block(block, measures=measures) for block in board.blocks]
    groups = list(board.groups)
    if board.group_by_lines:
        groups = [scheme.groups.name_for(count) for count in _scored_lines(board, measured=measured)]
    scores = _score_lines(board, measured=measured, groups=groups, scheme=scheme)
    blocks = [
        BlockResult(
            weight=scheme.weight_for(block.terms.indicator, own=block.terms.weight),
            expected=lines.expected,
            attainments=lines.attainments,
            completions=lines.completions,
            scores=column,
            lights=lines.lights,
            reasons=lines.reasons,
        )
        for block, lines, column in zip(board.blocks, measured, scores, strict=True)
    ]
    bases = _weighted_means(board, results=blocks)
    totals = [
        None if base is None else max(0, base + bonus - deduction)
        for base, bonus, deduction in zip(bases, board.bonuses, board.deductions, strict=True)
    ]
    ranked = ranked_order(totals=totals, orders=board.orders)
    return BoardColumnsResult(
        blocks=blocks,
        groups=groups,
        bases=bases,
        totals=totals,
        ranks=competition_ranks(ranked=ranked, totals=totals),
        group_ranks=competition_ranks(ranked=ranked, totals=totals, groups=groups),
        ranked=ranked,
    )


#: Every version of the rules that ever sealed a ranking; an old one is never changed or removed.
RULES_VERSIONS: Mapping[str, Callable[[BoardColumns, Scheme], BoardColumnsResult]] = MappingProxyType(
    {"1": score_columns}
)


def rules_for(version: str) -> Callable[[BoardColumns, Scheme], BoardColumnsResult]:
    """The scoring function of a rules version. Raises ScoringError for one that never existed."""
    try:
        return RULES_VERSIONS[version]
    except KeyError:
        known = "、".join(RULES_VERSIONS)
        raise ScoringError(f"没有计分规则版本“{version}”，现有版本：{known}。") from None


def score_board(*, board: BoardInput, scheme: Scheme, rules_version: str = "1") -> BoardResult:
    """Score and rank a board; entries come in ranked order.

    Raises ScoringError where an input cannot be scored: more than six decimals, an
    organisation or a line twice, a negative weight, bonuses beyond the limit.
    Rule: RULES.md.
    """
    score = rules_for(rules_version)
    columns, places = _to_columns(board)
    result = score(columns, scheme)
    entries = tuple(
        _to_entry(position, board=board, columns=columns, places=places[position], result=result)
        for position in result.ranked
    )
    return BoardResult(entries=entries)


# --- the core: scores, totals ---------------------------------------------------------------


def _check_board(board: BoardColumns, *, scheme: Scheme) -> None:
    """Refuse what no rule covers."""
    if board.quarter not in (1, 2, 3, 4):
        raise ScoringError(f"季度应为 1 至 4，现在是 {board.quarter}。")
    for block in board.blocks:
        columns = (block.targets, block.values, block.baselines, block.strict, block.excluded)
        if any(column is not None and len(column) != len(block.units) for column in columns):
            raise ScoringError(f"指标“{block.terms.indicator}”各列长度不一致。")
    for name, sums, limit in (
        ("加分", board.bonuses, scheme.bonus_limit),
        ("扣分", board.deductions, scheme.deduction_limit),
    ):
        for key, points in zip(board.keys, sums, strict=True):
            if points > limit:
                raise ScoringError(
                    f"“{key}”{name}合计 {from_hundredths(points)} 分，超过上限 {from_hundredths(limit)} 分。"
                    f"请减少{name}后再计算。"
                )


def _is_scored(attainment: int | None, reason: Reason | None) -> bool:
    return attainment is not None or reason is Reason.UNREPORTED


def _scored_lines(board: BoardColumns, *, measured: list[Measured]) -> list[int]:
    """Number of scored lines of each organisation; an unreported line is scored, with 0."""
    counts = [0] * len(board.keys)
    for block, lines in zip(board.blocks, measured, strict=True):
        for unit, attainment, reason in zip(block.units, lines.attainments, lines.reasons, strict=True):
            if _is_scored(attainment, reason):
                counts[unit] += 1
    return counts


#: A line on a board: number of its block, number in the block.
_Place = tuple[int, int]


def _score_lines(
    board: BoardColumns, *, measured: list[Measured], groups: list[str | None], scheme: Scheme
) -> list[list[int | None]]:
    """Line scores in hundredths of a point, parallel to the blocks; `None` where not scored."""
    scores: list[list[int | None]] = [
        [0 if reason is Reason.UNREPORTED else None for reason in lines.reasons] for lines in measured
    ]
    pools: dict[tuple[str, str | None], list[tuple[int, list[int]]]] = {}
    for number, (block, lines) in enumerate(zip(board.blocks, measured, strict=True)):
        choice = scheme.method_for(block.terms.indicator)
        rows = [row for row, ratio in enumerate(lines.ratios) if ratio is not None]
        if not choice.method.pooled:
            _put(scores[number], rows, choice.score(_select(rows, block=block, lines=lines)))
            continue
        peers: dict[str | None, list[int]] = {}
        for row in rows:
            peers.setdefault(groups[block.units[row]], []).append(row)
        for group, own in peers.items():
            pools.setdefault((block.terms.indicator, group), []).append((number, own))
    for (indicator, _group), parts in pools.items():
        selected = [
            _select(rows, block=board.blocks[number], lines=measured[number]) for number, rows in parts
        ]
        points = iter(scheme.method_for(indicator).score(join_lines(selected)))
        for number, rows in parts:
            _put(scores[number], rows, islice(points, len(rows)))
    return scores


def _put(column: list[int | None], rows: Sequence[int], points: Iterable[int]) -> None:
    for row, score in zip(rows, points, strict=True):
        column[row] = score


def _select(rows: Sequence[int], *, block: LineBlock, lines: Measured) -> Lines:
    """These rows of a block, all of them scored and reported, for a method."""
    upward = block.terms.direction is Direction.HIGHER
    return Lines(
        ratios=[ratio for row in rows if (ratio := lines.ratios[row]) is not None],
        attainments=[item for row in rows if (item := lines.attainments[row]) is not None],
        targets=[item for row in rows if (item := block.targets[row]) is not None],
        values=[item for row in rows if (item := block.values[row]) is not None],
        upward=upward,
    )


def _weighted_means(board: BoardColumns, *, results: list[BlockResult]) -> list[int | None]:
    """Total before bonus and deduction: mean of the rounded line scores, rounded half up once more."""
    sums, weights = [0] * len(board.keys), [0] * len(board.keys)
    for block, result in zip(board.blocks, results, strict=True):
        weight = result.weight
        for unit, score in zip(block.units, result.scores, strict=True):
            if score is not None:
                sums[unit] += weight * score
                weights[unit] += weight
    return [half_up(points, weight) if weight else None for points, weight in zip(sums, weights, strict=True)]


# --- the face: dataclasses and decimals in, dataclasses and decimals out ---------------------


@dataclass(slots=True)
class _OpenBlock:
    """A block while its lines are collected."""

    terms: Terms
    units: list[int]
    targets: list[int | None]
    values: list[int | None]
    baselines: list[int | None]
    strict: list[bool]
    excluded: list[Reason | None]


def _to_columns(board: BoardInput) -> tuple[BoardColumns, list[list[_Place]]]:
    """The board as columns, and for each organisation the places of its lines in their own order."""
    blocks: dict[Terms, _OpenBlock] = {}
    numbers: dict[Terms, int] = {}
    places: list[list[_Place]] = []
    keys: set[str] = set()
    for position, unit in enumerate(board.units):
        if unit.key in keys:
            raise ScoringError(f"单位“{unit.key}”在同一榜单中出现两次。")
        keys.add(unit.key)
        indicators: set[str] = set()
        own: list[_Place] = []
        for line in unit.lines:
            where = f"“{unit.key}”的指标“{line.indicator}”"
            if line.indicator in indicators:
                raise ScoringError(f"{where}出现两次。")
            indicators.add(line.indicator)
            terms = _terms_of(line, where=where)
            if terms not in blocks:
                numbers[terms] = len(blocks)
                blocks[terms] = _OpenBlock(terms, [], [], [], [], [], [])
            block = blocks[terms]
            own.append((numbers[terms], len(block.units)))
            block.units.append(position)
            block.targets.append(_optional(line.target, what=f"{where}的目标值"))
            block.values.append(_optional(line.value, what=f"{where}的完成值"))
            block.baselines.append(_optional(line.baseline, what=f"{where}的基期值"))
            block.strict.append(line.strict)
            block.excluded.append(line.excluded)
        places.append(own)
    columns = BoardColumns(
        quarter=board.quarter,
        keys=[unit.key for unit in board.units],
        orders=[unit.order for unit in board.units],
        groups=[unit.group for unit in board.units],
        bonuses=[_points(unit.bonuses, what=f"“{unit.key}”的加分") for unit in board.units],
        deductions=[_points(unit.deductions, what=f"“{unit.key}”的扣分") for unit in board.units],
        blocks=[
            LineBlock(
                terms=block.terms,
                units=block.units,
                targets=block.targets,
                values=block.values,
                baselines=block.baselines,
                strict=block.strict,
                excluded=block.excluded,
            )
            for block in blocks.values()
        ],
        group_by_lines=board.group_by_lines,
    )
    return columns, places


def _terms_of(line: LineInput, *, where: str) -> Terms:
    """The terms of a line. Raises ScoringError for what no rule covers."""
    if line.excluded is not None and line.excluded not in GIVEN_REASONS:
        raise ScoringError(f"{where}不能以“{line.excluded}”为由不计分。")
    if line.milestone_share is not None and line.milestone_amount is not None:
        raise ScoringError(f"{where}的时序节点只能填比例或数量中的一个。")
    if line.weight < 0:
        raise ScoringError(f"{where}的分值不能小于 0，现在是 {line.weight}。")
    if line.milestone_share is not None and line.milestone_share < 0:
        raise ScoringError(f"{where}的时序节点比例不能小于 0，现在是 {line.milestone_share}。")
    return Terms(
        indicator=line.indicator,
        kind=line.kind,
        direction=line.direction,
        counted=line.counted,
        weight=to_millionths(line.weight, what=f"{where}的分值"),
        milestone_share=_optional(line.milestone_share, what=f"{where}的时序节点比例"),
        milestone_amount=_optional(line.milestone_amount, what=f"{where}的时序节点数量"),
        due=line.due,
    )


def _optional(value: Decimal | None, *, what: str) -> int | None:
    return None if value is None else to_millionths(value, what=what)


def _points(entries: Sequence[Decimal], *, what: str) -> int:
    """Sum of bonus or deduction entries in hundredths; each is zero or more."""
    for entry in entries:
        if entry < 0:
            raise ScoringError(f"{what}不能小于 0，现在是 {entry}。")
    return sum(to_hundredths(entry, what=what) for entry in entries)


def _to_entry(
    position: int,
    *,
    board: BoardInput,
    columns: BoardColumns,
    places: Sequence[_Place],
    result: BoardColumnsResult,
) -> EntryResult:
    """One organisation's entry with its lines in their own order."""
    unit: UnitInput = board.units[position]
    base, total = result.bases[position], result.totals[position]
    return EntryResult(
        key=unit.key,
        group=result.groups[position],
        base=_hundredths(base),
        bonus=from_hundredths(columns.bonuses[position]),
        deduction=from_hundredths(columns.deductions[position]),
        total=_hundredths(total),
        rank=result.ranks[position],
        group_rank=result.group_ranks[position],
        excluded=None if total is not None else Reason.NOT_RANKED.value,
        lines=tuple(
            _to_line(line.indicator, result.blocks[number], row)
            for line, (number, row) in zip(unit.lines, places, strict=True)
        ),
    )


def _to_line(indicator: str, block: BlockResult, row: int) -> LineResult:
    expected = block.expected[row]
    return LineResult(
        indicator=indicator,
        expected=None if expected is None else from_scaled(expected, places=EXPECTED_PLACES),
        attainment=_hundredths(block.attainments[row]),
        completion=_hundredths(block.completions[row]),
        score=_hundredths(block.scores[row]),
        weight=from_scaled(block.weight, places=PLACES),
        light=block.lights[row],
        reason=block.reasons[row],
    )


def _hundredths(points: int | None) -> Decimal | None:
    return None if points is None else from_hundredths(points)

"""From a board's inputs to its entries: measure, score, total, rank.

`score_columns` is the core; `score_board` is its face with dataclasses and decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from types import MappingProxyType

from scoring.adjustments import (
    apply_substitutes,
    grade_of,
    late_points,
    missed_vetoes,
    standings,
    without_late_figures,
)
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
from scoring.pool import Lines, Rows
from scoring.ranking import competition_ranks, ranked_order
from scoring.scheme import Scheme
from scoring.types import (
    GIVEN_REASONS,
    BoardInput,
    BoardResult,
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
    board = without_late_figures(board, scheme=scheme)
    measures = scheme.measures_for(board.quarter)
    measured = [measure_block(block, measures=measures) for block in board.blocks]
    groups = list(board.groups)
    if board.group_by_lines:
        groups = [scheme.groups.name_for(count) for count in _scored_lines(board, measured=measured)]
    scores = _score_lines(board, measured=measured, groups=groups, scheme=scheme)
    blocks = [
        BlockResult(
            weight=scheme.weight_for(block.terms.indicator, own=block.terms.weight, quarter=board.quarter),
            expected=lines.expected,
            attainments=lines.attainments,
            completions=lines.completions,
            scores=column,
            lights=lines.lights,
            reasons=lines.reasons,
        )
        for block, lines, column in zip(board.blocks, measured, scores, strict=True)
    ]
    apply_substitutes(board, results=blocks, scheme=scheme)
    bases = _weighted_means(board, results=blocks)
    late = late_points(board, scheme=scheme)
    totals = [
        None if base is None else max(0, base + bonus - deduction - days)
        for base, bonus, deduction, days in zip(bases, board.bonuses, board.deductions, late, strict=True)
    ]
    vetoed = missed_vetoes(board, results=blocks, scheme=scheme)
    standing = standings(totals, vetoed=vetoed, scheme=scheme)
    ranked = ranked_order(totals=standing, orders=board.orders)
    return BoardColumnsResult(
        blocks=blocks,
        groups=groups,
        bases=bases,
        totals=totals,
        ranks=competition_ranks(ranked=ranked, totals=standing),
        group_ranks=competition_ranks(ranked=ranked, totals=standing, groups=groups),
        ranked=ranked,
        late=late,
        grades=[
            grade_of(total, vetoed=bool(veto), scheme=scheme)
            for total, veto in zip(totals, vetoed, strict=True)
        ],
        vetoed=vetoed,
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
    if board.late_days is not None and any(days < 0 for days in board.late_days):
        raise ScoringError("迟报天数不能小于 0。")
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
    cap = scheme.measures_for(board.quarter).cap
    pools: dict[tuple[str, str | None], list[tuple[int, list[int]]]] = {}
    for number, (block, lines) in enumerate(zip(board.blocks, measured, strict=True)):
        choice = scheme.method_for(block.terms.indicator)
        rows = [row for row, ratio in enumerate(lines.ratios) if ratio is not None]
        if not choice.method.pooled:
            _put(scores[number], rows, choice.score(Lines([Rows(block, lines, rows)], cap=cap)))
            continue
        peers: dict[str | None, list[int]] = {}
        for row in rows:
            group = groups[block.units[row]] if scheme.peers == "group" else None
            peers.setdefault(group, []).append(row)
        for peer_group, own in peers.items():
            pools.setdefault((block.terms.indicator, peer_group), []).append((number, own))
    for (indicator, _group), parts in pools.items():
        peers_lines = Lines(
            [Rows(board.blocks[number], measured[number], rows) for number, rows in parts], cap=cap
        )
        points = iter(scheme.method_for(indicator).score(peers_lines))
        for number, rows in parts:
            _put(scores[number], rows, islice(points, len(rows)))
    return scores


def _put(column: list[int | None], rows: Sequence[int], points: Iterable[int]) -> None:
    for row, score in zip(rows, points, strict=True):
        column[row] = score


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
    """A block while its lines are collected; sample is its first line."""

    number: int
    sample: LineInput
    terms: Terms
    units: list[int] = field(default_factory=list)
    targets: list[int | None] = field(default_factory=list)
    values: list[int | None] = field(default_factory=list)
    baselines: list[int | None] = field(default_factory=list)
    strict: list[bool] = field(default_factory=list)
    excluded: list[Reason | None] = field(default_factory=list)

    def add(self, position: int, line: LineInput) -> _Place:
        """Append a line that is on the block's terms; its place."""
        if line.excluded is not None and line.excluded not in GIVEN_REASONS:
            raise ScoringError(f"不能以“{line.excluded}”为由不计分。")
        place = self.number, len(self.units)
        target, value, baseline = line.target, line.value, line.baseline
        self.targets.append(None if target is None else to_millionths(target, what="目标值"))
        self.values.append(None if value is None else to_millionths(value, what="完成值"))
        self.baselines.append(None if baseline is None else to_millionths(baseline, what="基期值"))
        self.units.append(position)
        self.strict.append(line.strict)
        self.excluded.append(line.excluded)
        return place

    def close(self) -> LineBlock:
        """The finished block; columns that say nothing are left out."""
        return LineBlock(
            terms=self.terms,
            units=self.units,
            targets=self.targets,
            values=self.values,
            baselines=self.baselines if any(item is not None for item in self.baselines) else None,
            strict=self.strict if any(self.strict) else None,
            excluded=self.excluded if any(self.excluded) else None,
        )


class _Blocks:
    """Sorts lines into blocks; lines of one indicator are on the same terms as a rule."""

    def __init__(self) -> None:
        self._by_terms: dict[Terms, _OpenBlock] = {}
        self._latest: dict[str, _OpenBlock] = {}

    def add(self, position: int, line: LineInput) -> _Place:
        """Put a line into the block of its terms. Raises ScoringError for what no rule covers."""
        block = self._latest.get(line.indicator)
        if block is None or not _on_same_terms(block.sample, line):
            terms = terms_of(line)
            block = self._by_terms.get(terms)
            if block is None:
                block = self._by_terms[terms] = _OpenBlock(len(self._by_terms), line, terms)
            self._latest[line.indicator] = block
        return block.add(position, line)

    def close(self) -> list[LineBlock]:
        """All blocks in the order in which they were opened."""
        return [block.close() for block in self._by_terms.values()]


def _on_same_terms(one: LineInput, other: LineInput) -> bool:
    """Whether two lines of one indicator share what a block shares."""
    return (
        one.kind is other.kind
        and one.direction is other.direction
        and one.counted == other.counted
        and one.due == other.due
        and one.weight == other.weight
        and one.milestone_share == other.milestone_share
        and one.milestone_amount == other.milestone_amount
    )


def terms_of(line: LineInput) -> Terms:
    """The terms of a line. Raises ScoringError for what no rule covers."""
    share, amount = line.milestone_share, line.milestone_amount
    if share is not None and amount is not None:
        raise ScoringError("时序节点只能填比例或数量中的一个。")
    if line.weight < 0:
        raise ScoringError(f"分值不能小于 0，现在是 {line.weight}。")
    if share is not None and share < 0:
        raise ScoringError(f"时序节点比例不能小于 0，现在是 {share}。")
    return Terms(
        indicator=line.indicator,
        kind=line.kind,
        direction=line.direction,
        counted=line.counted,
        weight=to_millionths(line.weight, what="分值"),
        milestone_share=None if share is None else to_millionths(share, what="时序节点比例"),
        milestone_amount=None if amount is None else to_millionths(amount, what="时序节点数量"),
        due=line.due,
    )


def _to_columns(board: BoardInput) -> tuple[BoardColumns, list[list[_Place]]]:
    """The board as columns, and for each organisation the places of its lines in their own order."""
    blocks, places = _Blocks(), []
    keys: set[str] = set()
    for position, unit in enumerate(board.units):
        if unit.key in keys:
            raise ScoringError(f"单位“{unit.key}”在同一榜单中出现两次。")
        keys.add(unit.key)
        places.append(_place_lines(position, unit, blocks))
    columns = BoardColumns(
        quarter=board.quarter,
        keys=[unit.key for unit in board.units],
        orders=[unit.order for unit in board.units],
        groups=[unit.group for unit in board.units],
        bonuses=[points_of(unit.bonuses, what=f"“{unit.key}”的加分") for unit in board.units],
        deductions=[points_of(unit.deductions, what=f"“{unit.key}”的扣分") for unit in board.units],
        blocks=blocks.close(),
        group_by_lines=board.group_by_lines,
        late_days=[unit.late_days for unit in board.units],
    )
    return columns, places


def _place_lines(position: int, unit: UnitInput, blocks: _Blocks) -> list[_Place]:
    """Put an organisation's lines into their blocks; an error names organisation and indicator."""
    seen: set[str] = set()
    places = []
    for line in unit.lines:
        try:
            places.append(blocks.add(position, line))
        except ScoringError as error:
            raise ScoringError(f"“{unit.key}”的指标“{line.indicator}”：{error}") from error
        if line.indicator in seen:
            raise ScoringError(f"“{unit.key}”的指标“{line.indicator}”：出现两次。")
        seen.add(line.indicator)
    return places


def points_of(entries: Sequence[Decimal], *, what: str) -> int:
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
    unit = board.units[position]
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
            [
                _to_line(line.indicator, result.blocks[number], row)
                for line, (number, row) in zip(unit.lines, places, strict=True)
            ]
        ),
        late=from_hundredths(result.late[position]),
        grade=result.grades[position],
        vetoed=result.vetoed[position],
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

"""Comparing a read file with a board, cell by cell, and finding the cause of each difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from audit.canonical import plain_decimal
from rankings.comparing.ranks import places_by_their_totals, places_of, unusual_ranks
from rankings.comparing.rounding import rounded, to_cent
from rankings.comparing.stages import (
    Stage,
    Stages,
    Theirs,
    build_stages,
    is_rounded_score,
    is_rounded_total,
    is_same_target,
    same_amount,
    same_points,
)
from rankings.comparing.types import CAUSE_NAMES, Cause, Comparison, Difference, Item, Side, Where
from rankings.computing import two_places
from rankings.spreadsheets import BoardFile, Located, Measure, Role

BLANK = "空白"
_OF_WHOLE = (Item.UNIT, Item.RANK, Item.GROUP_RANK, Item.TOTAL)
"""What stands before an organisation's single indicators, which keep the order of the board."""
NOTHING = "–"


@dataclass(frozen=True, kw_only=True)
class Found:
    """Why a number differs: the causes in order, the main one, and the steps in words."""

    causes: tuple[Cause, ...]
    main: Cause
    words: str


def compare_board(*, inputs: Mapping[str, Any], file: BoardFile, where: Where) -> Comparison:
    """Every cell of the file beside our board computed from these inputs.

    A file with errors is not compared. Raises ScoringError where our own inputs cannot be scored.
    """
    if file.errors:
        return Comparison(problems=file.problems, columns=file.columns)
    return _Comparer(inputs, file, where).compare()


class _Comparer:
    """One comparison."""

    def __init__(self, inputs: Mapping[str, Any], file: BoardFile, where: Where) -> None:
        self._inputs = inputs
        self._file = file
        self._where = where
        self._theirs = Theirs.of(file)
        self._stages: Stages = build_stages(inputs, self._theirs)
        self._units = {unit["key"]: unit for unit in inputs["units"]}
        self._common = [key for key in self._units if key in self._theirs.rows]
        self._compared = 0
        self._found: list[Difference] = []
        self._unusual_ranks: dict[bool, Mapping[str, str]] = {}
        self._ranks: dict[tuple[int, bool], Mapping[str, int | None]] = {}

    def compare(self) -> Comparison:
        self._compare_units()
        for key in self._common:
            for line in self._units[key]["lines"]:
                self._compare_line(key, line)
        for key in self._common:
            self._compare_total(key)
        for key in self._common:
            self._compare_rank(key, Item.RANK, Role.RANK)
            self._compare_rank(key, Item.GROUP_RANK, Role.GROUP_RANK)
        order = {key: place for place, key in enumerate(self._units)}
        self._found.sort(
            key=lambda item: (
                item.item is not Item.UNIT,
                order.get(item.key, len(order)),
                _OF_WHOLE.index(item.item) if item.item in _OF_WHOLE else len(_OF_WHOLE),
            )
        )
        return Comparison(
            compared=self._compared,
            differences=tuple(self._found),
            rules=tuple(
                f"{variant.title}：按此重算，多出 {count} 个数与对方一致"
                for variant, count in self._stages.chosen
            ),
            problems=self._file.problems,
            columns=self._file.columns,
        )

    # whole organisations

    def _compare_units(self) -> None:
        for key, unit in self._units.items():
            if key not in self._theirs.rows:
                self._add_unit(
                    key, unit["name"], theirs=Side(text="没有", where="–"), ours=self._our_unit(key)
                )
        for key, row in self._theirs.rows.items():
            if key not in self._units:
                theirs = Side(text=row.written, where=f"{row.sheet}!{row.cell}")
                self._add_unit(key, row.written, theirs=theirs, ours=Side(text="没有", where="–"))

    def _our_unit(self, key: str) -> Side:
        return Side(text=self._units[key]["name"], where=self._where(Item.UNIT, key, ""))

    def _add_unit(self, key: str, name: str, *, theirs: Side, ours: Side) -> None:
        self._found.append(
            Difference(
                item=Item.UNIT,
                unit=name,
                key=key,
                indicator="",
                theirs=theirs,
                ours=ours,
                cause=Cause.UNIT,
                causes=(Cause.UNIT,),
                explanation="只有一方的榜上有这个单位",
            )
        )

    # lines

    def _compare_line(self, key: str, line: Mapping[str, Any]) -> None:
        code = line["code"]
        if (code, Measure.VALUE) in self._theirs.measured:
            self._compared += 1
            found = self._theirs.line(key, code, Measure.VALUE)
            value = None if found is None or found.value is None else plain_decimal(found.value)
            if not same_amount(value, line["value"]):
                why = Found(
                    causes=(Cause.FIGURE,), main=Cause.FIGURE, words="两边的完成值本身不同，不是计算造成的"
                )
                ours = _in_words(line["value"]) or "未报送"
                self._add(Item.VALUE, key, line, found, ours, why)
        if (code, Measure.TARGET) in self._theirs.measured:
            self._compared += 1
            found = self._theirs.line(key, code, Measure.TARGET)
            if not is_same_target(found, line):
                why = Found(causes=(Cause.TARGET,), main=Cause.TARGET, words="两边所用的目标本身不同")
                ours = _in_words(line["target"]) or line["target_text"] or "未设置"
                self._add(Item.TARGET, key, line, found, ours, why)
        if (code, Measure.SCORE) in self._theirs.measured:
            self._compared += 1
            found = self._theirs.line(key, code, Measure.SCORE)
            ours_score = self._stages.base.score(key, code)
            if not same_points(found, ours_score):
                why = self._why_score(key, code, found)
                self._add(
                    Item.SCORE, key, line, found, two_places(ours_score) or self._reason(key, code), why
                )

    def _reason(self, key: str, code: str) -> str:
        reason = self._stages.base.lines[(key, code)].reason
        return f"不计分（{reason.value}）" if reason else NOTHING

    def _why_score(self, key: str, code: str, theirs: Located | None) -> Found:
        return self._trace(
            theirs,
            number=lambda stage: stage.score(key, code),
            rounding=lambda stage: is_rounded_score(
                theirs, stage, key, code, places=self._theirs.places.get((code, Measure.SCORE), 2)
            ),
            missing=self._missing_columns(code),
        )

    def _missing_columns(self, code: str) -> str:
        lacks = [
            name
            for measure, name in ((Measure.VALUE, "完成值"), (Measure.TARGET, "目标值"))
            if (code, measure) not in self._theirs.measured
        ]
        return f"；文件没有{'和'.join(lacks)}列，补上后可以再查" if lacks else ""

    # totals and ranks

    def _compare_total(self, key: str) -> None:
        if Role.TOTAL not in self._theirs.roles:
            return
        self._compared += 1
        theirs = self._theirs.number(key, Role.TOTAL)
        ours = self._stages.base.total(key)
        if same_points(theirs, ours):
            return
        why = self._trace(
            theirs,
            number=lambda stage: stage.total(key),
            rounding=lambda stage: is_rounded_total(
                theirs, stage, key, places=self._theirs.places.get(Role.TOTAL, 2)
            ),
            composed=lambda: self._from_their_scores(key, theirs),
            missing="",
        )
        self._add(Item.TOTAL, key, None, theirs, two_places(ours) or "不参评", why)

    def _from_their_scores(self, key: str, theirs: Located | None) -> Found | None:
        """Whether the file's own line scores, put together by our rule, give its total."""
        entry = self._stages.rules.entries[key]
        scored = [line for line in entry.lines if line.score is not None]
        cells = [self._theirs.line(key, line.indicator, Measure.SCORE) for line in scored]
        numbers = [cell.value for cell in cells if cell is not None and cell.value is not None]
        if theirs is None or theirs.value is None or not scored or len(numbers) < len(scored):
            return None
        weights = [Fraction(line.weight) for line in scored]
        points = sum(
            (weight * Fraction(number) for weight, number in zip(weights, numbers, strict=True)), Fraction(0)
        )
        added = Fraction(entry.bonus) - Fraction(entry.deduction) - Fraction(entry.late)
        whole = sum(weights, Fraction(0))
        if not whole or rounded(max(Fraction(0), rounded(points / whole, 2) + added), 2) != to_cent(
            theirs.value
        ):
            return None
        causes = Counter(item.cause for item in self._found if item.key == key and item.item is Item.SCORE)
        if not causes:
            return None
        return Found(
            causes=tuple(causes),
            main=causes.most_common(1)[0][0],
            words=f"按对方各项得分合成即为 {two_places(to_cent(theirs.value))}，差在各项得分",
        )

    def _compare_rank(self, key: str, item: Item, role: Role) -> None:
        if role not in self._theirs.roles:
            return
        self._compared += 1
        theirs = self._theirs.number(key, role)
        entry = self._stages.base.entries[key]
        ours = entry.rank if item is Item.RANK else entry.group_rank
        value = int(theirs.value) if theirs is not None and theirs.value is not None else None
        if value == ours:
            return
        why = self._why_rank(key, value, in_group=item is Item.GROUP_RANK)
        self._add(item, key, None, theirs, NOTHING if ours is None else str(ours), why)

    def _why_rank(self, key: str, value: int | None, *, in_group: bool) -> Found:
        if (words := self._unusual(in_group).get(key)) is not None:
            return Found(causes=(Cause.RULE,), main=Cause.RULE, words=words)
        if self._theirs.rows.keys() != self._units.keys():
            ours = self._places(self._stages.base, in_group)
            given = {key: value}
            if Role.TOTAL in self._theirs.roles and not in_group:
                given = places_by_their_totals(self._theirs, self._common)
            if ours.get(key) == given.get(key):
                return Found(causes=(Cause.UNIT,), main=Cause.UNIT, words="两边参评单位不同，名次随之不同")
        causes: list[Cause] = []
        before = self._stages.base
        for cause, stage in self._stages.steps:
            if stage is not before:
                causes.append(cause)
            before = stage
            if causes and self._places(stage, in_group).get(key) == value:
                words = "、".join(CAUSE_NAMES[item] for item in causes)
                return Found(
                    causes=tuple(causes), main=causes[-1], words=f"{words}，按此重算名次即与对方一致"
                )
        return self._why_order(key)

    def _unusual(self, in_group: bool) -> Mapping[str, str]:
        if in_group not in self._unusual_ranks:
            self._unusual_ranks[in_group] = unusual_ranks(
                self._theirs, self._stages.base, self._common, in_group=in_group
            )
        return self._unusual_ranks[in_group]

    def _places(self, stage: Stage, in_group: bool) -> Mapping[str, int | None]:
        key = (id(stage), in_group)
        if key not in self._ranks:
            self._ranks[key] = places_of(stage, self._common, in_group=in_group)
        return self._ranks[key]

    def _why_order(self, key: str) -> Found:
        """The rank follows the totals: the causes of the totals of this organisation and of those it changed places with."""
        totals = {item.key: item for item in self._found if item.item is Item.TOTAL}
        ours = {other: self._stages.base.total(other) for other in self._common}
        given = {other: self._theirs.number(other, Role.TOTAL) for other in self._common}
        concerned = [key] + [
            other
            for other in self._common
            if other != key
            and _order(ours[key], ours[other]) != _order(_value(given[key]), _value(given[other]))
        ]
        causes = Counter(totals[other].cause for other in concerned if other in totals)
        if not causes or Role.TOTAL not in self._theirs.roles:
            return Found(causes=(Cause.UNKNOWN,), main=Cause.UNKNOWN, words="总分没有差别，或文件没有总分列")
        names = "、".join(self._units[other]["name"] for other in concerned if other in totals)
        return Found(
            causes=tuple(causes), main=causes.most_common(1)[0][0], words=f"随总分变动（{names}的总分不同）"
        )

    # the way from our number to theirs

    def _trace(
        self,
        theirs: Located | None,
        *,
        number: Callable[[Stage], Decimal | None],
        rounding: Callable[[Stage], str | None],
        missing: str,
        composed: Callable[[], Found | None] = lambda: None,
    ) -> Found:
        """Take in the file's figures, targets and rule one after the other until the number is theirs."""
        steps: list[_Step] = []
        before = number(self._stages.base)
        for cause, stage in self._stages.steps:
            now = number(stage)
            if now != before:
                steps.append(_Step(cause=cause, before=before, after=now, words=self._step_words(cause)))
            before = now
            if steps and same_points(theirs, now):
                return _done(steps)
        if (found := composed()) is not None:
            return found
        for count, stage in self._rounding_stages():
            if (words := rounding(stage)) is not None:
                taken = [step for step in steps if step.cause in count]
                last = _Step(cause=Cause.ROUNDING, before=number(stage), after=_value(theirs), words=words)
                return _done([*taken, last])
        before = number(self._stages.targets)
        for variant, stage in self._stages.singles:
            now = number(stage)
            if now != before and same_points(theirs, now):
                taken = [step for step in steps if step.cause is not Cause.RULE]
                words = f"只有这里像是{variant.title}"
                return _done([*taken, _Step(cause=Cause.RULE, before=before, after=now, words=words)])
        return _unknown(steps, theirs, missing)

    def _rounding_stages(self) -> Iterator[tuple[frozenset[Cause], Stage]]:
        """The stages from ours on, each with the causes that are taken in by then."""
        taken: frozenset[Cause] = frozenset()
        yield taken, self._stages.base
        for cause, stage in self._stages.steps:
            taken |= {cause}
            yield taken, stage

    def _step_words(self, cause: Cause) -> str:
        if cause is Cause.RULE:
            return "、".join(variant.title for variant, _ in self._stages.chosen)
        return {Cause.FIGURE: "换成对方的完成值", Cause.TARGET: "换成对方的目标"}[cause]

    def _add(
        self,
        item: Item,
        key: str,
        line: Mapping[str, Any] | None,
        theirs: Located | None,
        ours: str,
        why: Found,
    ) -> None:
        row = self._theirs.rows[key]
        self._found.append(
            Difference(
                item=item,
                unit=self._units[key]["name"],
                key=key,
                indicator=line["indicator"] if line else "",
                theirs=Side(
                    text=theirs.raw if theirs else BLANK,
                    where=theirs.where if theirs else f"{row.sheet}!{row.cell} 所在行列",
                ),
                ours=Side(text=ours, where=self._where(item, key, line["code"] if line else "")),
                cause=why.main,
                causes=why.causes,
                explanation=why.words,
            )
        )


@dataclass(frozen=True, kw_only=True)
class _Step:
    cause: Cause
    before: Decimal | None
    after: Decimal | None
    words: str

    @property
    def size(self) -> Decimal:
        """How far the step goes; a number that comes or goes counts most."""
        if self.before is None or self.after is None:
            return Decimal(10**6)
        return abs(self.after - self.before)

    def told(self) -> str:
        """换成对方的完成值 116.67→133.33."""
        return f"{self.words}：{_points(self.before)}→{_points(self.after)}"


def _done(steps: Sequence[_Step]) -> Found:
    causes = tuple(dict.fromkeys(step.cause for step in steps))
    main = max(steps, key=lambda step: step.size).cause
    return Found(causes=causes, main=main, words=f"{'；'.join(step.told() for step in steps)}，与对方一致")


def _unknown(steps: Sequence[_Step], theirs: Located | None, missing: str) -> Found:
    told = "；".join(step.told() for step in steps)
    so_far = f"{told}；仍" if told else ""
    causes = (*dict.fromkeys(step.cause for step in steps), Cause.UNKNOWN)
    words = f"{so_far}与对方的 {theirs.raw if theirs else BLANK} 不同，用已知的各种规则重算不出{missing}"
    return Found(causes=causes, main=Cause.UNKNOWN, words=words)


def _points(number: Decimal | None) -> str:
    return NOTHING if number is None else format(to_cent(number), ".2f")


def _in_words(number: str | None) -> str | None:
    return None if number is None else plain_decimal(Decimal(number))


def _value(number: Located | None) -> Decimal | None:
    return None if number is None else number.value


def _order(one: Decimal | None, other: Decimal | None) -> int:
    if one is None or other is None:
        return 0
    left, right = to_cent(one), to_cent(other)
    return (left > right) - (left < right)

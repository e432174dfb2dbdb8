"""From sealed rankings to the facts, sections and tables of a document. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulletins.annexes import Table, lines_table, standings_table
from bulletins.document import Official, Part, official_docx
from bulletins.facts import Gathered, Limits, Narrative, gather, numeral
from bulletins.models import Bulletin, Kind, Wording
from bulletins.slots import fill
from bulletins.wording import BRIEF, NOTICE, Section, compose
from districts.models import City
from indicators.models import Indicator, Plan
from rankings.models import Board, RankingEntry, RankingRun
from rankings.overviews import narratives_of
from rankings.selectors import current_run, entries_with_lines, ranking_document
from returns.models import Cycle
from returns.states import WrongState

NOTICE_RECIPIENTS = "各区县人民政府，市府各部门"
BRIEF_RECIPIENTS = "市领导"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a document is made of: sections with slots, the facts they name, the annexes."""

    title: str
    sections: tuple[dict[str, str], ...]
    facts: dict[str, str]
    tables: tuple[Table, ...]
    runs: tuple[RankingRun, ...]


def published_runs(cycle: Cycle) -> list[RankingRun]:
    """The newest published run of each board, districts first."""
    runs = (current_run(cycle, board) for board in Board.values)
    return [run for run in runs if run is not None and run.status == RankingRun.Status.PUBLISHED]


def newest_wording(plan: Plan) -> Wording | None:
    """The plan's own sentence templates, if it has any."""
    return Wording.objects.filter(plan=plan).order_by("-version").first()


def sections_of(wording: Wording | None) -> tuple[Section, ...]:
    """The sections of a 通报 with the plan's templates, the house's where it has none."""
    own: Mapping[str, str] = wording.templates if wording else {}
    return tuple(
        Section(key=item.key, heading=item.heading, template=own.get(item.key, item.template))
        for item in NOTICE
    )


def limits_of(wording: Wording | None) -> Limits:
    """How many places the lists take."""
    return Limits(front=wording.front, end=wording.end) if wording else Limits()


def gather_run(run: RankingRun, *, limits: Limits) -> Gathered:
    """The facts of one run."""
    entries = entries_with_lines(run)
    return gather(
        document=ranking_document(run),
        plan=f"《{run.cycle.plan.name}》",
        period=run.cycle.period.label,
        board=run.get_board_display(),
        data_as_of=run.data_as_of,
        movements={entry.unit: entry.movement for entry in entries},
        narratives=_narratives(entries),
        limits=limits,
    )


def _narratives(entries: Sequence[RankingEntry]) -> list[Narrative]:
    lines = [(entry.unit, line) for entry in entries for line in entry.lines.all()]
    told = narratives_of(line.figure_id for _, line in lines)
    return [
        Narrative(unit=unit, indicator=line.indicator, problems=revision.problems, measures=revision.measures)
        for unit, line in lines
        if line.figure_id is not None and (revision := told.get(line.figure_id)) is not None
    ]


def draft_notice(runs: Sequence[RankingRun]) -> Draft:
    """A 通报 of a quarter from its boards; the first board gives the text, all give annexes.

    Raises WrongState where there is no board, WordingError for a template that does not fit.
    """
    if not runs:
        raise WrongState("本期还没有排名，不能起草通报")
    main = runs[0]
    wording = newest_wording(main.cycle.plan)
    gathered = gather_run(main, limits=limits_of(wording))
    sections = tuple(
        {
            "key": section.key,
            "heading": section.heading,
            "text": compose(section.template, gathered.context),
        }
        for section in sections_of(wording)
    )
    return Draft(
        title=f"关于{main.cycle.plan.short_name}{main.cycle.period.label}目标完成情况的通报",
        sections=sections,
        facts=gathered.facts,
        tables=tuple(table for run in runs for table in tables_of(run)),
        runs=tuple(runs),
    )


def tables_of(run: RankingRun) -> tuple[Table, Table]:
    """The annexes of one board: standings, and every line."""
    document = ranking_document(run)
    movements = {entry.unit: entry.movement for entry in run.entries.all()}
    name = f"{run.cycle.plan.short_name}{run.cycle.period.label}{run.get_board_display()}"
    return (
        standings_table(document, title=f"{name}得分排名表", movements=movements),
        lines_table(document, title=f"{name}指标完成情况表"),
    )


def draft_brief(city: City) -> Draft:
    """A 简报 over the newest published district board of every plan of a city.

    Raises WrongState where nothing has been published.
    """
    facts: dict[str, str] = {}
    plans: list[dict[str, Any]] = []
    runs = []
    for plan in Plan.objects.filter(city=city).order_by("order", "code"):
        run = _newest_published(plan)
        if run is None:
            continue
        gathered = gather_run(run, limits=limits_of(newest_wording(plan)))
        runs.append(run)
        context = prefixed(gathered, plan.short_name, facts)
        plans.append(context | {"序": f"（{numeral(len(runs))}）", "名称": plan.short_name})
    if not runs:
        raise WrongState(f"{city.name}还没有发布过排名，不能起草简报")
    sections = tuple(
        {"key": item.key, "heading": item.heading, "text": compose(item.template, {"方案": plans})}
        for item in BRIEF
    )
    return Draft(
        title=f"{city.name}政策目标进展情况简报",
        sections=sections,
        facts=facts,
        tables=tuple(tables_of(run)[0] for run in runs),
        runs=tuple(runs),
    )


def _newest_published(plan: Plan) -> RankingRun | None:
    for board in Board.values:
        runs = RankingRun.objects.filter(
            cycle__plan=plan, board=board, status=RankingRun.Status.PUBLISHED
        ).select_related("cycle__plan", "scheme")
        run = runs.order_by("-cycle__year", "-cycle__quarter", "-number").first()
        if run is not None:
            return run
    return None


def prefixed(gathered: Gathered, plan: str, facts: dict[str, str]) -> dict[str, Any]:
    """The facts that a brief prints of one plan, under names that begin with the plan's."""
    renamed = Gathered(facts=facts)

    def slot(name: str) -> object:
        return renamed.slot(f"{plan}·{name}", gathered.facts[name])

    ranked = [unit for unit in gathered.context["单位"] if unit["名次"] is not None]
    context: dict[str, Any] = {
        "榜": gathered.context["榜"],
        "期间": slot("期间"),
        "单位数": slot("参评单位数"),
        "黑榜": [item | {"项数": slot(f"{item['名称']}·黑榜项数")} for item in gathered.context["黑榜"]],
    }
    for name in ("计分项次", "达序时项次", "达序时占比", "略滞后项次", "滞后项次", "未报送项次", "黑榜条件"):
        context[name] = slot(name)
    for word, places in (("首位", min), ("末位", max)):
        wanted = places((int(unit["名次"].value) for unit in ranked), default=1)
        shared = [unit["名称"] for unit in ranked if int(unit["名次"].value) == wanted]
        if shared and (word == "首位" or wanted > 1):
            context[word] = "、".join(shared)
            context[f"{word}总分"] = slot(f"{shared[0]}·总分")
    return context


def known_names(bulletin: Bulletin) -> set[str]:
    """Names that may hold digits of their own: indicators and plans of the city."""
    indicators = Indicator.objects.filter(plan__city=bulletin.city).values_list("name", flat=True)
    plans = Plan.objects.filter(city=bulletin.city).values_list("name", "short_name")
    return set(indicators) | {name for pair in plans for name in pair}


def official(bulletin: Bulletin, *, chain: str | None) -> Official:
    """The document as it is printed now. chain is the newest digest of the published series."""
    digests = "，".join(
        f"{run.get_board_display()} {run.digest[:16]}" for run in bulletin.runs.order_by("board", "id")
    )
    return Official(
        issuer=bulletin.issuer,
        number=bulletin.number,
        title=bulletin.title,
        recipients=bulletin.recipients,
        parts=tuple(parts_of(bulletin.sections, bulletin.facts)),
        dated_on=bulletin.dated_on,
        copies=bulletin.copies,
        tables=tuple(Table.from_dict(table) for table in bulletin.tables),
        note=digest_note(digests, chain),
        mark="" if bulletin.state == Bulletin.State.ISSUED else "送审稿",
        opening="现将有关情况通报如下。" if bulletin.kind == Kind.NOTICE else "",
    )


def notice_docx(run: RankingRun, *, chain: str | None) -> bytes:
    """The 通报 of one board with the plan's sentences as they stand, not edited and not signed.

    Raises WordingError for a template that does not fit.
    """
    draft = draft_notice([run])
    published = run.status == RankingRun.Status.PUBLISHED
    return official_docx(
        Official(
            issuer=issuer_of(run.cycle.plan),
            number="",
            title=draft.title,
            recipients=NOTICE_RECIPIENTS,
            parts=tuple(parts_of(draft.sections, draft.facts)),
            dated_on=None,
            copies="",
            tables=draft.tables,
            note=digest_note(f"{run.get_board_display()} {run.digest or run.result_digest}", chain),
            mark="送审稿" if published else f"{run.get_status_display()}，不得作为通报印发",
            opening="现将有关情况通报如下。",
        )
    )


def issuer_of(plan: Plan) -> str:
    """发文机关: the government's office of the plan's city where that owns the plan, else the owner."""
    owner = plan.owner
    return f"{plan.city.name}人民政府办公室" if owner.name.startswith("市政府办") else owner.name


def digest_note(digests: str, chain: str | None) -> str:
    """What is printed so that the numbers can be checked against the sealed series later."""
    return f"数据取自已封存的排名，摘要：{digests}；链上最新摘要：{chain or '（尚无）'}"


def parts_of(sections: Sequence[Mapping[str, str]], facts: Mapping[str, str]) -> list[Part]:
    """The sections with their numbers filled in; empty ones are left out."""
    written = [section for section in sections if section["text"].strip()]
    return [
        Part(
            number=numeral(number),
            heading=section["heading"],
            paragraphs=tuple(fill(section["text"], facts).splitlines()),
        )
        for number, section in enumerate(written, start=1)
    ]

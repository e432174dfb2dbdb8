"""Every act of the site with a body by which it would be done: the trail tells whether it was.

`test_every_act_of_every_address_is_walked` names the acts that are missing here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile

from returns.models import Cycle, Figure
from returns.states import CycleState, FigureState
from tests.factories.files import PDF
from tests.rights.city import FOREIGN, OTHER, OWN, RightsCity

Body = Mapping[str, str | SimpleUploadedFile]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of a body; each try sends a new one."""

    name: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One act: its name in the table, what is sent, and what must be so before (taken back with the act).

    `{figure}`, `{cycle}`, `{wuxing}` and `{newcomer}` in the body stand for the rows of the side that is tried.
    """

    name: str
    body: Mapping[str, str | File] = field(default_factory=dict)
    prepare: Callable[[RightsCity, str], object] | None = None

    def sides(self, addresses: Mapping[str, str]) -> dict[str, str]:
        """The addresses by side; where only the body names a figure, a foreign one is sent to one's own address."""
        names_figure = any("{figure}" in value for value in self.body.values() if isinstance(value, str))
        if not names_figure or FOREIGN in addresses:
            return dict(addresses)
        return {OWN: addresses[OWN], FOREIGN: addresses[OWN], **addresses}

    def filled(self, city: RightsCity, side: str) -> Body:
        """The body for rows of this side."""
        values = {
            "figure": city.rows["figure"].get(side, ""),
            "cycle": _cycle(city, side).pk,
            "wuxing": city.world.wuxing.pk,
            "newcomer": city.world.people["nanxun"].pk,
        }
        return {
            key.format(**values): SimpleUploadedFile(value.name, value.data)
            if isinstance(value, File)
            else value.format(**values)
            for key, value in self.body.items()
        }


def _cycle(city: RightsCity, side: str) -> Cycle:
    return city.other.cycle if side == OTHER else city.world.cycle


def _let_wait_in_unit(city: RightsCity, side: str) -> None:
    Figure.objects.filter(pk=city.rows["figure"].get(side)).update(state=FigureState.UNIT_REVIEW)


def _make_draft(city: RightsCity, side: str) -> None:
    Figure.objects.filter(pk=city.rows["figure"].get(side)).update(state=FigureState.DRAFT)


def _close(city: RightsCity, side: str) -> None:
    Cycle.objects.filter(pk=_cycle(city, side).pk).update(state=CycleState.CLOSED)


_PDF = File(name="a.pdf", data=PDF)
_BOARD = File(name="榜.csv", data="单位,名次,总分\n吴兴区,1,100\n南浔区,2,90\n".encode())

ACTIONS: dict[str, tuple[Deed, ...]] = {
    "api-figures": (
        Deed(
            name="submit",
            body={
                "figures[0]indicator": "parks",
                "figures[0]organisation": "wuxing",
                "figures[0]text": "60",
                "submit": "true",
                "reason": "更正",
            },
        ),
    ),
    "api-uploads": (
        Deed(name="hand_in", body={"file": File(name="a.csv", data="区县,parks\n吴兴区,60\n".encode())}),
    ),
    "api-figure-comments": (Deed(name="comment", body={"text": "请核对"}),),
    "api-figure-evidence": (Deed(name="attach", body={"evidence": _PDF}),),
    "bulletin": (
        Deed(
            name="edit",
            body={
                "action": "edit",
                "revision": "1",
                "title": "通报",
                "issuer": "市政府办公室",
                "recipients": "各区县",
            },
        ),
        Deed(name="sign", body={"action": "sign", "revision": "1"}),
        Deed(
            name="issue",
            body={"action": "issue", "code": "湖政办督", "sequence": "1", "dated_on": "2025-07-20"},
        ),
        Deed(name="take_back", body={"action": "take_back", "reason": "有误"}),
        Deed(name="discard", body={"action": "discard", "revision": "1", "reason": "重拟"}),
    ),
    "cycle": (
        Deed(name="close", body={"action": "close"}),
        Deed(name="reopen", body={"action": "reopen", "reason": "系统故障"}, prepare=_close),
        Deed(name="freeze", body={"action": "freeze"}, prepare=_close),
        Deed(name="sign_off", body={"action": "sign_off"}),
        Deed(name="publish", body={"action": "publish"}),
        Deed(name="correct", body={"action": "correct", "reason": "更正"}),
        Deed(name="freeze_correction", body={"action": "freeze_correction", "reason": "更正"}),
        Deed(name="publish_correction", body={"action": "publish_correction"}),
        Deed(name="due_date", body={"action": "due_date", "due_on": "2099-07-10"}),
        Deed(name="objection_day", body={"action": "objection_day", "objection_until": "2099-07-20"}),
        Deed(
            name="late",
            body={
                "action": "late",
                "organisation": "{wuxing}",
                "until": "2099-07-12",
                "late_reason": "系统故障",
            },
        ),
    ),
    "late_list": (
        Deed(name="remind", body={"action": "remind", "kind": "reporting", "organisation": "{wuxing}"}),
        Deed(name="setting", body={"action": "setting", "days_before": "7"}),
        Deed(name="resend", body={"action": "resend", "delivery": "0"}),
    ),
    "calendar": (
        Deed(name="accept", body={"action": "accept", "cycle": "{cycle}"}),
        Deed(
            name="rule",
            body={
                "action": "rule",
                "opens_day": "1",
                "due_day": "12",
                "review_days": "5",
                "freeze_days": "1",
                "publish_days": "3",
            },
        ),
        Deed(
            name="add_day",
            body={
                "action": "add_day",
                "day": "2025-07-10",
                "is_working_day": "no",
                "day_reason": "国办发1号",
            },
        ),
        Deed(name="remove_day", body={"action": "remove_day", "exception": "1"}),
    ),
    "check_list": (
        Deed(name="switch", body={"code": "cumulative", "enabled": "no", "reason": "年度口径调整"}),
    ),
    "cycle_dates": (Deed(name="set", body={"due_on": "2099-07-10"}),),
    "return_form": (
        Deed(name="save", body={"data_as_of": "2025-06-30", "parks.wuxing": "60", "reason": "更正"}),
    ),
    "return_submit": (Deed(name="submit", body={"draft": "{figure}:1"}, prepare=_make_draft),),
    "unit_review_setting": (Deed(name="switch", body={"enabled": "yes", "reason": "防止误报"}),),
    "unit_review": (
        Deed(name="pass", body={"action": "pass", "figure": "{figure}"}, prepare=_let_wait_in_unit),
        Deed(
            name="return",
            body={"action": "return", "figure": "{figure}", "reason": "请核对"},
            prepare=_let_wait_in_unit,
        ),
    ),
    "review_cycle": (
        Deed(name="verify", body={"action": "verify", "figure": "{figure}"}),
        Deed(name="send_back", body={"action": "send_back", "figure": "{figure}", "reason": "请核对"}),
    ),
    "upload_return": (
        Deed(name="hand_in", body={"reporter": "wuxing", "file": File(name="a.csv", data=b"a,b\n1,2\n")}),
    ),
    "upload_confirm": (Deed(name="confirm", body={"token": "x"}),),
    "upload_discard": (Deed(name="discard"),),
    "issue_submission": (Deed(name="issue"),),
    "submission_scan": (Deed(name="attach", body={"scan": _PDF}),),
    "figure_withdraw": (Deed(name="withdraw", body={"reason": "重复填报"}),),
    "figure_comment": (Deed(name="comment", body={"text": "请核对"}),),
    "figure_evidence": (Deed(name="attach", body={"evidence": _PDF}),),
    "evidence_withdraw": (Deed(name="withdraw", body={"reason": "传错了"}),),
    "signed_sheets": (Deed(name="require", body={"required": "yes", "reason": "年度考核要求"}),),
    "objection_form": (Deed(name="file", body={"text": "数不对"}),),
    "objection": (
        Deed(name="accept", body={"outcome": "accepted", "answer": "数据有误"}),
        Deed(name="reject", body={"outcome": "rejected", "answer": "数据无误"}),
    ),
    "adjustment_list": (
        Deed(
            name="enter",
            body={
                "organisation": "{wuxing}",
                "points": "1",
                "reason": "国家级荣誉",
                "document": "国办函〔2025〕1号",
                "board": "districts",
            },
        ),
    ),
    "withdraw_adjustment": (Deed(name="withdraw", body={"reason": "登记有误"}),),
    "retry_rebuild": (Deed(name="retry"),),
    "ask_rebuild": (Deed(name="ask", body={"cycle": "{cycle}"}),),
    "grant_act": (
        Deed(name="approve", body={"approve": "1"}),
        Deed(name="end", body={"end": "1", "reason": "调离"}),
    ),
    "grant_list": (
        Deed(
            name="propose",
            body={"user": "{newcomer}", "role": "leader", "organisation": "", "plan_code": ""},
        ),
    ),
    "second_factor_setup": (
        Deed(name="begin", body={"action": "begin"}),
        Deed(name="confirm", body={"action": "confirm", "code": "000000"}),
        Deed(name="remove", body={"action": "remove", "code": "000000"}),
    ),
    "session_end": (Deed(name="others", body={"others": "1"}),),
    "recheck_targets": (Deed(name="recheck"),),
    "leaders": (Deed(name="assign", body={"office-parks": "常务副市长", "basis": "分工通知"}),),
    "explain_check": (Deed(name="explain", body={"reason": "文件如此"}),),
    "assign_scheme": (Deed(name="assign", body={"plan": "sowing-2025", "period": "2025Q2"}),),
    "board_comparison": (Deed(name="compare", body={"file": _BOARD}),),
    "board_history": (
        Deed(name="import", body={"year": "2024", "quarter": "3", "board": "districts", "file": _BOARD}),
    ),
    "board_import": (Deed(name="seal"),),
    "start_notice": (Deed(name="draft"),),
    "start_brief": (Deed(name="draft"),),
    "wording": (Deed(name="save", body={"front": "3", "end": "2"}),),
}

NOTHING_COMES_OF = {
    ("bulletin", "issue"): "the draft is not signed; what rights it takes is refused or let in before that",
    ("bulletin", "take_back"): "the draft is not signed",
    ("cycle", "sign_off"): "the quarter is not frozen",
    ("cycle", "publish"): "the quarter is not signed",
    ("cycle", "correct"): "the quarter is not published",
    ("cycle", "freeze_correction"): "no correction is open",
    ("cycle", "publish_correction"): "no correction is open",
    ("cycle", "objection_day"): "the quarter is not published",
    ("objection_form", "file"): "the unit has objected already",
    ("late_list", "resend"): "there is no such delivery",
    ("calendar", "remove_day"): "there is no such day",
    ("upload_confirm", "confirm"): "the kept file is no workbook",
    ("issue_submission", "issue"): "the newest sheet says the same",
    ("grant_act", "end"): "the grant is not in force yet",
    ("second_factor_setup", "begin"): "the trail knows an authenticator once it is confirmed",
    ("second_factor_setup", "confirm"): "the code is wrong",
    ("second_factor_setup", "remove"): "there is no authenticator",
    ("session_end", "others"): "there is no other session",
}
"""Acts that reach their service and are refused there by the state of the rows: the table tells only who is let in."""

TRIED_EMPTY = {
    "display": "a cookie of the browser, no data: tests/pages",
    "sign_in": "tests/accounts/test_sign_in.py",
    "sign_out": "tried last by the walk itself",
    "password": "one's own only: tests/accounts/test_pages.py",
    "second_factor": "one's own only: tests/accounts/test_sign_in.py",
    "notice_list": "one's own only, not in the trail: tests/reminders",
    "upload_read": "reads a file that waits too long, changes no figure: tests/returns/test_batches.py",
    "batch_read": "as upload_read",
    "batch_confirm": "upload_confirm for each file of the batch: tests/returns/test_batches.py",
    "new_scheme_version": "needs a whole scheme: tests/rankings; the empty form tells who is let in",
}
"""Addresses that act and are tried with an empty form only, and where the act is tested."""

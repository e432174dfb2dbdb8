"""Nobody passes or confirms what they had a part in: value, narrative or evidence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from accounts.models import Role, User
from returns.authorship import own_work
from returns.models import Figure
from returns.services.evidence import attach_evidence, withdraw_evidence
from returns.services.figures import save_figures
from returns.services.review import SendBack, Verification, send_back_figures, verify_figures
from returns.services.unit_review import pass_figures, return_figures, switch_unit_review
from returns.services.uploads import verify_own_figures
from returns.states import Hand
from returns.workbook.types import FigureRow
from tests.factories import UserFactory, grant, make_world
from tests.factories.files import upload

pytestmark = pytest.mark.django_db

TOLD = "“吴兴区 科技型产业园”的数、说明或佐证有本账号填报的，须由"


class Office:
    """吴兴区 with two accounts that both fill in and review, and 市经信局 that leads the indicator."""

    def __init__(self) -> None:
        self.world = make_world()
        self.world.indicator("parks", name="科技型产业园")
        self.world.target("parks", self.world.wuxing, "12")
        self.people = {name: self._account(name) for name in ("one", "two")}
        switch_unit_review(
            actor=self.world.people["owner"], plan=self.world.plan, is_on=True, reason="防止误报"
        )

    def _account(self, name: str) -> User:
        user = UserFactory.create(username=name, organisation=self.world.wuxing)
        grant(user, Role.REPORTER, self.world.wuxing)
        grant(user, Role.REVIEWER, self.world.wuxing)
        return user

    @property
    def figure(self) -> Figure:
        return Figure.objects.select_related("indicator", "organisation", "cycle__plan").get()

    def write(self, who: str, text: str, progress: str = "") -> None:
        row = FigureRow(
            indicator="parks", organisation="wuxing", value=Decimal(text), raw=text, progress=progress
        )
        save_figures(
            actor=self.people[who],
            cycle=self.world.cycle,
            reporter=self.world.wuxing,
            rows=[row],
            warnings={},
            source="form",
            reason="更正",
        )

    def attach(self, who: str) -> None:
        attach_evidence(actor=self.people[who], figure=self.figure, files=[upload("名单.pdf")])

    def withdraw(self, who: str) -> None:
        evidence = self.figure.evidence.get()
        withdraw_evidence(actor=self.people[who], evidence=evidence, reason="传错了")

    def passes(self, who: str) -> list[str]:
        problems = pass_figures(actor=self.people[who], cycle=self.world.cycle, figure_ids=[self.figure.pk])
        return [problem.message for problem in problems]

    def send_back(self) -> None:
        send_back_figures(
            actor=self.world.people["jxj"],
            cycle=self.world.cycle,
            returned=[SendBack(figure_id=self.figure.pk, reason="口径")],
        )

    def return_to_reporter(self, who: str) -> None:
        return_figures(
            actor=self.people[who],
            cycle=self.world.cycle,
            returned=[SendBack(figure_id=self.figure.pk, reason="缺名单")],
        )


@pytest.fixture
def office() -> Office:
    return Office()


def overwritten(office: Office) -> None:
    office.write("one", "7")
    office.write("two", "8")


def narrated(office: Office) -> None:
    """The narrative was passed by the other account long ago and still stands beside a new value."""
    office.write("one", "7", "开工两个")
    assert office.passes("two") == []
    office.send_back()
    office.write("two", "8", "开工两个")


def supported(office: Office) -> None:
    office.write("two", "7")
    office.attach("one")


def returned(office: Office) -> None:
    """A return is no pass: what was written before it is still its writer's."""
    office.write("one", "7")
    office.return_to_reporter("two")
    office.write("two", "8")


@pytest.mark.parametrize("story", [overwritten, narrated, supported, returned])
def test_whoever_had_a_part_in_a_figure_does_not_pass_it(
    office: Office, story: Callable[[Office], None]
) -> None:
    story(office)

    assert office.passes("one") == [f"{TOLD}本单位另一个审核账号审核"]
    assert office.passes("two") == [f"{TOLD}本单位另一个审核账号审核"]
    assert office.figure.state == "unit_review"


def replaced_after_a_pass(office: Office) -> None:
    office.write("one", "7", "开工两个")
    assert office.passes("two") == []
    office.send_back()
    office.write("two", "8", "开工三个")


def file_taken_back(office: Office) -> None:
    office.write("two", "7")
    office.attach("one")
    office.withdraw("one")


@pytest.mark.parametrize("story", [replaced_after_a_pass, file_taken_back])
def test_a_part_that_was_reviewed_and_no_longer_stands_is_no_part(
    office: Office, story: Callable[[Office], None]
) -> None:
    story(office)

    assert office.passes("two") != []
    assert office.passes("one") == []


def test_nobody_confirms_what_they_reported_for_another_unit(office: Office) -> None:
    """An account with roles in two offices: it filled in for the district and confirms for the department."""
    office.write("one", "7")
    assert office.passes("two") == []
    grant(office.people["one"], Role.VERIFIER, office.world.jxj)
    both = User.objects.get(username="one")
    wanted = [Verification(figure_id=office.figure.pk)]

    refused = verify_figures(actor=both, cycle=office.world.cycle, verifications=wanted)
    by_file = verify_own_figures(actor=both, cycle=office.world.cycle, figure_ids=[office.figure.pk])
    done = verify_figures(actor=office.world.people["jxj"], cycle=office.world.cycle, verifications=wanted)

    assert [(item.code, item.message) for item in refused] == [("own_figure", f"{TOLD}另一个核定账号核定")]
    assert [item.message for item in by_file] == [
        "“吴兴区 科技型产业园”已报送，但本账号不能核定它：不能核定本账号填报的数据"
    ]
    assert done == []
    assert office.figure.state == "verified"


def test_a_department_s_own_number_for_a_district_is_its_word(office: Office) -> None:
    """What the leading department enters for a district is the 核定数: entering and confirming are one act there."""
    world = office.world
    switch_unit_review(actor=world.people["owner"], plan=world.plan, is_on=False, reason="试行结束")
    world.report("jxj", {("parks", world.wuxing): "7"})

    world.verify("jxj", office.figure)

    assert office.figure.state == "verified"
    assert own_work(world.people["jxj"], [office.figure], hand=Hand.UNIT) == {office.figure.pk}

"""Write the demo's return files from its tables; the files are committed, so this runs when values change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from districts.models import Organisation
from huzhou_targets.command_line import told_to_people
from huzhou_targets.demo.files import DemoData, DemoDataError, DemoReturn, read_demo
from huzhou_targets.demo.forms import build_form, template_vocabulary
from huzhou_targets.demo.templates import fill_template
from huzhou_targets.demo.workbooks import write_form
from huzhou_targets.demo.worked_example import WORKED_EXAMPLE, worked_example_form
from returns.models import Cycle
from returns.selectors import find_cycle

DEMO_ROOT = Path(settings.BASE_DIR) / "fixtures" / "demo"


class Command(BaseCommand):
    help = "按 fixtures/demo 的数值表写出演示季报文件（需先 load_reference）；数值未变的文件不变。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--root", type=Path, default=DEMO_ROOT, help="folder of the demo")

    def handle(self, *, root: Path, **options: Any) -> None:
        try:
            demo = read_demo(root)
            with told_to_people():
                written = [_write(demo, entry) for entry in demo.returns]
                written.append(_write_worked_example(root))
        except DemoDataError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"共 {len(written)} 个文件，其中 {sum(written)} 个有变化。")


def _write(demo: DemoData, entry: DemoReturn) -> bool:
    cycle = find_cycle(plan_code=entry.plan, period=str(entry.period))
    reporter = Organisation.objects.get(city=cycle.plan.city_id, code=entry.account)
    return _store(demo.path_of(entry), make_return(demo, entry, cycle=cycle, reporter=reporter))


def make_return(demo: DemoData, entry: DemoReturn, *, cycle: Cycle, reporter: Organisation) -> bytes:
    """The bytes of one file of the manifest."""
    form = build_form(demo, entry, cycle=cycle, reporter=reporter)
    if entry.layout == "A":
        vocabulary = template_vocabulary(demo, entry, cycle=cycle, reporter=reporter)
        return fill_template(form, vocabulary=vocabulary, organisation=reporter.code)
    return write_form(form, layout=entry.layout)


def _write_worked_example(root: Path) -> bool:
    cycle = find_cycle(plan_code="sowing-2025", period="2025Q2")
    return _store(root / WORKED_EXAMPLE, write_form(worked_example_form(root, cycle=cycle), layout="C"))


def _store(path: Path, data: bytes) -> bool:
    """Write the file unless it holds these bytes already; returns whether it was written."""
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True

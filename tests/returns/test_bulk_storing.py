"""Many rows in one save: what is stored, what is told, and that a failure leaves nothing behind."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from audit.checking import check_trail
from audit.models import AuditEntry
from districts.models import Organisation
from rankings.models import RebuildRequest
from returns.models import Figure, FigureRevision, QuarterlyReturn, Upload
from returns.services.figures import Saved, save_figures
from returns.states import FigureState, WrongState
from returns.submissions import Submission
from returns.workbook.types import FigureRow
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

PLACES = 1200
"""More than one batch of anything that is done in batches."""


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    world.indicator("firms")
    Organisation.objects.bulk_create(
        Organisation(city=world.city, code=f"d{number:04d}", name=f"第{number}区", kind="district")
        for number in range(PLACES // 2)
    )
    return world


def rows_of(world: World, value: Callable[[int], Decimal], **changes: object) -> list[FigureRow]:
    """A row for each place; value is given the row's position."""
    codes = Organisation.objects.filter(code__startswith="d").order_by("code").values_list("code", flat=True)
    places = [(indicator, code) for indicator in ("parks", "firms") for code in codes]
    return [
        FigureRow(
            indicator=indicator,
            organisation=code,
            value=value(position),
            raw=f"{value(position):f}家",
            sheet="填报表",
            cell=f"H{position + 5}",
            **changes,  # type: ignore[arg-type]
        )
        for position, (indicator, code) in enumerate(places)
    ]


def save(world: World, rows: list[FigureRow], **changes: object) -> Saved:
    """The rows handed in by 市经信局 from a file."""
    options: dict[str, object] = {"warnings": {}, "source": "file", "upload": upload_of(world)}
    return save_figures(
        actor=world.people["jxj"],
        cycle=world.cycle,
        reporter=world.jxj,
        rows=rows,
        **(options | changes),  # type: ignore[arg-type]
    )


def upload_of(world: World) -> Upload:
    return Upload.objects.create(
        cycle=world.cycle,
        organisation=world.jxj,
        uploaded_by=world.people["jxj"],
        filename="季报.xlsx",
        content="uploads/1.bin",
        size=1,
        sha256="a" * 64,
    )


def test_each_row_becomes_a_figure_with_where_it_came_from(world: World) -> None:
    rows = rows_of(world, lambda position: Decimal(position) / 4, data_as_of=datetime.date(2025, 6, 30))

    saved = save(world, rows, warnings={("firms", "d0007"): ["beyond_target：请核对"]}, reason="补报")

    assert (saved.new, saved.changed, saved.unchanged) == (PLACES, 0, 0)
    stored = FigureRevision.objects.select_related("figure__indicator", "figure__organisation").order_by("id")
    assert [
        (item.figure.indicator.code, item.figure.organisation.code, item.figure.value, item.value, item.cell)
        for item in stored
    ] == [(row.indicator, row.organisation, row.value, row.value, row.cell) for row in rows]
    assert saved.figure_ids == tuple(item.figure_id for item in stored)
    one = stored.get(figure__indicator__code="firms", figure__organisation__code="d0007")
    upload = Upload.objects.get()
    assert (one.raw_text, one.sheet, one.upload, one.author, one.source, one.number) == (
        "151.75家",
        "填报表",
        upload,
        world.people["jxj"],
        "file",
        1,
    )
    assert (one.warnings, one.reason, one.data_as_of) == (
        ["beyond_target：请核对"],
        "补报",
        datetime.date(2025, 6, 30),
    )
    assert (one.figure.state, one.figure.submitted_at) == (FigureState.SUBMITTED, one.created_at)
    assert one.figure.quarterly_return == QuarterlyReturn.objects.get()


def test_rows_are_stored_as_model_objects_would_be(world: World) -> None:
    """Whoever reads the columns without the models finds the same in them."""
    row = rows_of(world, lambda _: Decimal("12.5"), data_as_of=datetime.date(2025, 6, 30))[0]
    save(world, [row])
    revision = FigureRevision.objects.select_related("figure").get()
    figure = revision.figure
    figure_columns, revision_columns = columns_of(figure), columns_of(revision)

    figure.pk, figure.indicator = None, world.indicators["firms"]
    figure.save()
    revision.pk, revision.figure = None, figure
    revision.save()

    assert columns_of(figure) == figure_columns | {
        "id": figure.pk,
        "indicator_id": world.indicators["firms"].pk,
    }
    assert columns_of(revision) == revision_columns | {"id": revision.pk, "figure_id": figure.pk}


def columns_of(row: Model) -> dict[str, object]:
    """What the database holds for a row, without any conversion by a model's fields."""
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [row.pk])  # noqa: S608 - our own table
        return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def test_same_rows_again_make_no_revision_and_no_entry(world: World) -> None:
    rows = rows_of(world, Decimal)
    save(world, rows)
    entries, requests = AuditEntry.objects.count(), RebuildRequest.objects.count()

    saved = save(world, rows)

    assert (saved.new, saved.changed, saved.unchanged) == (0, 0, PLACES)
    assert len(saved.figure_ids) == PLACES
    assert FigureRevision.objects.count() == PLACES
    assert (AuditEntry.objects.count(), RebuildRequest.objects.count()) == (entries, requests)


def test_changed_rows_make_second_revisions_and_the_first_stay(world: World) -> None:
    save(world, rows_of(world, Decimal))

    saved = save(world, rows_of(world, lambda position: Decimal(position + position % 2)))

    assert (saved.new, saved.changed, saved.unchanged) == (0, PLACES // 2, PLACES // 2)
    numbers = FigureRevision.objects.order_by("id").values_list("number", "value")
    assert list(numbers) == [
        *((1, Decimal(position)) for position in range(PLACES)),
        *((2, Decimal(position + 1)) for position in range(1, PLACES, 2)),
    ]
    assert list(Figure.objects.order_by("id").values_list("value", "revision_number")) == [
        (Decimal(position + position % 2), 1 + position % 2) for position in range(PLACES)
    ]


def test_one_entry_in_the_audit_trail_tells_every_value(world: World) -> None:
    save(world, rows_of(world, lambda _: Decimal(1)))
    save(world, rows_of(world, lambda position: Decimal(1) if position else Decimal("2.5")))

    first, second = AuditEntry.objects.filter(verb="return.submitted").order_by("id")

    assert len(first.changes["values"]) == PLACES
    assert first.changes["values"]["firms/d0000"] == [None, "1"]
    assert second.changes == {
        "values": {"parks/d0000": ["1", "2.5"]},
        "file": {"name": "季报.xlsx", "sha256": "a" * 64},
        "sheet": Submission.objects.latest("id").code,
    }
    assert check_trail().is_whole


def test_drafts_are_handed_in_without_a_revision(world: World) -> None:
    rows = rows_of(world, Decimal)
    save(world, rows, submit=False)

    saved = save(world, rows)

    assert (saved.new, saved.changed, saved.unchanged) == (0, 0, PLACES)
    assert set(Figure.objects.values_list("state", "revision_number")) == {(FigureState.SUBMITTED, 1)}
    assert not Figure.objects.filter(submitted_at=None).exists()
    entry = AuditEntry.objects.get(verb="return.submitted")
    assert entry.changes["submitted"] == sorted(saved.figure_ids)


def test_nothing_stays_when_the_last_row_cannot_be_stored(world: World) -> None:
    rows = rows_of(world, Decimal)
    save(world, rows[:10])
    wrong = [*rows[:-1], FigureRow(indicator="parks", organisation="d0000", value=Decimal(3), raw="3")]

    with pytest.raises(WrongState, match="填了两次"):
        save(world, wrong)

    assert (Figure.objects.count(), FigureRevision.objects.count()) == (10, 10)
    assert AuditEntry.objects.filter(verb="return.submitted").count() == 1


def test_nothing_stays_when_the_database_refuses_a_revision(world: World) -> None:
    """A file's revision without its upload is refused by the database, after the figures were inserted."""
    with pytest.raises(IntegrityError, match="file_revision_has_upload"):
        save(world, rows_of(world, lambda _: Decimal(1)), upload=None)

    assert (Figure.objects.count(), FigureRevision.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_narrative_that_a_row_leaves_out_stands(world: World) -> None:
    save(world, rows_of(world, lambda _: Decimal(1), progress="已开工"))

    saved = save(world, rows_of(world, lambda _: Decimal(1)))
    other = save(world, rows_of(world, lambda _: Decimal(1), progress="已竣工"))

    assert (saved.unchanged, other.changed) == (PLACES, PLACES)


def test_date_and_narrative_that_a_new_number_leaves_out_stand(world: World) -> None:
    said = {"data_as_of": datetime.date(2025, 6, 30), "data_status": "flash", "problems": "用地未批"}
    (row, *_) = rows_of(world, Decimal, **said)
    save(world, [row])

    save(
        world,
        [row._replace(value=Decimal(7), data_as_of=None, data_status="", problems="", progress="已开工")],
    )

    newest = FigureRevision.objects.get(number=2)
    assert (newest.data_as_of, newest.data_status) == (datetime.date(2025, 6, 30), "flash")
    assert (newest.progress, newest.problems) == ("已开工", "用地未批")


def test_narrative_that_is_emptied_on_purpose_is_empty(world: World) -> None:
    (row, *_) = rows_of(world, Decimal, problems="用地未批")
    save(world, [row])

    save(world, [row._replace(value=Decimal(7), problems="", complete=True)])

    assert FigureRevision.objects.get(number=2).problems == ""


def test_number_of_queries_does_not_grow_with_the_rows(world: World) -> None:
    rows = rows_of(world, Decimal)
    upload = upload_of(world)
    with CaptureQueriesContext(connection) as few:
        save(world, rows[:2], upload=upload)

    with CaptureQueriesContext(connection) as many:
        save(world, rows, upload=upload)

    assert len(many) <= len(few)

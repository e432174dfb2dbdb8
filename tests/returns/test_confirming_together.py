"""Two people confirm at the same moment, each with a preview that was right: one is stored, one asked again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Role
from returns.models import Figure, FigureRevision, Upload
from returns.services.confirming import Confirmed, confirm_upload
from returns.services.reading import read_upload, receive_upload
from tests.factories import UserFactory, grant, make_world
from tests.workbook.builders import sheet_bytes


@pytest.mark.postgresql_only  # SQLite has one writer at a time
@pytest.mark.django_db(transaction=True)
def test_one_of_two_simultaneous_confirmations_is_stored_and_the_other_asked_again() -> None:
    world = make_world()
    world.indicator("parks", name="科技型产业园")
    world.target("parks", world.wuxing, "12")
    second = UserFactory.create(username="second", organisation=world.wuxing)
    grant(second, Role.REPORTER, world.wuxing)
    people = [world.people["wuxing"], second]
    uploads = []
    for person, value in zip(people, (7, 8), strict=True):
        data = sheet_bytes([["区县", "科技型产业园"], ["吴兴区", value]])
        received = receive_upload(
            actor=person, cycle=world.cycle, reporter=world.wuxing, filename="a.xlsx", data=data
        )
        read_upload(received.pk)
        uploads.append(Upload.objects.select_related("cycle__plan", "organisation").get(pk=received.pk))
    together = Barrier(2)

    def confirm(number: int) -> Confirmed:
        try:
            together.wait(timeout=20)
            upload = uploads[number]
            return confirm_upload(actor=people[number], upload=upload, token=upload.preview["token"])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(confirm, range(2)))

    stored = [number for number, result in enumerate(results) if result.saved is not None]
    (winner,) = stored
    asked = results[1 - winner].preview
    assert asked is not None
    assert [(line.before, line.stored_by) for line in asked.lines] == [((7, 8)[winner], people[winner].label)]
    assert Figure.objects.get().value == (7, 8)[winner]
    assert FigureRevision.objects.count() == 1
    assert sorted(Upload.objects.values_list("state", flat=True)) == ["checked", "stored"]

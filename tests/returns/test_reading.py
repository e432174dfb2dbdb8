"""Files that a worker reads: each is read once, a dead worker's file again, and none for ever."""

from __future__ import annotations

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from audit.models import AuditEntry
from returns.models import Figure, Upload
from returns.services import reading
from returns.services.confirming import confirm_upload
from returns.services.reading import read_due_uploads, read_upload, receive_upload, sweep_uploads
from returns.services.uploads import take_in_return
from returns.states import WrongState
from returns.tasks import read_file
from tests.factories import World, make_world
from tests.workbook.builders import sheet_bytes

pytestmark = pytest.mark.django_db

PAGE = "/returns/sowing-2025/2025Q2/upload/"
DATA = sheet_bytes([["区县", "科技型产业园"], ["吴兴区", 7]])


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks", name="科技型产业园")
    world.target("parks", world.wuxing, "12")
    return world


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(world.people["wuxing"])
    return client


def received(world: World) -> Upload:
    return receive_upload(
        actor=world.people["wuxing"], cycle=world.cycle, reporter=world.wuxing, filename="a.xlsx", data=DATA
    )


def state_of(upload: Upload) -> str:
    return Upload.objects.get(pk=upload.pk).state


def make_slow(upload: Upload) -> None:
    """As if the file had been waiting in the queue for a minute."""
    Upload.objects.filter(pk=upload.pk).update(uploaded_at=timezone.now() - datetime.timedelta(minutes=1))


def test_received_file_is_read_by_the_task_once(world: World) -> None:
    upload = received(world)

    read_file(upload_id=upload.pk)
    read_file(upload_id=upload.pk)

    upload.refresh_from_db()
    assert (upload.state, upload.attempts, upload.lease_until) == ("checked", 1, None)
    assert AuditEntry.objects.filter(verb="upload.checked").count() == 1
    assert Figure.objects.count() == 0


def test_state_tells_reading_from_checking(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = received(world)
    seen: list[str] = []
    examine = reading.examine_file

    def watched(*args, before_checks, **kwargs):  # type: ignore[no-untyped-def]
        seen.append(state_of(upload))

        def checking() -> None:
            before_checks()
            seen.append(state_of(upload))

        return examine(*args, before_checks=checking, **kwargs)

    monkeypatch.setattr(reading, "examine_file", watched)
    read_upload(upload.pk)

    assert [*seen, state_of(upload)] == ["reading", "checking", "checked"]


def test_file_of_a_dead_worker_is_read_again_when_its_lease_runs_out(world: World) -> None:
    upload = received(world)
    reading._claim(upload.pk)
    held = sweep_uploads()
    Upload.objects.update(lease_until=timezone.now() - datetime.timedelta(seconds=1))

    back = sweep_uploads()
    read_due_uploads()

    assert (held, back) == ([], [upload.pk])
    assert state_of(upload) == "checked"


def test_reading_that_breaks_off_three_times_refuses_the_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = received(world)

    def breaks(*args: object, **kwargs: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(reading, "examine_file", breaks)
    states = []
    for _ in range(3):
        with pytest.raises(OSError, match="the disk is gone"):
            read_upload(upload.pk)
        states.append(state_of(upload))

    upload.refresh_from_db()
    assert states == ["received", "received", "refused"]
    assert [problem["code"] for problem in upload.errors] == ["reading_failed"]
    assert read_due_uploads() == 0
    assert AuditEntry.objects.filter(verb="upload.refused").count() == 1


def test_worker_that_lost_its_lease_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = received(world)
    examine = reading.examine_file

    def loses(*args, **kwargs):  # type: ignore[no-untyped-def]
        monkeypatch.setattr(reading, "examine_file", examine)
        Upload.objects.update(state=Upload.State.RECEIVED)
        read_upload(upload.pk)
        confirm_upload(
            actor=world.people["wuxing"],
            upload=Upload.objects.get(),
            token=Upload.objects.get().preview["token"],
        )
        return examine(*args, **kwargs)

    monkeypatch.setattr(reading, "examine_file", loses)
    read_upload(upload.pk)

    assert state_of(upload) == "stored"
    assert Figure.objects.get().value == 7


def test_file_of_the_command_is_not_taken_by_a_worker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[int]] = []
    monkeypatch.setattr(
        "returns.services.uploads.require_reporting_open", lambda *_, **__: seen.append(sweep_uploads())
    )

    intake = take_in_return(
        actor=world.people["wuxing"], cycle=world.cycle, reporter=world.wuxing, filename="a.xlsx", data=DATA
    )

    assert seen == [[]]
    assert intake.stored


def test_limits_are_settings_and_the_message_names_them(world: World, settings: Settings) -> None:
    settings.READING_LIMITS = {"rows": 1}
    upload = received(world)

    read_upload(upload.pk)

    upload.refresh_from_db()
    assert [problem["code"] for problem in upload.errors] == ["limit_exceeded"]
    assert "行数（上限 1）" in upload.errors[0]["message"]


def test_file_that_is_not_read_yet_cannot_be_confirmed(world: World) -> None:
    upload = received(world)

    with pytest.raises(WrongState, match="还没有读完"):
        confirm_upload(actor=world.people["wuxing"], upload=upload, token="")


def test_page_follows_the_reading_and_stops_when_it_is_done(world: World, client: Client) -> None:
    sent = client.post(PAGE, {"reporter": "wuxing", "file": SimpleUploadedFile("a.xlsx", DATA)})
    address = sent["Location"]
    waiting = client.get(address).content.decode()
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    read_due_uploads()
    done = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert 'hx-trigger="every 1s"' in fragment
    assert "排队中" in fragment
    assert "<html" not in fragment
    assert "hx-trigger" not in done
    assert "确认入库" in done


def test_file_that_waits_long_may_be_read_by_the_page_itself(world: World, client: Client) -> None:
    upload = received(world)
    early = client.post(f"/uploads/{upload.pk}/read/")
    between = state_of(upload)
    make_slow(upload)

    offered = "立即读取" in client.get(f"/uploads/{upload.pk}/").content.decode()
    client.post(f"/uploads/{upload.pk}/read/")

    assert (early.status_code, between, offered) == (302, "received", True)
    assert state_of(upload) == "checked"


def test_receipt_waits_until_the_file_is_read(world: World, client: Client) -> None:
    upload = received(world)
    before = client.get(f"/uploads/{upload.pk}/receipt/").status_code
    read_due_uploads()

    after = client.get(f"/uploads/{upload.pk}/receipt/").status_code

    assert (before, after) == (404, 200)


def test_file_of_another_quarter_is_refused_with_the_right_template_on_the_page(
    world: World, client: Client
) -> None:
    data = sheet_bytes([["播种计划2025年一季度进展", None], ["区县", "科技型产业园"], ["吴兴区", 7]])
    sent = client.post(PAGE, {"reporter": "wuxing", "file": SimpleUploadedFile("旧.xlsx", data)})
    read_due_uploads()

    page = client.get(sent["Location"]).content.decode()

    assert [problem["code"] for problem in Upload.objects.get().errors] == ["other_period"]
    assert (
        '/returns/sowing-2025/2025Q2/template/?reporter=wuxing">下载吴兴区2025年二季度的现行填报模板' in page
    )

"""Exports that managers ask for."""

import os
import socket
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import now

from markets.models.exports import export_storage
from signals.contacts.erasure import erase
from signals.portability.requests import clean_up_exports, make_next_export, request_export
from tests.factories import ContactFactory

PAGE = "workspace_exports"


class Stopped(Exception):
    pass


@pytest.fixture
def ours(client, workspace, manager):
    client.force_login(manager)
    return workspace


@pytest.fixture
def made(ours, manager):
    ContactFactory(workspace=ours, full_name="Ann Smith")
    request_export(workspace=ours, by=manager)
    assert make_next_export(worker="a:1:b")
    return ours.workspace_exports.get()


def file_of(export):
    return os.path.join(export_storage().location, str(export.file))


@pytest.mark.django_db(transaction=True)  # the worker closes connections
def test_a_manager_asks_for_a_file_and_downloads_it_when_it_is_made(client, ours):
    answer = client.post(reverse(PAGE, args=["acme"]), follow=True)
    assert "The export is on its way" in answer.text
    assert "Waiting" in answer.text

    call_command("import_worker", once=True, verbosity=0)

    export = ours.workspace_exports.get()
    url = reverse("workspace_export_file", args=["acme", export.pk])
    assert url in client.get(reverse(PAGE, args=["acme"])).text
    answer = client.get(url)
    with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "csv/markets_contact.csv" in archive.namelist()
    assert answer["Content-Disposition"].startswith('attachment; filename="acme-')
    recorded = [event.action for event in ours.audit_events.order_by("pk")]
    assert recorded == ["workspace_exported", "workspace_downloaded"]


def test_only_one_is_under_way(client, ours):
    client.post(reverse(PAGE, args=["acme"]))

    answer = client.post(reverse(PAGE, args=["acme"]), follow=True)

    assert "under way already" in answer.text
    assert ours.workspace_exports.count() == 1


def test_a_worker_that_is_stopped_leaves_the_export_to_another(ours, manager):
    ContactFactory(workspace=ours)
    request_export(workspace=ours, by=manager)

    def stop(rows):
        raise Stopped

    with pytest.raises(Stopped):
        make_next_export(worker="a:1:b", progress=stop)

    assert ours.workspace_exports.get().state == "waiting"
    assert make_next_export(worker="a:2:c")
    assert ours.workspace_exports.get().is_ready
    assert os.path.exists(file_of(ours.workspace_exports.get()))


def test_the_export_of_a_dead_process_begins_again(ours, manager):
    request_export(workspace=ours, by=manager)
    dead = f"{socket.gethostname()[:60]}:999999:b"
    until = now() + timedelta(hours=1)
    ours.workspace_exports.update(state="running", lease_owner=dead, lease_until=until)
    assert not make_next_export(worker="a:2:c")

    clean_up_exports()

    assert make_next_export(worker="a:2:c")


def test_old_files_are_deleted(client, ours, made, settings):
    assert os.path.exists(file_of(made))
    clean_up_exports()
    assert os.path.exists(file_of(made))  # the control
    ours.workspace_exports.update(finished_at=now() - timedelta(days=settings.WORKSPACE_EXPORT_DAYS, hours=1))

    clean_up_exports()

    assert not os.path.exists(file_of(made))
    assert ours.workspace_exports.get().state == "deleted"
    answer = client.get(reverse("workspace_export_file", args=["acme", made.pk]), follow=True)
    assert "not kept any more" in answer.text


def test_erasing_a_person_deletes_the_files_that_name_them(ours, made, manager):
    erase(contact=ours.contacts.get(), by=manager, reason="Request 7")

    assert not os.path.exists(file_of(made))
    assert ours.workspace_exports.get().state == "deleted"


def test_an_export_that_is_made_while_a_person_is_erased_begins_again(ours, manager):
    contact = ContactFactory(workspace=ours, full_name="Ann Smith")
    request_export(workspace=ours, by=manager)

    make_next_export(worker="a:1:b", progress=lambda rows: erase_once(contact, manager))

    assert ours.workspace_exports.get().state == "waiting"


def erase_once(contact, manager):
    if not contact.erasures.exists():
        erase(contact=contact, by=manager, reason="Request 7")

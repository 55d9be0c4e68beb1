"""Archiving a workspace, bringing it back, and requesting its deletion."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.timezone import now

from calls.queue.leases import lease_next
from config.ui.dates import full_day
from markets.imports import jobs
from markets.imports.fields import CONTACT_FIELDS
from markets.imports.files.expiry import old_drafts
from markets.imports.jobs import LeaseLost
from markets.imports.mapping import ColumnMapping
from markets.lifecycle.archive import archive, bring_back, cancel_deletion, request_deletion
from markets.models import ImportJob, Workspace
from tests.commands import run_command, run_failing
from tests.factories import MembershipFactory, import_draft
from tests.importing import import_people

PAGE = "/w/acme/settings/archive/"


@pytest.fixture
def archived(workspace, manager):
    archive(workspace=workspace, by=manager)
    return workspace


def request(workspace, by, name="Acme"):
    request_deletion(workspace=workspace, name=name, url="https://portal.example/x", by=by)


def stored(workspace):
    return Workspace.objects.get(pk=workspace.pk)


def test_a_manager_archives_and_brings_back(as_manager, workspace, manager):
    page = as_manager.post(PAGE, follow=True).content.decode()
    assert stored(workspace).archived_at
    assert "Acme archived. Only managers can open it now." in page
    assert "Acme is archived: only managers can open it, and nothing can be changed." in page

    page = as_manager.post(f"{PAGE}bring-back/", follow=True).content.decode()
    assert stored(workspace).archived_at is None
    assert "is archived: only managers" not in page

    events = workspace.audit_events.order_by("pk").values_list("action", "user")
    assert list(events) == [("workspace_archived", manager.pk), ("workspace_brought_back", manager.pk)]


def test_only_managers_find_an_archived_workspace(client, archived, manager, caller, viewer, ops):
    for user, expected in ((caller, 404), (viewer, 404), (manager, 200), (ops, 200)):
        client.force_login(user)
        assert client.get(reverse("dashboard", args=["acme"])).status_code == expected
        assert ("Acme" in client.get("/").content.decode()) == (expected == 200)


def test_a_workspace_that_is_not_archived_is_not_deleted(workspace, manager):
    with pytest.raises(ValidationError, match="Acme is not archived"):
        request(workspace, manager)


def test_the_name_has_to_be_typed(as_manager, archived):
    page = as_manager.post(f"{PAGE}delete/", {"name": "acme"}).content.decode()

    assert "Type the name exactly as it is: Acme" in page
    assert stored(archived).delete_after is None
    assert mail.outbox == []


def test_all_managers_are_told_of_the_deletion_and_the_day(as_manager, archived, manager, caller, settings):
    second = MembershipFactory(workspace=archived, role="manager", user__language="de").user
    MembershipFactory(workspace=archived, role="manager", user__is_active=False)
    settings.WORKSPACE_DELETION_DAYS = 12

    page = as_manager.post(f"{PAGE}delete/", {"name": " Acme "}, follow=True).content.decode()

    found = stored(archived)
    assert abs(found.delete_after - now() - timedelta(days=12)) < timedelta(minutes=5)
    assert found.deletion_requested_by == manager
    assert "Deletion requested. All managers were told by mail." in page
    assert sorted(each.to[0] for each in mail.outbox) == sorted([manager.email, second.email])
    english, german = sorted(mail.outbox, key=lambda each: each.to[0] == second.email)
    day = archived.day_of(found.delete_after)
    assert english.subject == f"Acme will be deleted on {full_day(day)}"
    assert "Manager requested that Acme is deleted" in english.body
    assert f"http://testserver{PAGE}" in english.body
    assert "gelöscht" in german.subject


def test_nothing_is_deleted_that_could_not_be_announced(archived, manager, monkeypatch):
    def refuse(backend, messages):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)

    with pytest.raises(ValidationError, match="could not be told by mail"):
        request(archived, manager)
    assert stored(archived).delete_after is None
    assert not archived.audit_events.filter(action="deletion_requested").exists()


def test_a_deletion_is_cancelled_and_the_workspace_stays_archived(as_manager, archived, manager):
    request(archived, manager)

    page = as_manager.post(f"{PAGE}keep/", follow=True).content.decode()

    assert "Deletion cancelled. Acme stays archived." in page
    assert (stored(archived).delete_after, bool(stored(archived).archived_at)) == (None, True)


def test_bringing_back_cancels_the_deletion(archived, manager):
    request(archived, manager)
    bring_back(workspace=archived, by=manager)

    found = stored(archived)
    assert (found.archived_at, found.delete_after, found.deletion_requested_by) == (None, None, None)


def test_each_step_is_taken_once(workspace, manager):
    """Of two conflicting requests one wins, and the other is refused."""
    archive(workspace=workspace, by=manager)
    with pytest.raises(ValidationError, match="archived already"):
        archive(workspace=workspace, by=manager)
    with pytest.raises(ValidationError, match="No deletion of Acme is requested"):
        cancel_deletion(workspace=workspace, by=manager)
    request(workspace, manager)
    with pytest.raises(ValidationError, match="requested already"):
        request(workspace, manager)
    Workspace.objects.filter(pk=workspace.pk).update(deleted_rows={})
    for step in (bring_back, cancel_deletion):
        with pytest.raises(ValidationError, match="has begun"):
            step(workspace=workspace, by=manager)


def test_ops_staff_archive_in_the_admin(as_ops, workspace):
    path = f"/admin/markets/workspace/{workspace.pk}"
    as_ops.post(f"{path}/archive/")
    assert stored(workspace).archived_at

    as_ops.post(f"{path}/bring-back/")
    assert stored(workspace).archived_at is None


# What stops.


def test_no_worker_takes_an_import_of_it(archived, manager):
    job = import_draft(archived, "Email", "ann@lee.example")
    ImportJob.objects.filter(pk=job.pk).update(state="waiting")
    assert jobs.claim(worker="w") is None

    bring_back(workspace=archived, by=manager)

    assert jobs.claim(worker="w") == job


def test_a_running_import_stops_before_its_next_chunk(market, manager):
    def rows():
        yield 1, ["ann@lee.example"]
        archive(workspace=market.workspace, by=manager)
        yield 2, ["ben@lee.example"]

    with pytest.raises(LeaseLost):
        import_people(market=market, rows=rows(), columns=ColumnMapping(["Email"], CONTACT_FIELDS), chunk=1)

    assert list(market.workspace.contacts.values_list("email", flat=True)) == ["ann@lee.example"]


def test_commands_know_no_archived_workspace(archived):
    error, _ = run_failing("campaign_status", "--workspace", "acme", "--campaign", "Any", "paused")

    assert "There is no workspace “acme”." in error


def test_retention_leaves_it_alone(campaign, manager):
    workspace = campaign.workspace
    draft = import_draft(workspace, "Email", "ann@lee.example")
    ImportJob.objects.filter(pk=draft.pk).update(created_at=now() - timedelta(days=400))
    workspace.contacts.update(created_at=now() - timedelta(days=400))
    campaign.members.all().delete()
    Workspace.objects.filter(pk=workspace.pk).update(uncalled_kept_months=1)
    assert old_drafts().exists()

    archive(workspace=workspace, by=manager)
    run_command("apply_retention")
    assert not workspace.erasures.exists()
    assert not old_drafts().exists()

    bring_back(workspace=workspace, by=manager)
    run_command("apply_retention")
    assert workspace.erasures.exists()


def test_nobody_is_handed_to_a_caller(campaign, manager):
    archive(workspace=campaign.workspace, by=manager)

    assert lease_next(campaign=campaign, by=manager) is None


def test_no_mail_is_sent_about_it(archived):
    assert not archived.memberships.weekly_mail_recipients().exists()

"""Deleting a workspace: every row of it goes, and nothing of others."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from calls import derived
from markets.lifecycle import deletion
from markets.lifecycle.deletion import DeletionIncomplete, delete_rows, delete_workspace, due_for_deletion
from markets.models import AuditEvent, User, Workspace
from tests import factories
from tests.commands import run_command
from tests.firms import firm
from tests.markets.crossing_rows import ROWS, TwoWorkspaces

ALL = deletion.tables_of_workspaces()


def filled(word, slug):
    """A workspace with a row of every table, and a file."""
    found = firm(word, slug)
    workspace = found.workspace
    workspace.imports.get(pk=found.ids["import"]).file.save("a.csv", ContentFile(word.encode()))
    workspace.api_tokens.create(name=word, token_hash=word)
    workspace.sign_in_domains.create(domain=f"{slug}.example", provider=word)
    workspace.custom_fields.create(key="bar", name=word, kind="text")
    rule = factories.SuppressionFactory(workspace=workspace, email_domain=f"{slug}.example")
    factories.SuppressionFactory(workspace=workspace, contact_id=found.ids["duplicate"], rule=rule)
    campaign = workspace.campaigns.get(pk=found.ids["campaign"])
    factories.CampaignFactory(market=campaign.market, follows=campaign)
    straight = TwoWorkspaces(campaign, campaign)
    for make in ROWS.values():  # each links two workspaces, but here both are the same
        with suppress(IntegrityError), transaction.atomic():  # of some there may be only one
            row = make(straight)
            if not type(row).objects.filter(workspace=workspace).exists():
                row.save()
    return found


@pytest.fixture
def firms(transactional_db):
    return filled("Lisbon", "ours"), filled("Zanzibar", "theirs")


def due(found):
    """Archived, and its grace period is over."""
    Workspace.objects.filter(pk=found.workspace.pk).update(
        archived_at=now() - timedelta(days=40),
        delete_after=now() - timedelta(days=1),
        deletion_requested_by=found.manager,
    )
    return Workspace.objects.get(pk=found.workspace.pk)


def rows(workspace):
    """Every row of the workspace, by table, of every table of the database that names a workspace."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = [each.name for each in connection.introspection.get_table_description(cursor, table)]
            if "workspace_id" in columns:
                cursor.execute(f'SELECT * FROM "{table}" WHERE workspace_id = %s', [workspace.pk])  # noqa: S608
                found[table] = sorted(map(str, cursor.fetchall()))
    return found


def test_no_table_has_a_row_of_it_and_other_workspaces_are_untouched(firms):
    ours, theirs = firms
    before, others = rows(ours.workspace), rows(theirs.workspace)
    users = User.objects.count()
    assert before.keys() == {model._meta.db_table for model in ALL}
    assert [table for table, found in before.items() if not found] == [], "a table without rows could not fail"

    counts = delete_workspace(due(ours))

    assert {table: found for table, found in rows(ours.workspace).items() if found} == {}
    assert not Workspace.objects.filter(pk=ours.workspace.pk).exists()
    assert counts == {table: len(found) for table, found in before.items()}
    assert rows(theirs.workspace) == others
    assert derived.check(theirs.workspace) == []
    assert User.objects.count() == users


def test_the_control_a_row_that_is_left_is_noticed(firms, monkeypatch):
    ours, _ = firms

    def forgetful(workspace):
        delete_rows(workspace)
        factories.MembershipFactory(workspace=workspace)

    monkeypatch.setattr(deletion, "delete_rows", forgetful)

    with pytest.raises(DeletionIncomplete, match="markets_membership"):
        delete_workspace(due(ours))
    assert [table for table, found in rows(ours.workspace).items() if found] == ["markets_membership"]


def test_its_files_go_and_no_others(firms):
    files = [each.workspace.imports.get(pk=each.ids["import"]).file for each in firms]
    paths = [(each.storage, each.name) for each in files]

    delete_workspace(due(firms[0]))

    assert [storage.exists(name) for storage, name in paths] == [False, True]
    files[1].delete(save=False)


class Killed(Exception):
    pass


@pytest.mark.parametrize("after", [1, 7])
def test_a_killed_deletion_goes_on_and_counts_every_row_once(firms, monkeypatch, after):
    ours, theirs = firms
    before, others = rows(ours.workspace), rows(theirs.workspace)
    workspace, delete_chunk, kills = due(ours), deletion._delete_chunk, 0

    def kill_after_some(counted):
        done = iter(range(after))

        def chunk(workspace, model, chunk):
            count = delete_chunk(workspace, model, 2)
            if count and next(done, None) is None:
                raise Killed
            return count

        return chunk

    while due_for_deletion().exists():
        monkeypatch.setattr(deletion, "_delete_chunk", kill_after_some(after))
        try:
            delete_workspace(workspace)
        except Killed:
            kills += 1

    assert kills > 10
    assert AuditEvent.objects.get(action="workspace_deleted").details["rows"] == {
        table: len(found) for table, found in before.items()
    }
    assert not any(rows(ours.workspace).values())
    assert rows(theirs.workspace) == others


@pytest.mark.parametrize("state", ["archived", "requested", "brought back"])
def test_what_is_not_due_is_not_deleted(workspace, manager, state):
    match state:
        case "archived":
            fields = {"archived_at": now()}
        case "requested":
            fields = {"archived_at": now(), "delete_after": now() + timedelta(hours=1)}
        case "brought back":
            fields = {"archived_at": None, "delete_after": None}
    Workspace.objects.filter(pk=workspace.pk).update(**fields)

    assert list(due_for_deletion()) == []
    assert delete_workspace(workspace) == {}
    assert workspace.memberships.exists()


def test_one_event_without_a_name_remains_in_the_log_of_the_installation(firms):
    ours, _ = firms
    key, by = ours.workspace.pk, ours.manager
    counts = delete_workspace(due(ours))

    event = AuditEvent.objects.get(action="workspace_deleted")
    assert (event.workspace, event.user, event.subject_kind, event.subject_id) == (None, by, "workspace", key)
    assert event.summary == f"Deleted a workspace with {sum(counts.values()):,} rows"
    assert event.details == {"rows": counts}
    assert "Lisbon" not in f"{event.summary} {event.details}"


def test_nobody_opens_a_workspace_whose_deletion_has_begun(client, workspace, manager, ops):
    Workspace.objects.filter(pk=workspace.pk).update(archived_at=now(), delete_after=now(), deleted_rows={})

    for user in (manager, ops):
        client.force_login(user)
        assert client.get("/w/acme/").status_code == 404
        assert client.post("/w/acme/settings/archive/bring-back/").status_code == 404
    assert "Acme" not in client.get("/").content.decode()


@pytest.mark.parametrize("command", ["delete_workspaces", "apply_retention"])
def test_commands_delete_what_is_due(workspace, manager, command):
    kept = factories.WorkspaceFactory(archived_at=now(), delete_after=now() + timedelta(days=1))
    Workspace.objects.filter(pk=workspace.pk).update(archived_at=now(), delete_after=now())

    run_command(command)

    assert list(Workspace.objects.all()) == [kept]


def test_a_dry_run_names_what_is_due(workspace):
    Workspace.objects.filter(pk=workspace.pk).update(archived_at=now(), delete_after=now())

    assert f"Would be deleted: acme ({workspace.pk})." in run_command("delete_workspaces", "--dry-run")
    assert Workspace.objects.exists()

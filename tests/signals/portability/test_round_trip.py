"""A workspace that is exported and imported is the same, whatever the ids of its rows."""

import csv
import json
import zipfile
from io import StringIO

import pyarrow.parquet as pq
import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils.timezone import now

from calls.derived.consistency import check
from markets.imports.jobs import expire
from markets.models import Contact, ImportJob, User, Workspace
from markets.suppressions.rules import apply_suppression_rules
from signals.contacts.erasure import erase
from signals.portability.archive import MANIFEST, ArchiveUnreadable
from signals.portability.contents import exported_models
from signals.portability.export import write_workspace
from signals.portability.load import read_workspace
from tests.factories import ContactFactory, SuppressionFactory
from tests.firms import firm
from tests.workspace_copies import compare, move_ids_apart


@pytest.fixture
def office(db):
    firm("Elsewhere", "elsewhere")
    return firm("Harbour", "harbour")


@pytest.fixture
def file(office, tmp_path):
    write_workspace(office.workspace, tmp_path / "harbour.zip")
    return tmp_path / "harbour.zip"


def test_every_page_and_every_export_of_the_copy_is_that_of_the_original(office, tmp_path, time_machine):
    time_machine.move_to(now(), tick=False)
    for draft in office.workspace.imports.filter(state="draft"):
        expire(job=draft, days=7)
    write_workspace(office.workspace, tmp_path / "harbour.zip")
    move_ids_apart()

    copy = read_workspace(tmp_path / "harbour.zip", slug="copy").workspace

    pages, files, differing = compare(office.workspace, copy, office.manager)
    assert differing == []
    assert pages > 50
    assert files > 8
    Contact.objects.filter(workspace=copy, full_name="Harbour person").update(firm="Other LLP")
    assert compare(office.workspace, copy, office.manager, ["contacts:list"])[2] != []  # the control


def test_the_file_has_every_row_as_csv_and_as_parquet(office, file):
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        for table in manifest["tables"]:
            lines = list(csv.reader(StringIO(archive.read(f"csv/{table['name']}.csv").decode(), newline="")))
            with archive.open(f"parquet/{table['name']}.parquet") as part:
                read = pq.read_table(part)
            assert len(lines) - 1 == read.num_rows == table["rows"]
            assert lines[0] == read.column_names == table["columns"]
        dictionary = archive.read("data-dictionary.md").decode()

    rows = {table["name"]: table["rows"] for table in manifest["tables"]}
    for model in exported_models():
        if model is not Workspace:
            assert rows[model._meta.db_table] == model._base_manager.filter(workspace=office.workspace).count()
        assert f"## {model._meta.db_table}\n" in dictionary
    assert "Elsewhere" not in dictionary


def test_the_file_has_nothing_of_others_and_no_secret(office, file):
    office.manager.set_password("a long passphrase")
    office.manager.save()
    with zipfile.ZipFile(file) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist() if name.startswith("csv/"))

    assert "Harbour person" in text
    assert "Elsewhere" not in text
    assert office.manager.password not in text
    for table, column in (("markets_apitoken", "token_hash"), ("campaigns_sharedlink", "token_hash")):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608
            assert [value for (value,) in cursor.fetchall() if value in text] == []


def test_stored_counts_of_the_copy_are_right(file):
    copy = read_workspace(file, slug="copy").workspace

    assert list(check(copy)) == []


def test_the_same_workspace_gives_the_same_rows_again(office, file, tmp_path):
    write_workspace(office.workspace, tmp_path / "again.zip")

    parts = []
    for path in (file, tmp_path / "again.zip"):
        with zipfile.ZipFile(path) as archive:
            parts.append(json.loads(archive.read(MANIFEST))["parts"])
    assert {name: part for name, part in parts[0].items() if "/" in name} == {
        name: part for name, part in parts[1].items() if "/" in name
    }


def change_address_of(user):
    User.objects.filter(pk=user.pk).update(email="renamed@portal.example")
    EmailAddress.objects.filter(user=user).delete()


def test_users_are_matched_by_their_address_or_created_without_a_password(office, file):
    change_address_of(office.manager)

    imported = read_workspace(file, slug="copy")

    (email,) = imported.new_users
    created = User.objects.get(email=email)
    assert not created.has_usable_password()
    assert imported.workspace.memberships.get(user=created).role == "manager"
    assert not imported.workspace.memberships.filter(user=office.manager).exists()


def test_a_file_with_a_changed_byte_is_refused_and_nothing_is_written(file, tmp_path):
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"Harbour", b"Herbour") if name == "csv/markets_contact.csv" else data)

    with pytest.raises(ArchiveUnreadable, match=r"csv/markets_contact\.csv is damaged"):
        read_workspace(changed, slug="copy")

    assert not Workspace.objects.filter(slug="copy").exists()


def test_a_file_of_another_version_is_refused(file, tmp_path):
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b'"markets.0001_initial"', b'"markets.0999_later"'))
        is_changed = b"0999_later" in target.read(MANIFEST)

    if is_changed:  # tests on SQLite have no migrations
        with pytest.raises(ArchiveUnreadable, match="2 migrations differ"):
            read_workspace(other, slug="copy")


def test_something_else_is_refused(tmp_path, db):
    (tmp_path / "a.zip").write_bytes(b"nothing")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.txt", "a")

    for name in ("a.zip", "b.zip", "missing.zip"):
        with pytest.raises(ArchiveUnreadable):
            read_workspace(tmp_path / name)


def test_the_slug_of_another_workspace_is_refused(file):
    with pytest.raises(ValidationError, match="Slug"):
        read_workspace(file)


def test_a_dry_run_writes_nothing(file, office):
    change_address_of(office.manager)
    before = User.objects.count(), Contact.objects.count()

    imported = read_workspace(file, slug="copy", is_dry_run=True)

    assert imported.new_users
    assert (User.objects.count(), Contact.objects.count()) == before
    assert not Workspace.objects.filter(slug="copy").exists()


def test_an_import_that_has_not_ended_is_failed_in_the_copy(office, file):
    assert office.workspace.imports.filter(state="draft").exists()

    copy = read_workspace(file, slug="copy").workspace

    (job,) = copy.imports.filter(failure__startswith="The workspace was moved")
    assert (job.state, job.file.name, job.lease_owner) == ("failed", "", "")
    assert ImportJob.objects.filter(workspace=office.workspace, state="draft").exists()


def test_an_erased_person_stays_suppressed_in_the_copy_and_in_the_copy_of_it(office, tmp_path):
    person = ContactFactory(workspace=office.workspace, email="gone@p.example", phone="+1 212 555 0199")
    SuppressionFactory(workspace=office.workspace, contact=person)
    erase(contact=person, by=office.manager, reason="Request 7")
    workspace = office.workspace
    for name in ("first", "second"):
        write_workspace(workspace, tmp_path / f"{name}.zip")
        imported = read_workspace(tmp_path / f"{name}.zip", slug=name)
        workspace = imported.workspace
        assert imported.warnings == []

        with transaction.atomic():
            again = ContactFactory(workspace=workspace, email="gone@p.example")
            apply_suppression_rules(workspace=workspace.pk, contacts=[again.pk])
            assert workspace.suppressions.in_force().filter(contact=again).exists()
            transaction.set_rollback(True)


def test_an_installation_with_another_secret_says_so(office, tmp_path, settings):
    person = ContactFactory(workspace=office.workspace, email="gone@p.example")
    SuppressionFactory(workspace=office.workspace, contact=person)
    erase(contact=person, by=office.manager, reason="Request 7")
    write_workspace(office.workspace, tmp_path / "a.zip")
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-secret-" + "y" * 50

    (warning,) = read_workspace(tmp_path / "a.zip", slug="copy", is_dry_run=True).warnings
    assert "SECRET_KEY_FALLBACKS" in warning

    settings.SECRET_KEY_FALLBACKS = [former]
    assert read_workspace(tmp_path / "a.zip", slug="copy").warnings == []


def test_the_commands_write_and_read_the_file(office, tmp_path, capsys):
    path = tmp_path / "harbour.zip"

    call_command("export_workspace", "harbour", str(path))
    call_command("import_workspace", str(path), slug="copy", dry_run=True)
    call_command("import_workspace", str(path), slug="copy")

    said = capsys.readouterr().out
    assert "Would import" in said
    assert "as Harbour Partners (copy), with 0 new users" in said
    assert path.stat().st_mode & 0o777 == 0o600
    copy = Workspace.objects.get(slug="copy")
    assert copy.audit_events.filter(action="workspace_imported").count() == 1
    assert office.workspace.audit_events.filter(action="workspace_exported").count() == 1
    with pytest.raises(CommandError, match="already"):
        call_command("export_workspace", "harbour", str(path))
    with pytest.raises(CommandError, match="slug"):
        call_command("import_workspace", str(path))

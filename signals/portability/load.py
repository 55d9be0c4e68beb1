"""Brings the file of a workspace into this installation: all of it in one transaction, or nothing."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.timezone import now

from config.db import bulk, table_statistics
from markets.models import AuditAction, ImportJob, ImportState, User, Workspace
from markets.models.history.erasures import ErasedKey, KeyHasher
from markets.models.imports import ENDED
from markets.workspaces.audit import record_event
from markets.workspaces.invitations import create_user
from signals.portability.archive import ArchiveReader, ArchiveUnreadable, Manifest, Table, open_archive
from signals.portability.contents import Column, columns_of, exported_models, values_of_import
from signals.portability.export import portal_migrations
from signals.portability.references import (
    IDS_IN_JSON,
    IDS_IN_NUMBERS,
    IDS_IN_TEXTS,
    SUBJECT,
    models_by_name,
    renumber_mentions,
)
from signals.portability.values import stored_value

Convert = Callable[[str], Any]
Progress = Callable[[int], object]
NO_FILE = "The workspace was moved before this import ended, and its file was not. Upload the file again."
KEY_UNKNOWN = (
    "Hashes of {count:,} keys of erased people came along, and no SECRET_KEY of this installation made them. Until the "
    "former installation's is among SECRET_KEY_FALLBACKS, erased people who must not be called are not recognised."
)


@dataclass
class ImportedWorkspace:
    workspace: Workspace
    manifest: Manifest
    new_users: list[str] = field(default_factory=list)
    """The email addresses of users that were created. They need a link to choose a password."""
    warnings: list[str] = field(default_factory=list)


def read_workspace(
    path: Path, *, slug: str = "", is_dry_run: bool = False, progress: Progress = lambda rows: None
) -> ImportedWorkspace:
    """Imports the file under its own slug or another. A dry run does everything and rolls it back. Calls `progress`
    with the number of rows just read. Raises ArchiveUnreadable, or ValidationError for the slug."""
    with open_archive(path) as archive:
        _check_version(archive.manifest)
        try:
            with transaction.atomic():
                bulk.tune_transaction()
                imported = _Load(archive, progress).run(slug or archive.manifest.slug)
                transaction.set_rollback(is_dry_run)
        except IntegrityError as error:
            raise ArchiveUnreadable(f"The rows of the file do not fit together: {error}") from None
    return imported


def _check_version(manifest: Manifest) -> None:
    """Other migrations mean other tables, and may have changed values. Raises ArchiveUnreadable."""
    if differing := set(manifest.migrations) ^ set(portal_migrations()):
        raise ArchiveUnreadable(
            f"The file is of version {manifest.portal}, whose tables are not those here ({len(differing)} migrations "
            f"differ, such as {min(differing)}). Import it into that version, and upgrade afterwards."
        )


class _Load:
    def __init__(self, archive: ArchiveReader, progress: Progress):
        self.archive, self.progress = archive, progress
        self.manifest = archive.manifest
        self.tables = {table.name: table for table in self.manifest.tables}
        self.models = models_by_name()
        self.users = dict[int, int]()
        self.offsets = dict[type[Model], int]()
        self.workspace = Workspace()

    def run(self, slug: str) -> ImportedWorkspace:
        new_users = self._match_users()
        models = exported_models()
        if {User._meta.db_table, *(model._meta.db_table for model in models)} != self.tables.keys():
            raise ArchiveUnreadable("The file has other tables than this version of the portal.")
        self._reserve_ids()
        self._insert_workspace(slug)
        for model in models:
            if model is not Workspace:
                self._insert(model)
        table_statistics.analyze(models)
        record_event(
            workspace=self.workspace,
            user=None,
            action=AuditAction.WORKSPACE_IMPORTED,
            summary=f"Imported the workspace with {self.manifest.row_count:,} rows",
            subject=self.workspace,
        )
        return ImportedWorkspace(self.workspace, self.manifest, new_users, self._warnings())

    def find(self, model: type[Model], key: int) -> int:
        """The new id of a row of the file. 0 for a user who is not in it any more."""
        if model is User:
            return self.users.get(key, 0)
        return self.workspace.pk if model is Workspace else key + self.offsets[model]

    def _match_users(self) -> list[str]:
        """Finds users by their email address, and creates the others without a password."""
        new = []
        for values in self._read(User, self.tables[User._meta.db_table]):
            user = User.objects.filter(email__iexact=values["email"]).first()
            if user is None:
                chosen = {name: value for name, value in values.items() if name not in ("id", "email")}
                user = create_user(email=values["email"], password=None, **chosen)
                new.append(user.email)
            self.users[values["id"]] = user.pk
        return new

    def _read(self, model: type[Model], table: Table) -> Iterator[dict[str, Any]]:
        columns = self._columns(model, table)
        for texts in self.archive.rows(table):
            yield {
                column.name: None if text is None else stored_value(text, column)
                for column, text in zip(columns, texts, strict=True)
            }

    def _columns(self, model: type[Model], table: Table) -> list[Column]:
        columns = columns_of(model)
        if [column.name for column in columns] != table.columns:
            raise ArchiveUnreadable(f"The table {table.name} has other columns than this version of the portal.")
        return columns

    def _reserve_ids(self) -> None:
        """The order of ids stays, by which rows of the same moment are sorted: all of a table are moved alike."""
        for label, first in self.manifest.first_ids.items():
            model, last = apps.get_model(label), self.manifest.last_ids[label]
            self.offsets[model] = bulk.reserve_ids(model, last - first + 1) - first

    def _insert_workspace(self, slug: str) -> None:
        """Raises ValidationError if the slug is taken or is none."""
        (values,) = self._read(Workspace, self.tables[Workspace._meta.db_table])
        sample = values.pop("sample_rows")
        self.workspace = Workspace(**values | {"id": None, "slug": slug})
        self.workspace.erased_key_salt = self.manifest.erased_key_salt
        self.workspace.full_clean(exclude=["sample_rows"])
        self.workspace.save()
        if sample:
            renumber = IDS_IN_JSON["markets.Workspace.sample_rows"]
            self.workspace.sample_rows = renumber(json.loads(sample), self.find)
            self.workspace.save(update_fields=["sample_rows"])

    def _insert(self, model: type[Model]) -> None:
        table = self.tables[model._meta.db_table]
        columns = self._columns(model, table)
        stored = [place for place, column in enumerate(columns) if not column.is_generated]
        constants = {"workspace_id": self.workspace.pk, **values_of_import(model)}
        names = [columns[place].name for place in stored]
        bulk.insert(model, [*names, *constants], self._rows(model, table, columns, stored, list(constants.values())))

    def _rows(
        self, model: type[Model], table: Table, columns: Sequence[Column], stored: Sequence[int], constants: list[Any]
    ) -> Iterator[list[Any]]:
        """Raises ArchiveUnreadable if there are more or fewer rows than the manifest says."""
        converters = [(place, self._converter(columns[place])) for place in stored]
        names = [columns[place].name for place in stored]
        finish = self._finisher(model)
        count = 0
        for texts in self.archive.rows(table):
            row = [None if (text := texts[place]) is None else convert(text) for place, convert in converters]
            if finish:
                changed = dict(zip(names, row, strict=True))
                finish(changed)
                row = list(changed.values())
            count += 1
            self.progress(1)
            yield row + constants
        if count != table.rows:
            raise ArchiveUnreadable(f"{table.csv} has {count:,} rows, and the manifest says {table.rows:,}.")

    def _converter(self, column: Column) -> Convert:
        """How a text of the column becomes the value to store, with the ids of this installation."""
        target = column.target or (
            apps.get_model(IDS_IN_NUMBERS[column.path]) if column.path in IDS_IN_NUMBERS else None
        )
        if target is User:
            return lambda text: self.users[int(text)]
        if target:
            offset = self.offsets.get(target, 0)
            return lambda text: int(text) + offset
        if renumber := IDS_IN_JSON.get(column.path):
            return lambda text: json.dumps(renumber(json.loads(text), self.find), ensure_ascii=False)
        if column.path in IDS_IN_TEXTS:
            return lambda text: renumber_mentions(text, self.find, self.models)
        return lambda text: stored_value(text, column)

    def _finisher(self, model: type[Model]) -> Callable[[dict[str, Any]], None] | None:
        """What depends on several values of a row."""
        if SUBJECT.startswith(f"{model._meta.label}."):
            return self._renumber_subject
        return _end_import if model is ImportJob else None

    def _renumber_subject(self, event: dict[str, Any]) -> None:
        subject = self.models.get(event["subject_kind"])
        if subject and event["subject_id"] is not None:
            event["subject_id"] = self.find(subject, event["subject_id"])

    def _warnings(self) -> list[str]:
        hashed = ErasedKey.objects.filter(workspace=self.workspace).count()
        is_known = self.manifest.erased_keys in KeyHasher(self.manifest.erased_key_salt).digests("", "")
        return [KEY_UNKNOWN.format(count=hashed)] if hashed and not is_known else []


def _end_import(job: dict[str, Any]) -> None:
    """An import that has not ended cannot go on without its file."""
    if job["state"] not in ENDED:
        job.update(state=ImportState.FAILED.value, failure=NO_FILE, finished_at=now())

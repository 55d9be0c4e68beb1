"""Imports of files into a workspace, and what each of them changed."""

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models.landscape import Contact
from markets.models.workspaces import Workspace

OTHER_PERSON = "other_person"
"""The code of a rejected row whose external ID belongs to a person with another name and another email address."""
LEASE = timedelta(seconds=30)
COUNTS = (
    *("rows", "created", "updated", "unchanged", "rejected", "enrolled", "do_not_call"),
    *("incomplete", "disagreements"),
)


def private_storage() -> Storage:
    """Storage for uploaded files until they are imported. No URL serves it."""
    return FileSystemStorage(location=settings.IMPORTS_ROOT, file_permissions_mode=0o600)


class ImportKind(models.TextChoices):
    PEOPLE = "people", _("People")
    CALLS = "calls", _("Calls")
    SUPPRESSIONS = "suppressions", _("Do not call")


class ImportState(models.TextChoices):
    """Draft until somebody starts it; Checking (dry run) and Waiting for a worker; Running; then one of three ends."""

    DRAFT = "draft", _("Draft")
    CHECKING = "checking", _("Checking")
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    UNDONE = "undone", _("Undone")


WORKER_STATES = (ImportState.CHECKING, ImportState.WAITING, ImportState.RUNNING)
ENDED = (ImportState.COMPLETED, ImportState.FAILED, ImportState.UNDONE)


class ImportPreset(WorkspaceModel):
    """How files with one set of headers are read: the mapping, the formats and the meanings of results.

    The header set is also the source whose word an import carries (product.md, section 8).
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="import_presets")
    kind = models.CharField(max_length=12, choices=ImportKind)
    header_key = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    options = models.JSONField(default=dict, help_text=_("As markets.imports.presets describes them."))
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["workspace", "kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="import_preset_key_in_workspace"),
            models.UniqueConstraint(fields=["workspace", "kind", "header_key"], name="import_preset_unique"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="import_preset_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="import_preset_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    def claimable(self) -> Self:
        """Jobs that a worker may take: not leased, or the lease has expired. Those of an archived workspace wait."""
        free = Q(lease_until=None) | Q(lease_until__lt=now())
        return self.filter(free, state__in=WORKER_STATES, workspace__in=Workspace.objects.active())


class ImportJob(WorkspaceModel):
    """The import of one file: the file, how to read it, the checkpoint, the counts and the lease of its worker."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=12, choices=ImportKind)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.DRAFT)
    file_name = models.CharField(max_length=200)
    file = models.FileField(storage=private_storage, max_length=200, blank=True, help_text=_("Kept until the end."))
    sha256 = models.CharField(max_length=64)
    format_description = models.CharField(
        max_length=300, blank=True, help_text=_("The format that was found, in words.")
    )
    header = models.JSONField(default=list)
    preset = WorkspaceForeignKey(
        ImportPreset, models.PROTECT, null=True, db_constraint=False, related_name="jobs", help_text=_("The source.")
    )
    options = models.JSONField(default=dict, help_text=_("How the file is read and where its rows go."))
    row_count = models.PositiveIntegerField(null=True, help_text=_("Rows in the file, once they were counted."))
    checkpoint = models.PositiveIntegerField(
        default=0, help_text=_("Rows that are done; the next run begins after them.")
    )
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    enrolled = models.PositiveIntegerField(default=0)
    do_not_call = models.PositiveIntegerField(default=0)
    incomplete = models.PositiveIntegerField(default=0, help_text=_("Rows that are in, with values left out."))
    disagreements = models.PositiveIntegerField(default=0, help_text=_("Values that a person has corrected."))
    skipped_lines = models.JSONField(default=list, help_text=_("Lines outside the table, with their text."))
    dry_run_report = models.JSONField(null=True, help_text=_("The counts of the dry run."))
    failure = models.CharField(max_length=1000, blank=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    queued_at = models.DateTimeField(null=True, help_text=_("When it, or its dry run, was last handed to a worker."))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undo_report = models.JSONField(null=True, help_text=_("What the undo took back and what it left."))

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "import"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="import_key_in_workspace"),
            same_workspace("preset", "markets.ImportPreset", "import_preset_in_workspace"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="import_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(
                condition=Q(
                    checkpoint=models.F("created") + models.F("updated") + models.F("unchanged") + models.F("rejected")
                ),
                name="import_rows_add_up",
            ),
            models.CheckConstraint(
                condition=~Q(state=ImportState.FAILED) | ~Q(failure=""), name="import_failed_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-created_at", "-id"], name="import_by_time"),
            models.Index(fields=["state", "id"], condition=Q(state__in=WORKER_STATES), name="import_for_worker"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows(self) -> int:
        return self.checkpoint

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in COUNTS}

    @property
    def is_draft(self) -> bool:
        return self.state == ImportState.DRAFT

    @property
    def is_checking(self) -> bool:
        return self.state == ImportState.CHECKING

    @property
    def is_waiting(self) -> bool:
        return self.state == ImportState.WAITING

    @property
    def is_running(self) -> bool:
        return self.state == ImportState.RUNNING

    @property
    def has_new_people(self) -> bool:
        return self.kind == ImportKind.PEOPLE and self.state == ImportState.COMPLETED

    @property
    def is_undone(self) -> bool:
        return self.state == ImportState.UNDONE

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    def option(self, name: str, default: Any = None) -> Any:
        return self.options.get(name, default)


class ImportedContact(WorkspaceModel):
    """What one import did with one contact. Written in bulk, in the transaction that writes the contacts.

    No foreign keys in the database: checking them would cost more than inserting the rows. Only
    markets.imports.contacts writes them, for contacts that it fetched from the job's own workspace.
    """

    class Outcome(models.TextChoices):
        CREATED = "c", _("created")
        UPDATED = "u", _("updated")
        UNCHANGED = "=", _("unchanged")
        NAMED = "n", _("only named, by a refused row")

    pk = models.CompositePrimaryKey("job", "contact")
    workspace = models.ForeignKey(Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    job = WorkspaceForeignKey(ImportJob, models.PROTECT, db_constraint=False, db_index=False, related_name="people")
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="imports")
    line = models.PositiveIntegerField(help_text=_("Line of the file where the first row about this contact begins."))
    outcome = models.CharField(max_length=1, choices=Outcome)
    field_mask = models.PositiveIntegerField(
        help_text=_("Bitmask of the fields that rows of the file had a value for.")
    )
    values = models.JSONField(null=True, help_text=_("What the file said: the normalised fields that it gave."))
    is_placed = models.BooleanField(help_text=_("The import added the contact to the market."))
    is_enrolled = models.BooleanField(help_text=_("The import added the contact to the campaign."))
    is_do_not_call = models.BooleanField(help_text=_("The contact was suppressed at the time of the import."))

    class Meta:
        ordering = ["job", "line"]

    def __str__(self) -> str:
        return f"{self.contact} by {self.job}: {self.get_outcome_display()}"


class ImportRejectionQuerySet(models.QuerySet["ImportRejection"]):
    def undecided(self) -> Self:
        """Rows whose external ID another person has. A manager decides about them once the import has ended."""
        return self.filter(code=OTHER_PERSON, job__state__in=(ImportState.COMPLETED, ImportState.FAILED))


class ImportRejection(WorkspaceModel):
    """A row that an import rejected: its line in the file, the reason and its original cells."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="import_rejections")
    job = WorkspaceForeignKey(ImportJob, models.PROTECT, db_constraint=False, db_index=False, related_name="rejections")
    line = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    message = models.TextField()
    cells = models.JSONField()

    objects = ImportRejectionQuerySet.as_manager()

    class Meta:
        ordering = ["job", "line"]
        constraints = [
            models.UniqueConstraint(fields=["job", "line", "workspace"], name="import_rejection_unique"),
            same_workspace("job", "markets.ImportJob", "import_rejection_job_in_workspace"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "job", "line"], condition=Q(code="other_person"), name="import_rejection_undecided"
            )
        ]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}"


class ImportNote(WorkspaceModel):
    """Something the report says about an accepted row: a value left out, or one that a person has corrected."""

    class Kind(models.TextChoices):
        LEFT_OUT = "left_out", _("Left out")
        DISAGREEMENT = "disagreement", _("File and person disagree")
        KNOWN_NEWER = "known_newer", _("Known newer")
        WARNING = "warning", _("Warning")

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="+")
    job = WorkspaceForeignKey(ImportJob, models.PROTECT, db_constraint=False, db_index=False, related_name="notes")
    line = models.PositiveIntegerField(help_text=_("Line of the file where the row begins."))
    kind = models.CharField(max_length=12, choices=Kind)
    field = models.CharField(max_length=40, blank=True)
    file_value = models.CharField(max_length=500, blank=True, help_text=_("As the file has it."))
    stored_value = models.CharField(max_length=500, blank=True)
    message = models.CharField(max_length=500, blank=True)
    contact = WorkspaceForeignKey(Contact, models.PROTECT, null=True, db_constraint=False, related_name="+")
    call_id = models.BigIntegerField(null=True, help_text=_("The call, for files of calls: its app is a floor above."))

    class Meta:
        ordering = ["job", "line", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["left_out", "disagreement", "known_newer", "warning"]),
                name="import_note_kind_known",
            ),
            same_workspace("job", "markets.ImportJob", "import_note_job_in_workspace"),
            same_workspace("contact", "markets.Contact", "import_note_contact_in_workspace"),
        ]
        indexes = [models.Index(fields=["workspace", "job", "line"], name="import_note_by_line")]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message or self.get_kind_display()}"

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


class CachedValue(models.Model):
    """A row of the shared cache (config/db/shared_cache.py), with the columns that Django's database cache wants.

    Limits are counted here and used codes are remembered. Keys are hashes or ids, never names or addresses.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key


class Heartbeat(models.Model):
    """When a background process last said that it is alive. It deletes its row when it is stopped."""

    process = models.CharField(max_length=60, help_text=_("For example import_worker."))
    machine = models.CharField(max_length=120)
    pid = models.PositiveIntegerField(default=0, help_text=_("The number of the process on its machine."))
    started_at = models.DateTimeField(default=now)
    beat_at = models.DateTimeField(default=now, db_index=True)
    doing = models.CharField(max_length=120, blank=True, help_text=_("Without personal data."))
    rows = models.JSONField(default=dict, help_text=_("Imported rows by kind of file since it started."))

    class Meta:
        ordering = ["process", "machine", "pid"]
        constraints = [models.UniqueConstraint(fields=["process", "machine", "pid"], name="heartbeat_unique")]

    def __str__(self) -> str:
        return f"{self.process} on {self.machine}"


class OperatorTask(models.TextChoices):
    """What the operator's timers run, so that the ops page can say when it last worked."""

    BACKUP = "backup", _("Backup")
    RESTORE_DRILL = "restore_drill", _("Restore drill")
    RETENTION = "retention", _("Retention")
    WEEKLY_MAIL = "weekly_mail", _("Weekly mail")
    MENTION_MAIL = "mention_mail", _("Mail of mentions")
    SESSIONS = "sessions", _("Ended sessions")


class TaskRun(models.Model):
    """One run of a task of the operator. `failure` is empty if it worked. Neither text has personal data."""

    task = models.CharField(max_length=20, choices=OperatorTask)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(default=now)
    failure = models.CharField(max_length=500, blank=True)
    figures = models.JSONField(default=dict, help_text=_("For example bytes, files and seconds."))

    class Meta:
        ordering = ["-ended_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(task__in=OperatorTask.values), name="task_run_task_known")
        ]
        indexes = [models.Index(fields=["task", "-ended_at"], name="task_run_latest")]

    def __str__(self) -> str:
        return f"{self.get_task_display()}: {self.failure or 'done'}"

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from config.db.workspace_model import WorkspaceModel


class CallScript(WorkspaceModel):
    """The steps of a call script, and the daily calls expected of each caller."""

    script_opening = models.TextField(
        _("script: opening"), blank=True, default="", db_default="", help_text=_("The first sentences of a call.")
    )
    script_questions = models.TextField(
        _("script: questions"),
        blank=True,
        default="",
        db_default="",
        help_text=_("What to find out, one question a line."),
    )
    script_objections = models.TextField(
        _("script: objections"),
        blank=True,
        default="",
        db_default="",
        help_text=_("What people object, and what to answer."),
    )
    script_close = models.TextField(
        _("script: close"),
        blank=True,
        default="",
        db_default="",
        help_text=_("How to end: a meeting, or a time to call."),
    )
    calls_per_day = models.PositiveSmallIntegerField(
        _("calls a day for each caller"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("Callers see how far they are. Leave empty for no goal."),
    )

    class Meta:
        abstract = True

    @property
    def script(self) -> list[tuple[str, str]]:
        """The steps that have words, each with its title."""
        steps = {
            gettext("Opening"): self.script_opening,
            gettext("Questions"): self.script_questions,
            gettext("Objections"): self.script_objections,
            pgettext("end of a call", "Close"): self.script_close,
        }
        return [(title, words) for title, words in steps.items() if words]

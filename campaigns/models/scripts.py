from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class CallScript(models.Model):
    """The steps of a call script, and the daily calls expected of each caller."""

    script_opening = models.TextField(
        "script: opening", blank=True, default="", db_default="", help_text="The first sentences of a call."
    )
    script_questions = models.TextField(
        "script: questions", blank=True, default="", db_default="", help_text="What to find out, one question a line."
    )
    script_objections = models.TextField(
        "script: objections", blank=True, default="", db_default="", help_text="What people object, and what to answer."
    )
    script_close = models.TextField(
        "script: close", blank=True, default="", db_default="", help_text="How to end: a meeting, or a time to call."
    )
    calls_per_day = models.PositiveSmallIntegerField(
        "calls a day for each caller",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="Callers see how far they are. Leave empty for no goal.",
    )

    class Meta:
        abstract = True

    @property
    def script(self) -> list[tuple[str, str]]:
        """The steps that have words, each with its title."""
        steps = {
            "Opening": self.script_opening,
            "Questions": self.script_questions,
            "Objections": self.script_objections,
            "Close": self.script_close,
        }
        return [(title, words) for title, words in steps.items() if words]

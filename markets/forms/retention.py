from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from config.ui.formats import number
from config.ui.forms import CheckedForm
from config.ui.optimistic_locking import VersionedModelForm
from markets.models import Workspace
from signals.retention.rules import Months, preview

MOST_MONTHS = 600
LABELS = {"notes_kept_months": _("Keep notes of calls"), "uncalled_kept_months": _("Keep people who were never called")}
HELP_TEXTS = {
    "notes_kept_months": _(
        "In months. Older notes, and the words that signals quote from them, are emptied every night. "
        "Calls, outcomes and signals stay. Leave empty to keep them."
    ),
    "uncalled_kept_months": _(
        "In months since they were added. Then they are erased, unless they are in a running "
        "campaign, have an open task, are off-limits or on the do-not-call list. Leave empty to keep them."
    ),
}


class RetentionForm(VersionedModelForm, CheckedForm):
    """How long notes and people who were never called are kept. A shorter time has to be confirmed."""

    confirmed = forms.BooleanField(label=_("Yes, remove these for good"), required=False)

    class Meta:
        model = Workspace
        fields = ["notes_kept_months", "uncalled_kept_months"]
        labels = LABELS
        help_texts = HELP_TEXTS

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.before = Months.of_workspace(self.instance)
        for name in LABELS:
            field = self.fields[name]
            field.validators = [MinValueValidator(1), MaxValueValidator(MOST_MONTHS)]
            field.widget.attrs |= {"min": 1, "max": MOST_MONTHS}
        if not self.is_bound:
            del self.fields["confirmed"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        chosen = Months(self.cleaned_data.get("notes_kept_months"), self.cleaned_data.get("uncalled_kept_months"))
        if not self._is_shorter(chosen):
            del self.fields["confirmed"]
        elif not self.cleaned_data.get("confirmed") and not self.errors:
            touched = preview(self.instance, chosen)
            self.add_error(
                "confirmed",
                _(
                    "From tonight this empties the notes of %(notes)s calls and erases %(people)s people, "
                    "and more as they get older. It can’t be undone. Tick the box to confirm."
                )
                % {"notes": number(touched["notes"]), "people": number(touched["people"])},
            )
        return self.cleaned_data

    def _is_shorter(self, chosen: Months) -> bool:
        pairs = ((self.before.notes, chosen.notes), (self.before.uncalled, chosen.uncalled))
        return any(after and (before is None or after < before) for before, after in pairs)

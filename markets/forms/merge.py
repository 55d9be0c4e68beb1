from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from markets.contacts.duplicates import KINDS
from markets.contacts.merge import FIELD_CHOICES
from markets.models import Contact


class DuplicateFilterForm(forms.Form):
    q = forms.CharField(required=False, label=_("Search"))
    kind = forms.ChoiceField(required=False, choices=[("", _("All signs")), *KINDS.items()], label=_("Sign"))


class MergeForm(forms.Form):
    """Which of two contacts to keep and whose value each field takes: the kept one's unless the other is chosen."""

    reason = forms.CharField(required=False, max_length=500)

    def __init__(self, data: Mapping[str, Any] | None = None, *, people: Sequence[Contact]):
        super().__init__(data)
        self.people = {str(contact.pk): contact for contact in people}
        choices = [(pk, str(contact)) for pk, contact in self.people.items()]
        for name in ("keep", *FIELD_CHOICES):
            self.fields[name] = forms.ChoiceField(choices=choices, required=name == "keep")

    @property
    def merge_arguments(self) -> dict[str, Any]:
        """The arguments of signals.contacts.merge.merge, except `by`."""
        data = self.cleaned_data
        (merged,) = self.people.keys() - {data["keep"]}
        return {
            "keep": self.people[data["keep"]],
            "merged": self.people[merged],
            "taking": [name for name in FIELD_CHOICES if data[name] == merged],
            "reason": data["reason"],
        }

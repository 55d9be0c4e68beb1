from collections.abc import Sequence
from typing import Any

from django import forms

from markets.contacts.duplicates import KINDS
from markets.contacts.merge import CHOICES
from markets.models import Contact


class DuplicateFilterForm(forms.Form):
    q = forms.CharField(required=False, label="Search")
    kind = forms.ChoiceField(required=False, choices=[("", "All signs"), *KINDS.items()], label="Sign")


class MergeForm(forms.Form):
    """Whom to keep and, by field, whose value; what is not said stays as the kept person has it."""

    reason = forms.CharField(required=False, max_length=500)

    def __init__(self, *args: Any, people: Sequence[Contact], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people}
        for name in ("keep", *CHOICES):
            choices = [(pk, str(each)) for pk, each in self.people.items()]
            self.fields[name] = forms.ChoiceField(choices=choices, required=name == "keep")

    @property
    def chosen(self) -> dict[str, Any]:
        """The arguments of signals.contacts.merge.merge."""
        said = self.cleaned_data
        (gone,) = self.people.keys() - {said["keep"]}
        taking = [name for name in CHOICES if said[name] == gone]
        return {
            "keep": self.people[said["keep"]],
            "merged": self.people[gone],
            "taking": taking,
            "reason": said["reason"],
        }

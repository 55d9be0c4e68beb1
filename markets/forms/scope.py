from collections.abc import Mapping

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from markets.models import Contact, SuppressionScope, User
from markets.suppressions.services import people_sharing_number, suppress

MOST_SHARING_NAMED = 5


class ScopeForm(forms.Form):
    """Asks whom a request not to be called is for, if other people have the contact's number."""

    suppress = forms.ChoiceField(
        choices=SuppressionScope.choices, required=False, widget=forms.RadioSelect, label=_("Who must not be called?")
    )
    contact: Contact

    @cached_property
    def shared_with(self) -> list[Contact]:
        """The others, as many as the page names and one more."""
        others = people_sharing_number(self.contact).order_by("full_name", "pk")
        return list(others.only("full_name", "email", "external_id", "phone")[: MOST_SHARING_NAMED + 1])

    @property
    def shared_number(self) -> str:
        """A sentence that says whose number it is, too; "" if it is nobody else's."""
        if not self.shared_with:
            return ""
        names = [str(other) for other in self.shared_with]
        if len(names) > MOST_SHARING_NAMED:
            names = [*names[:MOST_SHARING_NAMED], gettext("others")]
        listed = gettext(" and ").join(filter(None, (", ".join(names[:-1]), names[-1])))
        sentence = gettext("%(number)s is also the number of %(people)s.")
        return sentence % {"number": self.contact.phone_e164, "people": listed}

    def check_scope(self) -> None:
        if not self.cleaned_data.get("suppress") and self.shared_with:
            self.add_error("suppress", _("Say whom: others have the same number."))

    @property
    def suppression_scope(self) -> SuppressionScope:
        return SuppressionScope(self.cleaned_data.get("suppress") or SuppressionScope.NUMBER)


class SuppressContactForm(ScopeForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        error_messages={
            "required": _("Say why this person must not be called."),
            "max_length": _("Say why in at most 500 characters."),
        },
    )

    def __init__(self, data: Mapping[str, object] | None = None, *, contact: Contact):
        self.contact = contact
        super().__init__(data)

    def clean(self) -> dict[str, object]:
        super().clean()
        self.check_scope()
        return self.cleaned_data

    def save(self, *, by: User) -> None:
        suppress(contact=self.contact, by=by, reason=self.cleaned_data["reason"], scope=self.suppression_scope)

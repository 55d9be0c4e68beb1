from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from calls.log.wrong_numbers import wrong_numbers_of
from campaigns.dispositions import WRONG_NUMBERS
from markets.contacts.points import further_points
from markets.models import Contact


class DialledForm(forms.Form):
    """Asks which number was dialled, if the contact has further ones."""

    contact: Contact

    def dialled_field(self) -> forms.ChoiceField:
        return forms.ChoiceField(
            choices=self.numbers,
            initial=next((number for number, _other in self.numbers), ""),
            required=False,
            widget=forms.RadioSelect,
            label=_("Number dialled"),
            error_messages={"invalid_choice": _("This number is not among theirs any more. Choose another.")},
        )

    @property
    def dialled(self) -> str:
        """In E.164. While the first number is known to be wrong, a further one that is wrong, too, is not recorded
        instead of it: only the newest wrong number is not called."""
        data = self.cleaned_data
        is_wrong = data.get("disposition") in WRONG_NUMBERS and self.contact.has_wrong_phone
        return self.contact.phone_e164 if is_wrong else data.get("dialled", "")

    @cached_property
    def numbers(self) -> list[tuple[str, str]]:
        """The contact's numbers that may be dialled, in E.164 and as typed, the first one first."""
        further = further_points(self.contact, wrong_numbers_of).numbers
        first = [(self.contact.phone_e164, self.contact.phone)] if self.contact.phone_e164 else []
        return [*first, *((point.phone_e164, point.typed) for point in further)]

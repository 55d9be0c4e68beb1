from django import forms
from django.utils.functional import cached_property

from calls.log.wrong_numbers import wrong_numbers_of
from markets.contacts.points import further_points
from markets.models import Contact


class DialledForm(forms.Form):
    """Asks which number was dialled, if the contact has further ones."""

    contact: Contact

    def dialled_field(self) -> forms.ChoiceField:
        return forms.ChoiceField(
            choices=self.numbers,
            initial=next((number for number, _ in self.numbers), ""),
            required=False,
            widget=forms.RadioSelect,
            label="Number dialled",
            error_messages={"invalid_choice": "This number is not among theirs any more. Choose another."},
        )

    @cached_property
    def numbers(self) -> list[tuple[str, str]]:
        """The contact's numbers that may be dialled, in E.164 and as typed, the first one first."""
        further = further_points(self.contact, wrong_numbers_of).numbers
        first = [(self.contact.phone_e164, self.contact.phone)] if self.contact.phone_e164 else []
        return [*first, *((point.phone_e164, point.typed) for point in further)]

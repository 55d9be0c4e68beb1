from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from config.ui.forms import DayInput
from config.ui.periods import LAST_DAY
from markets.models import Contact, OffLimits, User, Workspace
from markets.off_limits.services import put_off_limits


class OffLimitsForm(forms.Form):
    """Puts a firm off-limits or, given a contact, that person or everybody of their firm."""

    PERSON, FIRM = "person", "firm"

    whom = forms.ChoiceField(label=_("Who is off-limits?"), widget=forms.RadioSelect)
    firm = forms.CharField(max_length=200, label=_("Firm"), help_text=_("Everyone at this firm, now and later."))
    reason = forms.CharField(max_length=500, label=_("Reason"))
    requested_by = forms.CharField(
        max_length=120, required=False, label=_("Asked by"), help_text=_("Who at the client asked for it.")
    )
    last_day = forms.DateField(
        required=False,
        label=_("Until"),
        validators=[MaxValueValidator(LAST_DAY)],
        widget=DayInput(),
        help_text=_("The last day on which nobody calls. Leave empty if it has no end."),
    )

    def __init__(self, *args: Any, workspace: Workspace, contact: Contact | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.workspace, self.contact = workspace, contact
        if contact is None or not contact.firm:
            del self.fields["whom"]
        else:
            firm = _("Everyone at %(firm)s") % {"firm": contact.firm}
            self.fields["whom"].choices = [(self.PERSON, _("Only %(person)s") % {"person": contact}), (self.FIRM, firm)]  # type: ignore[attr-defined]
            self.fields["whom"].initial = self.PERSON
        if contact:
            del self.fields["firm"]

    def save(self, *, by: User) -> OffLimits | None:
        """The new entry, or None with errors in the form."""
        data = self.cleaned_data.copy()
        if self.contact:
            is_firm = data.pop("whom", self.PERSON) == self.FIRM
            data |= {"firm": self.contact.firm} if is_firm else {"contact": self.contact}
        try:
            return put_off_limits(workspace=self.workspace, by=by, **data)
        except ValidationError as error:
            self.add_error(None, error.messages)
            return None

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from config.ui.forms import CheckedForm
from config.ui.optimistic_locking import VersionedModelForm
from markets.audit.edits import RecordedForm
from markets.models import AuditAction, Workspace
from markets.workspaces.calendar import country_names, regions


class CalendarForm(RecordedForm, VersionedModelForm, CheckedForm):
    """Whose public holidays are no working days of the workspace."""

    changed = AuditAction.SETTING_CHANGED

    holiday_country = forms.ChoiceField(label=_("Country"), required=False)
    holiday_region = forms.CharField(
        label=_("State or province"),
        required=False,
        max_length=60,
        help_text=_("By its name or code, such as New York or NY. Leave empty for national holidays only."),
    )

    class Meta:
        model = Workspace
        fields = ["holiday_country", "holiday_region"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        region = self.instance.phone_region
        names = country_names()
        name = names.get(region)
        default = (
            _("As for phone numbers: %(country)s") % {"country": name}
            if name
            else _("As for phone numbers (%(country)s): no public holidays") % {"country": region}
        )
        field = self.fields["holiday_country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", default), *names.items()]
        field.help_text = _("Its public holidays are no working days: forecasts and callbacks skip them.")

    def clean(self) -> dict[str, Any]:
        super().clean()
        text = " ".join(self.cleaned_data.get("holiday_region", "").split())
        country = self.cleaned_data.get("holiday_country") or self.instance.phone_region
        known, name = regions(country), country_names().get(country, country)
        self.cleaned_data["holiday_region"] = known.get(text.lower(), "")
        if text and text.lower() not in known:
            codes = ", ".join(sorted(set(known.values())))
            hint = (
                _("Leave it empty or enter one of %(codes)s.") % {"codes": codes}
                if codes
                else _("It has none. Leave it empty.")
            )
            self.add_error(
                "holiday_region",
                ValidationError(
                    _("“%(text)s” isn't a region of %(name)s. %(hint)s") % {"text": text, "name": name, "hint": hint}
                ),
            )
        return self.cleaned_data


class DefaultPeriodForm(RecordedForm, CheckedForm):
    """The period that pages show until somebody chooses another one."""

    changed = AuditAction.SETTING_CHANGED

    class Meta:
        model = Workspace
        fields = ["default_period"]
        labels = {"default_period": _("Show first")}
        error_messages = {
            "default_period": {"invalid_choice": _("“%(value)s” isn't a period. Choose one of the list.")},
        }

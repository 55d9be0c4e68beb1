from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.ui.forms import CheckedForm
from config.ui.optimistic_locking import VersionedModelForm
from markets.audit.edits import RecordedForm
from markets.models import AuditAction, Webhook
from markets.models.webhooks import CHOOSABLE
from markets.webhooks.sending import AddressRefused, checked_url

MOST_WEBHOOKS = 20
"""Each of them has a row for each event."""
KIND_FIELDS = {f"on_{kind.name.lower()}": kind for kind in CHOOSABLE}
"""A field for each kind of event, so that two people who tick different ones are no conflict."""


class WebhookForm(RecordedForm, VersionedModelForm, CheckedForm):
    added = AuditAction.WEBHOOK_ADDED
    changed = AuditAction.WEBHOOK_CHANGED

    class Meta:
        model = Webhook
        fields = ["url", "description"]
        labels = {"url": _("Address"), "description": _("What it is for")}
        help_texts = {"url": _("Begins with https:// and is on the public internet.")}

    def __init__(self, *args: Any, **kwargs: Any):
        instance: Webhook = kwargs["instance"]
        kwargs["initial"] = self._chosen_kinds(instance) if instance.pk else {}
        super().__init__(*args, **kwargs)

    @property
    def text_fields(self) -> list[forms.BoundField]:
        return [self["url"], self["description"]]

    @property
    def kind_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in KIND_FIELDS]

    def _chosen_kinds(self, webhook: Webhook) -> dict[str, bool]:
        return {name: kind in webhook.kinds for name, kind in KIND_FIELDS.items()}

    def lock(self) -> None:
        super().lock()
        if self.instance.pk:
            self.initial.update(self._chosen_kinds(self.instance))

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            checked_url(url)
        except AddressRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return url

    def clean(self) -> dict[str, Any]:
        super().clean()
        kinds = [kind.value for name, kind in KIND_FIELDS.items() if self.cleaned_data.get(name)]
        if not kinds:
            self.add_error(next(iter(KIND_FIELDS)), _("Choose at least one kind of event."))
        if not self.instance.pk and self.instance.workspace.webhooks.kept().count() >= MOST_WEBHOOKS:
            raise forms.ValidationError(
                _("A workspace has at most %(most)s webhooks. Delete one first.") % {"most": MOST_WEBHOOKS}
            )
        self.instance.kinds = kinds
        return self.cleaned_data


for _name, _kind in KIND_FIELDS.items():
    WebhookForm.base_fields[_name] = forms.BooleanField(label=_kind.label, required=False)

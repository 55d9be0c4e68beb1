"""Optimistic locking of edit forms: nobody overwrites a value that they haven't seen.

An edit form carries a digest of each value that its page showed. When it is posted, the row is locked and read again,
and each field is compared three ways: as shown, as stored now, as typed. Fields that the user left alone keep the
stored value. If somebody else stored another value in a field that the user changed, nothing is saved: the page shows
both values and keeps what was typed, and its version is the new one. Without a version every difference is shown so.
"""

from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import Model
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from config.ui.differences import Difference
from config.ui.formats import day, moment
from config.ui.forms import CheckedForm, save_or_add_error


def _text(value: object) -> str:
    """A value as text: the same for a stored value and for what a browser sends back of it."""
    match value:
        case None:
            return ""
        case list() | tuple():
            return " ".join(map(_text, value))
        case Model():
            return str(value.pk)
        case datetime():  # no input has fractions of a second
            return value.astimezone(UTC).replace(microsecond=0).isoformat()
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _digest(value: object) -> str:
    return blake2b(_text(value).encode(errors="replace"), digest_size=6).hexdigest()


def attribution(by: object, at: datetime) -> str:
    return f"{by}, {moment(at)}" if by else moment(at)


class VersionedForm(forms.BaseForm):
    """A form that changes stored values. It is checked and saved in one transaction, as `save_edit` does.

    `together` names fields that are decided as one: whoever changed one of them is taken to have changed all.
    """

    together: frozenset[str] = frozenset()
    knows_what_was_shown = True

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.conflicts: list[Difference] = []
        self.merged: dict[str, str] = {}
        self.fields["version"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=self._version)

    def lock(self) -> None:
        """Locks what is edited until the transaction ends, and reads it again."""
        raise NotImplementedError

    def stored_values(self) -> dict[str, object]:
        """The values that are compared, by field."""
        compared = [name for name, field in self.fields.items() if name in self.initial and not field.disabled]
        return {name: self.initial[name] for name in compared}

    def typed_value(self, name: str) -> object:
        typed = self[name].data
        try:
            return self.fields[name].clean(typed)
        except ValidationError:
            return typed

    def shown(self, name: str, value: object) -> str:
        """A value as the page shows it."""
        match value:
            case datetime():
                return moment(value)
            case date():
                return day(value)
            case Model():
                return str(value)
        choices = getattr(self.fields[name], "choices", ())
        return next((str(label) for key, label in choices if _text(key) == _text(value)), _text(value))

    def changed_by(self, name: str) -> str:
        """Who stored the value and when; empty if that is not known."""
        return ""

    def stale_message(self) -> str:
        if self.knows_what_was_shown:
            return _("Someone else changed this while you were editing. Nothing is saved yet. Choose what to keep.")
        return _("It isn't clear which values you saw. Nothing is saved yet. Compare them and choose what to keep.")

    @property
    def merge_message(self) -> str:
        """Names the values of others that were kept; empty if there are none."""
        change = _("%(field)s (now “%(value)s”)")
        parts = ((name, Truncator(value).chars(80)) for name, value in self.merged.items())
        changes = ", ".join(change % {"field": name, "value": value} for name, value in parts)
        sentence = _("While you were editing, someone else changed %(changes)s. That is kept.")
        return sentence % {"changes": changes} if changes else ""

    def report_merge(self, request: HttpRequest) -> None:
        if self.merge_message:
            messages.info(request, self.merge_message)

    @property
    def status_code(self) -> int:
        return 409 if self.conflicts else 200

    def full_clean(self) -> None:
        if self.is_bound:
            self._merge()
        super().full_clean()

    def clean(self) -> dict[str, Any] | None:
        if self.conflicts:
            self.add_error(None, self.stale_message())
        return super().clean()

    def _version(self) -> str:
        return " ".join(f"{name}={_digest(value)}" for name, value in self.stored_values().items())

    def _merge(self) -> None:
        """Collects the conflicts, and puts the stored value into the fields that the user left as they were shown."""
        self.lock()
        stored = self.stored_values()
        typed = {name: self.typed_value(name) for name in stored}
        shown = dict(part.partition("=")[::2] for part in (self["version"].data or "").split())
        self.knows_what_was_shown = shown.keys() >= stored.keys()
        others, own = ({name for name in stored if _digest(each[name]) != shown.get(name)} for each in (stored, typed))
        if others & self.together and own & self.together:
            others, own = others | self.together, own | self.together
        self.conflicts, posted = [], {self.add_prefix("version"): self._version()}
        for name in filter(others.__contains__, stored):
            label, value = str(self[name].label), self.shown(name, stored[name])
            if name not in own:
                posted |= self._posted(name, stored[name])
                self.merged[label] = value
            elif _text(stored[name]) != _text(typed[name]):
                typed_text = self.shown(name, typed[name])
                self.conflicts.append(Difference(label, value, typed_text, self.changed_by(name)))
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, text in posted.items():
            data[name] = text
        self.data = data

    def _posted(self, name: str, value: object) -> dict[str, str]:
        """What the inputs of a field send for a value."""
        field, html_name = self.fields[name], self.add_prefix(name)
        if isinstance(field.widget, forms.CheckboxInput):  # whose context has no value for yes and no
            return {html_name: str(bool(value)).lower()}
        widget = field.widget.get_context(html_name, field.prepare_value(value), {})["widget"]
        parts = {part["name"]: part["value"] or "" for part in widget.get("subwidgets", [widget])}
        return {name: value[0] if isinstance(value, list) else value for name, value in parts.items()}


class VersionedModelForm(VersionedForm, CheckedForm):
    """A VersionedForm of one row. Forms that add a row have no version."""

    def lock(self) -> None:
        if self.instance.pk is None:
            return
        rows = type(self.instance)._default_manager.select_for_update(of=("self",), no_key=True)
        if workspace := getattr(self.instance, "workspace_id", None):
            rows = rows.filter(workspace=workspace)
        try:
            self.instance.refresh_from_db(from_queryset=rows)
        except ObjectDoesNotExist:
            raise Http404("It was deleted in the meantime.") from None
        self.initial.update(model_to_dict(self.instance, fields=self.fields))

    def stored_values(self) -> dict[str, object]:
        return super().stored_values() if self.instance.pk else {}

    def save(self, commit: bool = True) -> Any:
        if self.instance.pk is None or not commit:
            return super().save(commit)
        row = super().save(commit=False)
        row.save(force_update=True)
        self.save_m2m()
        return row


@transaction.atomic
def save_edit(request: HttpRequest, form: VersionedModelForm) -> bool:
    """Checks and saves a posted form under a lock. Returns False if the page is to be shown, perhaps with conflicts."""
    if not form.is_valid() or (form.has_changed() and not save_or_add_error(form)):
        return False
    form.report_merge(request)
    return True

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import Note
from campaigns.notes.mentions import Mentions
from campaigns.notes.services import MAX_LENGTH, edit_note
from config.ui.optimistic_locking import VersionedModelForm
from markets.models import User


class NoteForm(VersionedModelForm):
    text = forms.CharField(
        max_length=MAX_LENGTH,
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Write @ and a name to tell somebody."),
    )
    mentions = Mentions()
    by: User | None = None

    class Meta:
        model = Note
        fields = ["text"]

    def lock(self) -> None:
        super().lock()
        if self.instance.deleted_at:
            raise Http404(gettext("It was deleted in the meantime."))

    def save(self, commit: bool = True) -> Note:
        try:
            self.mentions = edit_note(note=self.instance, text=self.cleaned_data["text"], by=self.by)
        except ValidationError as error:  # cannot happen: the field checks the same
            raise AssertionError(error.message) from error
        return self.instance

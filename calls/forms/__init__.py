"""Forms of calls and meetings."""

from calls.forms.call import CallForm
from calls.forms.changes import CorrectionForm, MeetingForm

__all__ = ["CallForm", "CorrectionForm", "MeetingForm"]

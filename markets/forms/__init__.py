from markets.forms.contacts import ContactForm, MarketForm, PhoneForm, QuickContactForm, ReasonForm, SuppressionForm
from markets.forms.import_fields import field_label
from markets.forms.import_format import FileFormatForm
from markets.forms.import_presets import ImportPresetForm, PresetFileForm
from markets.forms.imports import ImportFileForm, ImportOptionsForm, result_lines
from markets.forms.merge import DuplicateFilterForm, MergeForm
from markets.forms.scope import ScopeForm, SuppressContactForm
from markets.forms.settings import CalendarForm, DefaultPeriodForm
from markets.forms.team import InvitationForm, RoleForm
from markets.forms.tokens import TokenForm

__all__ = [
    "CalendarForm",
    "ContactForm",
    "DefaultPeriodForm",
    "DuplicateFilterForm",
    "FileFormatForm",
    "ImportFileForm",
    "ImportOptionsForm",
    "ImportPresetForm",
    "InvitationForm",
    "MarketForm",
    "MergeForm",
    "PhoneForm",
    "PresetFileForm",
    "QuickContactForm",
    "ReasonForm",
    "RoleForm",
    "ScopeForm",
    "SuppressContactForm",
    "SuppressionForm",
    "TokenForm",
    "field_label",
    "result_lines",
]

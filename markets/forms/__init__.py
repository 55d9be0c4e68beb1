from markets.forms.contacts import ContactForm, MarketForm, PhoneForm, ReasonForm, SuppressionForm
from markets.forms.imports import CsvFormatForm, ImportFileForm, ImportOptionsForm, field_label, result_lines
from markets.forms.merge import DuplicateFilterForm, MergeForm
from markets.forms.scope import ScopeForm, SuppressContactForm
from markets.forms.team import InvitationForm, RoleForm

__all__ = [
    "ContactForm",
    "CsvFormatForm",
    "DuplicateFilterForm",
    "ImportFileForm",
    "ImportOptionsForm",
    "InvitationForm",
    "MarketForm",
    "MergeForm",
    "PhoneForm",
    "ReasonForm",
    "RoleForm",
    "ScopeForm",
    "SuppressContactForm",
    "SuppressionForm",
    "field_label",
    "result_lines",
]

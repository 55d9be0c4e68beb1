from django import forms
from django.utils.translation import gettext_lazy as _

from markets.models import Role


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("Email"))
    role = forms.ChoiceField(choices=Role, label=_("Role"))


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role, label=_("Role"))

from django import forms

from markets.models import Role


class InvitationForm(forms.Form):
    email = forms.EmailField()
    role = forms.ChoiceField(choices=Role)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role)

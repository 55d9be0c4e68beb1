from django import forms

from markets.models import Invitation, Membership


class InvitationForm(forms.Form):
    email = forms.EmailField()
    role = forms.ChoiceField(choices=Invitation._meta.get_field("role").choices)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Membership._meta.get_field("role").choices)

from django import forms


class RemovalForm(forms.Form):
    reason = forms.CharField(max_length=500)

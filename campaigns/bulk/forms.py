"""What the page of each bulk action asks for. `save` does it for the people selected."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from campaigns.bulk.members import add_people, remove_people
from campaigns.bulk.protection import put_people_off_limits, suppress_people
from campaigns.bulk.selection import PeopleList
from campaigns.bulk.tagging import tag_people, untag_people
from campaigns.callers.assignment import assign_people
from campaigns.callers.eligible import callers_of, who_may_call
from campaigns.forms.callers import set_users
from campaigns.models import BulkAction, Campaign, Status
from config.ui.forms import DayInput
from config.ui.periods import LAST_DAY
from markets.models import SuppressionScope, Tag, User

REASON = {"max_length": 500, "label": _("Reason")}


class BulkForm(forms.Form):
    def __init__(self, *args: Any, people: PeopleList, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people, self.workspace = people, people.workspace
        self.offer()

    def offer(self) -> None:
        """Sets what can be chosen."""

    def save(self, contacts: Collection[int], by: User) -> BulkAction:
        raise NotImplementedError


class _CampaignField(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic at run time
    def label_from_instance(self, obj: Campaign) -> str:
        return f"{obj} · {obj.market}"


class AddForm(BulkForm):
    campaign = _CampaignField(queryset=Campaign.objects.none(), label=_("Campaign"))

    def offer(self) -> None:
        campaigns = self.workspace.campaigns.exclude(status=Status.COMPLETED).select_related("market")
        market = self.people.campaign.market_id if self.people.campaign else self.people.market
        campaigns = campaigns.filter(market=market) if market else campaigns
        if self.people.campaign:
            campaigns = campaigns.exclude(pk=self.people.campaign.pk)
        field = self.fields["campaign"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = campaigns.order_by("market__practice_area", "market__geography", "name", "pk")

    def save(self, contacts: Collection[int], by: User) -> BulkAction:
        return add_people(campaign=self.cleaned_data["campaign"], contacts=contacts, by=by)


class RemoveForm(BulkForm):
    reason = forms.CharField(**REASON)  # type: ignore[arg-type]

    def save(self, contacts: Collection[int], by: User) -> BulkAction:
        assert self.people.campaign
        reason = self.cleaned_data["reason"]
        return remove_people(campaign=self.people.campaign, contacts=contacts, by=by, reason=reason)


class AssignPeopleForm(BulkForm):
    to = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label=_("Caller"), empty_label=_("Nobody in particular")
    )

    def offer(self) -> None:
        callers = callers_of(self.people.campaign) if self.people.campaign else []
        set_users(self.fields["to"], [user.pk for user in callers or who_may_call(self.workspace)])

    def save(self, contacts: Collection[int], by: User) -> BulkAction:
        assert self.people.campaign
        return assign_people(campaign=self.people.campaign, contacts=contacts, to=self.cleaned_data["to"], by=by)


class TagForm(BulkForm):
    name = forms.CharField(max_length=60, label=_("Tag"), help_text=_("A tag that doesn’t exist yet is created."))

    def save(self, contacts: Collection[int], by: User) -> BulkAction:
        return tag_people(workspace=self.workspace, contacts=contacts, name=self.cleaned_data["name"], by=by)


class UntagForm(BulkForm):
    tag = forms.ModelChoiceField(queryset=Tag.objects.none(), label=_("Tag"))

    def offer(self) -> None:
        self.fields["tag"].queryset = self.workspace.tags.all()  # type: ignore[attr-defined]

    def save(self, contacts: Collection[int], by: User) -> BulkAction:
        return untag_people(workspace=self.workspace, contacts=contacts, tag=self.cleaned_data["tag"], by=by)


class SuppressForm(BulkForm):
    SCOPES = [
        (SuppressionScope.NUMBER.value, _("These people, and everybody on their numbers and email addresses")),
        (SuppressionScope.PERSON.value, _("Only these people")),
    ]

    whom = forms.ChoiceField(
        choices=SCOPES,
        initial=SuppressionScope.NUMBER.value,
        widget=forms.RadioSelect,
        label=_("Who must not be called?"),
    )
    reason = forms.CharField(**REASON)  # type: ignore[arg-type]

    def save(self, contacts: Collection[int], by: User) -> BulkAction:
        return suppress_people(
            workspace=self.workspace,
            contacts=contacts,
            reason=self.cleaned_data["reason"],
            scope=SuppressionScope(self.cleaned_data["whom"]),
            by=by,
        )


class PeopleOffLimitsForm(BulkForm):
    reason = forms.CharField(**REASON)  # type: ignore[arg-type]
    requested_by = forms.CharField(
        max_length=120, required=False, label=_("Asked by"), help_text=_("Who at the client asked for it.")
    )
    last_day = forms.DateField(
        required=False,
        label=_("Until"),
        validators=[MaxValueValidator(LAST_DAY)],
        widget=DayInput(),
        help_text=_("The last day on which nobody calls. Leave empty if it has no end."),
    )

    def save(self, contacts: Collection[int], by: User) -> BulkAction:
        return put_people_off_limits(workspace=self.workspace, contacts=contacts, by=by, **self.cleaned_data)

"""Filters of lists of people by a saved audience or by an unsaved rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.audience import Rule, RuleInvalid
from campaigns.audience.links import decode_rule, encode_rule
from campaigns.models import Audience
from config.ui.lists.filters import WorkspaceFilterSet
from markets.models import Workspace
from markets.models.landscape import ContactQuerySet

MAX_QUERY = 3500
"""Web servers refuse longer addresses."""


@dataclass(frozen=True)
class ChosenRule:
    """A valid rule of the list, and what its chip says."""

    rule: Rule
    text: str

    def __str__(self) -> str:
        return self.text


def choose_rule(data: object, workspace: Workspace) -> ChosenRule:
    """Raises ValidationError with the sentences of an invalid rule."""
    try:
        rule = Rule.parse(data, workspace)
    except RuleInvalid as invalid:
        raise ValidationError(invalid.sentences) from None
    return ChosenRule(rule, rule.sentences(workspace).line)


class RuleField(forms.CharField):
    def __init__(self, *args: Any, workspace: Workspace | None = None, **kwargs: Any):
        self.workspace = workspace
        super().__init__(*args, **kwargs)

    def clean(self, value: object) -> ChosenRule | None:
        text = super().clean(value)
        if not text or self.workspace is None:
            return None
        try:
            data = decode_rule(text)
        except RuleInvalid as invalid:
            raise ValidationError(invalid.sentences) from None
        return choose_rule(data, self.workspace)


class AudienceField(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic at run time
    """A saved audience whose rule is still valid."""

    def clean(self, value: object) -> Model | None:
        audience: Audience | None = super().clean(value)
        if audience:
            audience.chosen = choose_rule(audience.rule, audience.workspace)  # type: ignore[attr-defined]
        return audience


class RuleFilter(filters.Filter):
    field_class = RuleField


class AudienceFilter(filters.ModelChoiceFilter):
    field_class = AudienceField  # type: ignore[assignment] # stubs fix the class


class AudienceFilters(WorkspaceFilterSet):
    """Adds `?audience=` and `?rule=`. `rule_scope` is the editor's query for a list that does not show all people."""

    rule_scope = ""

    audience = AudienceFilter(queryset=Audience.objects.none(), method="by_audience", label=_("Audience"))
    rule = RuleFilter(method="by_rule", label=_("Rule"), widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, object], queryset: QuerySet[Model], *, workspace: Any):
        super().__init__(data, queryset, workspace=workspace)
        self.filters.move_to_end("audience")
        audiences = self.filters["audience"]
        assert isinstance(audiences, filters.ModelChoiceFilter)
        audiences.queryset = workspace.audiences.all()
        self.filters["rule"].extra["workspace"] = workspace

    @property
    def rule_day(self) -> date | None:
        """The past day as of which rules apply."""
        return None

    def by_audience(self, contacts: ContactQuerySet, name: str, audience: Any) -> ContactQuerySet:
        return self.by_rule(contacts, name, audience.chosen)

    def by_rule(self, contacts: ContactQuerySet, name: str, chosen: ChosenRule) -> ContactQuerySet:
        self.count_with_rows()
        return contacts.filter(chosen.rule.condition(self.workspace, self.rule_day))

    def describe(self, name: str, value: Any) -> str:
        return f"{value}: {value.chosen}" if name == "audience" else super().describe(name, value)

    @property
    def rules(self) -> list[Rule]:
        """The rules that the list is filtered by."""
        if not self.is_valid():
            return []
        audience, chosen = (self.form.cleaned_data.get(name) for name in ("audience", "rule"))
        return [each.rule for each in (getattr(audience, "chosen", None), chosen) if each]

    @property
    def rule_url(self) -> str:
        """The editor, with the rule or the audience that is chosen."""
        given = {name: str(self.form.data.get(name) or "")[:MAX_QUERY] for name in ("audience", "rule")}
        query = urlencode({name: text for name, text in given.items() if text})
        parts = filter(None, [query, self.rule_scope])
        return f"{reverse('audiences:explore', args=[self.workspace.slug])}?{'&'.join(parts)}"


def filter_by(rule: object) -> dict[str, str]:
    """The query that shows a rule's people."""
    return {"rule": encode_rule(rule)}


class AudienceListFilter(WorkspaceFilterSet):
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))

    class Meta:
        model = Audience
        fields: list[str] = []

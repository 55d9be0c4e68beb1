"""The form of a saved audience: its name, and the rule of the editor beside it."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.audience import Rule, RuleInvalid
from campaigns.forms.rules.editor import RuleEditor
from campaigns.models import Audience
from config.ui.forms import WorkspaceModelForm
from config.ui.optimistic_locking import VersionedModelForm
from markets.models import Workspace


class AudienceForm(VersionedModelForm, WorkspaceModelForm):
    """The rule comes from the rows of the editor. Hidden, it takes part in the comparison with what others stored."""

    rule = forms.CharField(widget=forms.HiddenInput, required=False, label=_("Rule"))

    class Meta:
        model = Audience
        fields = ["name"]

    def __init__(self, data: QueryDict | None, *, workspace: Workspace, editor: RuleEditor, **kwargs: Any):
        self.editor = editor
        if data is not None:
            data = data.copy()
            data["rule"] = _as_text(editor.rule_json, workspace)
        super().__init__(data, workspace=workspace, **kwargs)
        self.initial["rule"] = _as_text(self.instance.rule, workspace)

    def lock(self) -> None:
        super().lock()
        self.initial["rule"] = _as_text(self.instance.rule, self.workspace)

    def shown(self, name: str, value: object) -> str:
        if name != "rule":
            return super().shown(name, value)
        try:
            rule = Rule.parse(json.loads(str(value)), self.workspace)
        except (RuleInvalid, ValueError):
            return ""
        return rule.sentences(self.workspace).line

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_rule(self) -> object:
        if self.editor.obstacles:
            raise ValidationError(self.editor.obstacles)
        if self.editor.rule is None:
            raise ValidationError(gettext("Add at least one condition."))
        return json.loads(self.cleaned_data["rule"])

    def _post_clean(self) -> None:
        self.instance.rule = self.cleaned_data.get("rule", self.instance.rule)
        super()._post_clean()  # type: ignore[misc]


def _as_text(rule: object, workspace: Workspace) -> str:
    """The same text for the same rule, whatever the order of its keys."""
    try:
        rule = Rule.parse(rule, workspace).as_json()
    except RuleInvalid:
        pass
    return json.dumps(rule, sort_keys=True)

"""The editor of one rule: its rows, its sentences, and how many people it finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.utils.translation import gettext as _

from campaigns.audience import Rule, RuleInvalid, Sentence
from campaigns.audience.rule import MATCHES, MAX_DEPTH, VERSION
from campaigns.forms.rules.choices import RuleChoices
from campaigns.forms.rules.conditions import ConditionForm
from campaigns.forms.rules.drafts import ROOT, Group, change, placed, read_form, read_json
from markets.models import Workspace

type Node = GroupNode | ConditionForm


@dataclass(frozen=True)
class GroupNode:
    """A group as its template draws it. `is_group` tells it from a condition."""

    path: str
    match: str
    children: "list[Node]"
    depth: int

    is_group = True
    matches = MATCHES

    @property
    def takes_groups(self) -> bool:
        return self.depth + 1 < MAX_DEPTH

    def rows(self) -> Iterator[ConditionForm]:
        for child in self.children:
            if isinstance(child, ConditionForm):
                yield child
            else:
                yield from child.rows()

    def as_json(self) -> dict[str, object] | None:
        """Without unfinished conditions; None if nothing is left."""
        parts: list[dict[str, object] | None] = []
        for child in self.children:
            is_left_out = isinstance(child, ConditionForm) and not child.is_finished
            parts.append(None if is_left_out else child.as_json())
        conditions = [each for each in parts if each]
        return {"match": self.match, "conditions": conditions} if conditions else None


class RuleEditor:
    """`focus` is the place of the group or condition that the user goes on at."""

    def __init__(self, root: Group, workspace: Workspace, *, focus: str = ""):
        self.workspace, self.focus = workspace, focus
        self.choices = RuleChoices(workspace)
        self.root = self._node(root, ROOT, 0)

    @classmethod
    def from_post(cls, data: QueryDict, workspace: Workspace) -> "RuleEditor":
        """The rule as posted, after what the pressed button does to it."""
        root = read_form(data)
        return cls(root, workspace, focus=change(root, data.get("do", "")))

    @classmethod
    def from_json(cls, rule: object, workspace: Workspace) -> "RuleEditor":
        return cls(read_json(rule), workspace)

    def _node(self, group: Group, path: str, depth: int) -> GroupNode:
        children: list[Node] = []
        for place, child in placed(group, path):
            if isinstance(child, Group):
                children.append(self._node(child, place, depth + 1))
            else:
                children.append(ConditionForm(child, path=place, choices=self.choices))
        return GroupNode(path, group.match, children, depth)

    @cached_property
    def rule_json(self) -> dict[str, object] | None:
        """The rule of the finished conditions; None if there are none."""
        rule = self.root.as_json()
        return {"version": VERSION, **rule} if rule else None

    @cached_property
    def unfinished(self) -> list[str]:
        """What conditions still need. Rows of which nothing was chosen yet are left alone."""
        rows = [row for row in self.root.rows() if row.kind_name and not row.is_finished]
        return [f"{row.kind.label if row.kind else row.kind_name}: {row.unfinished}" for row in rows]

    @property
    def obstacles(self) -> list[str]:
        """Why the rule cannot be used as it is."""
        unfinished = [_("Finish or remove the conditions that aren't complete.")] if self.unfinished else []
        return [*unfinished, *self.problems]

    @cached_property
    def problems(self) -> list[str]:
        """Why the rule cannot be applied, in sentences."""
        return self._parsed[1]

    @cached_property
    def rule(self) -> Rule | None:
        return self._parsed[0]

    @cached_property
    def _parsed(self) -> tuple[Rule | None, list[str]]:
        if self.rule_json is None:
            return None, []
        try:
            return Rule.parse(self.rule_json, self.workspace), []
        except RuleInvalid as invalid:
            return None, list(invalid.sentences)

    @property
    def sentence(self) -> Sentence | None:
        return self.rule.sentences(self.workspace) if self.rule else None

    def suggestions(self) -> dict[str, list[str]]:
        """The texts that rows suggest, by name."""
        controls = [control for row in self.root.rows() for control in row.controls()]
        names = dict.fromkeys(control.suggests for control in controls if control.suggests)
        return {name: self.choices.texts(name) for name in names}

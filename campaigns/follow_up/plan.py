"""Who of earlier campaigns fits a follow-up. Each person is counted once: fit, or left out for the first reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.db.models import Case, Count, Q, Value, When
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from campaigns.audience import Rule
from campaigns.follow_up.rules import ConditionJson, all_of, opposite
from campaigns.models import Campaign
from markets.models import Workspace
from markets.models.landscape import ContactQuerySet

DEFAULT_DAYS = 14
FIT = "fit"


class LeftOut(models.TextChoices):
    """Why a person is left out. The first in this order that applies counts."""

    DO_NOT_CALL = "do_not_call", _("do not call")
    OFF_LIMITS = "off_limits", _("off-limits")
    NUMBER = "number", _("number to repair")
    RUNNING = "running", _("in a running campaign")
    CALLED = "called", _("called recently")
    INTEREST = "interest", _("did not show interest")


ALWAYS = frozenset({LeftOut.DO_NOT_CALL, LeftOut.OFF_LIMITS})
"""The reasons that cannot be switched off."""


@dataclass(frozen=True)
class PlanCounts:
    """How many people fit, and how many are left out by reason. They add up to `total`, the people of the sources."""

    fit: int
    left_out: Mapping[LeftOut, int]

    @property
    def total(self) -> int:
        return self.fit + sum(self.left_out.values())


@dataclass(frozen=True)
class FollowUpPlan:
    """`sources` are campaigns of one market. `ignored` are the reasons that leave nobody out. `wanted` is the condition
    that replaces “showed interest in the sources”."""

    workspace: Workspace
    sources: Sequence[Campaign]
    days: int = DEFAULT_DAYS
    ignored: Collection[LeftOut] = ()
    wanted: ConditionJson | None = None

    @cached_property
    def reasons(self) -> list[LeftOut]:
        """The reasons that leave people out, in order."""
        ignored = set(self.ignored) - ALWAYS
        if self.wanted is not None and not self.wanted.get("conditions", True):  # everybody is wanted
            ignored.add(LeftOut.INTEREST)
        return [reason for reason in LeftOut if reason not in ignored]

    def label(self, reason: LeftOut) -> str:
        if reason == LeftOut.CALLED:
            words = ngettext("called within %(days)s day", "called within %(days)s days", self.days)
            return words % {"days": self.days}
        if reason == LeftOut.INTEREST and self.wanted is not None:
            return gettext("outside your choice")
        return str(reason.label)

    def counts(self) -> PlanCounts:
        """One statement over all people of the sources."""
        checked = [reason for reason in self.reasons if reason != LeftOut.INTEREST]  # the last of all
        whens = [When(self._matches(self._applies(reason)), Value(reason)) for reason in checked]
        if LeftOut.INTEREST in self.reasons:
            whens.append(When(self._matches(self._wanted), Value(FIT)))
        otherwise = LeftOut.INTEREST if LeftOut.INTEREST in self.reasons else FIT
        first = Case(*whens, default=Value(otherwise), output_field=models.CharField())
        people = Rule.parse(self.everybody, self.workspace).people(self.workspace).order_by()
        counted = dict(people.annotate(first=first).values_list("first").annotate(n=Count("pk")))
        return PlanCounts(counted.get(FIT, 0), {reason: counted.get(reason, 0) for reason in self.reasons})

    def _matches(self, condition: ConditionJson) -> Q:
        """Negates in the query itself, where it costs nothing."""
        if condition.get("negated"):
            return ~self._matches(opposite(condition))
        return Rule.parse(all_of(condition), self.workspace).condition(self.workspace)

    @cached_property
    def rule(self) -> Rule:
        """The rule of the people who fit. Raises RuleInvalid."""
        return Rule.parse(self.fitting, self.workspace)

    @property
    def fitting(self) -> dict[str, object]:
        """The rule of the people who fit, as JSON."""
        return all_of(self._is_in_sources, *map(opposite, map(self._applies, self.reasons)))

    @property
    def everybody(self) -> dict[str, object]:
        """The rule of all people of the sources, as JSON."""
        return all_of(self._is_in_sources)

    def left_out_by(self, reason: LeftOut) -> dict[str, object]:
        """The rule of the people who are left out for this reason, as JSON."""
        earlier = self.reasons[: self.reasons.index(reason)]
        return all_of(self._is_in_sources, *map(opposite, map(self._applies, earlier)), self._applies(reason))

    def people(self) -> ContactQuerySet:
        """The people who fit."""
        return self.rule.people(self.workspace)

    def why(self, contacts: Collection[int]) -> dict[int, str]:
        """Why each of these people was chosen, by id."""
        found = Rule.parse(all_of(self._wanted), self.workspace).reasons(self.workspace, contacts)
        names = ", ".join(map(str, self.sources))
        return {
            contact: "; ".join(found.get(contact, ())) or gettext("From %(names)s") % {"names": names}
            for contact in contacts
        }

    @property
    def _is_in_sources(self) -> ConditionJson:
        return {"kind": "member", "of": "campaigns", "campaigns": self._source_ids}

    @property
    def _source_ids(self) -> list[int]:
        return [campaign.pk for campaign in self.sources]

    @property
    def _wanted(self) -> ConditionJson:
        return {"kind": "interest", "campaigns": self._source_ids} if self.wanted is None else self.wanted

    def _applies(self, reason: LeftOut) -> ConditionJson:
        match reason:
            case LeftOut.DO_NOT_CALL:
                return {"kind": "suppressed"}
            case LeftOut.OFF_LIMITS:
                return {"kind": "off_limits"}
            case LeftOut.NUMBER:
                return {"kind": "number", "negated": True}
            case LeftOut.RUNNING:
                return {"kind": "member", "of": "running"}
            case LeftOut.CALLED:
                return {"kind": "last_call", "op": "within_days", "days": self.days}
        return opposite(self._wanted)

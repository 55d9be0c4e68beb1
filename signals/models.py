from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from calls.models.calls import is_counted
from calls.models.corrections import call_values_as_of
from campaigns.models import Campaign
from config.db.as_of import AsOfQuerySet, null_as_of
from config.db.composite_keys import CompositeForeignKey, WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Contact, Workspace
from markets.search.folding import Fold
from markets.search.indexes import TrigramIndex
from signals.capture.vocabulary import VALUES, Confidence, SignalType

FRESH_FOR = timedelta(days=90)
AGEING_FOR = timedelta(days=180)
FRESHNESS: dict[str, Callable[[datetime], Q]] = {
    gettext_noop("fresh"): lambda at: Q(heard_at__gte=at - FRESH_FOR),
    gettext_noop("ageing"): lambda at: Q(heard_at__lt=at - FRESH_FOR, heard_at__gte=at - AGEING_FOR),
    gettext_noop("stale"): lambda at: Q(heard_at__lt=at - AGEING_FOR),
}
"""By freshness, the condition on a signal at a moment."""

A_VALUE_OF_ITS_TYPE = reduce(or_, (Q(type=type_, value__in=values) for type_, values in VALUES.items()))


class SignalQuerySet(AsOfQuerySet["Signal"]):
    recorded_field = "captured_at"

    def as_of(self, workspace: Workspace, day: date | None) -> Self:
        """Signals captured by then, with their calls' values before later corrections."""
        signals = super().as_of(workspace, day)
        if signals.at is None:
            return signals
        values = call_values_as_of(workspace, signals.at, "call")
        of_call = {f"call__{field}": value for field, value in values.items()}
        heard_at = {"heard_at": values["started_at"]} if "started_at" in values else {}
        return signals.override_fields(**of_call, **heard_at, as_of_moment=Value(signals.at))

    def counted(self) -> Self:
        """Signals of counted calls (K), the metric Signals Captured."""
        return self.filter(is_counted("call__", self.at))

    def not_voided(self) -> Self:
        """Signals whose call is not voided."""
        return self.filter(null_as_of(self.at, "call__voided_at"))

    def heard_in(self, workspace: Workspace, campaigns: Collection[int]) -> Self:
        """Signals from calls of these campaigns.

        Everyone who is called is a member, as a foreign key ensures. Filtering by members as well lets the database
        read their signals instead of all calls of the campaigns, which keep growing in number.
        """
        members = workspace.campaign_contacts.filter(campaign__in=campaigns)
        return self.filter(call__campaign__in=campaigns, contact__in=members.values("contact"))

    def current(self) -> Self:
        """Each contact's newest signal of each type, without those of voided calls."""
        others = self.same_as_of(Signal).not_voided().filter(contact=OuterRef("contact"), type=OuterRef("type"))
        others = others.filter(workspace=OuterRef("workspace"), call__workspace=OuterRef("workspace"))
        newer = others.filter(
            Q(heard_at__gt=OuterRef("heard_at")) | Q(heard_at=OuterRef("heard_at"), id__gt=OuterRef("id"))
        )
        return self.not_voided().filter(~Exists(newer))

    def current_by_stored(self) -> Self:
        """The same signals as `current`. Those of counted calls are stored, so only the others are compared."""
        is_other = Q(current_campaign=None)
        is_other = is_other | Q(current_changed_at__gte=self.at) if self.at else is_other
        others = self.filter(is_other, ~is_counted("call__", self.at))
        is_current = Q(pk__in=others.current().order_by().values("pk"))
        return self._current_and_counted(Q(current_campaign__isnull=False), Q(), is_current)

    def current_in(self, campaigns: Collection[int]) -> Self:
        """Current signals of counted calls of some campaigns (by id)."""
        return self._current_and_counted(Q(current_campaign__in=campaigns), Q(call__campaign__in=campaigns))

    def current_and_counted(self) -> Self:
        """Current signals of counted calls: `counted().current()` without comparing the signals of each contact."""
        return self._current_and_counted(Q(current_campaign__isnull=False), Q())

    def _current_and_counted(self, is_current: Q, of_call: Q, or_else: Q | None = None) -> Self:
        """Read from the stored `current_campaign`; as of a past day, only where it has not changed since."""
        if self.at:
            changed = self.filter(of_call, current_changed_at__gte=self.at).counted().current()
            is_current = is_current & Q(current_changed_at__lt=self.at) | Q(pk__in=changed.values("pk"))
        return self.filter(is_current | or_else if or_else else is_current)

    def of_age(self, age: str) -> Self:
        """`age` is fresh, ageing or stale."""
        return self.filter(FRESHNESS[age](self.at or now()))


class Signal(WorkspaceModel):
    """One piece of structured intelligence heard on a call. A newer one supersedes it; nothing is overwritten.

    Composite foreign keys replace the single-column ones: the call's own imply that its contact and workspace exist.
    Users have no foreign key, as with calls.
    """

    workspace = models.ForeignKey(
        Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="signals"
    )
    call = WorkspaceForeignKey(Call, models.PROTECT, db_constraint=False, related_name="signals")
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, db_index=False, related_name="signals")
    type = models.CharField(max_length=24, choices=SignalType)
    value = models.CharField(max_length=32)
    evidence = models.TextField(blank=True, help_text=_("The words that were said."))
    confidence = models.CharField(max_length=8, choices=Confidence, default=Confidence.HIGH)
    heard_at = models.DateTimeField(help_text=_("When the call started."))
    captured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    captured_at = models.DateTimeField(default=now, editable=False)
    current_campaign = WorkspaceForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        editable=False,
        related_name="+",
        help_text=_("The campaign of its call, while it is current and counts. Kept by signals.capture.current."),
    )
    current_changed_at = models.DateTimeField(
        default=now, db_default=Now(), editable=False, help_text=_("When it last changed for which campaign it speaks.")
    )

    objects = SignalQuerySet.as_manager()

    class Meta:
        ordering = ["-heard_at", "-id"]
        constraints = [
            same_workspace("call", "calls.Call", "signal_call_in_workspace"),
            same_workspace("current_campaign", "campaigns.Campaign", "signal_current_campaign_in_workspace"),
            CompositeForeignKey(
                fields=("contact", "call", "workspace"),
                to="calls.Call",
                to_fields=("contact", "id", "workspace"),
                name="signal_contact_of_call",
                violation_error_message=_("The signal and its call are about different people."),
            ),
            models.CheckConstraint(
                condition=A_VALUE_OF_ITS_TYPE,
                name="signal_value_of_its_type",
                violation_error_message=_("That value does not belong to this type of signal."),
            ),
            models.CheckConstraint(condition=Q(confidence__in=Confidence.values), name="signal_confidence_known"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-heard_at", "-id"], name="signal_by_time"),
            models.Index(fields=["workspace", "captured_at"], name="signal_by_capture"),
            models.Index(fields=["contact", "type", "-heard_at", "-id"], name="signal_current"),
            models.Index(fields=["workspace", "type", "value"], name="signal_by_value"),
            models.Index(  # the breakdown of a market's current signals by an index-only scan
                fields=["workspace", "current_campaign", "type", "value", "heard_at", "contact"],
                condition=Q(current_campaign__isnull=False),
                name="signal_current_in_campaign",
            ),
            TrigramIndex(Fold("evidence"), condition=~Q(evidence=""), name="signal_search"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()}: {gettext(self.value)}"

    @property
    def freshness(self) -> str:
        age = getattr(self, "as_of_moment", now()) - self.heard_at
        if age <= FRESH_FOR:
            return "fresh"
        return "ageing" if age <= AGEING_FOR else "stale"


class SuggestionState(models.TextChoices):
    OPEN = "open", pgettext_lazy("suggestion", "Open")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


class SignalSuggestion(WorkspaceModel):
    """A signal that a rule suggests from the notes of a call, and the decision about it."""

    LONGEST_RULE = 100

    State = SuggestionState

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="signal_suggestions")
    call = WorkspaceForeignKey(Call, models.PROTECT, db_constraint=False, db_index=False, related_name="suggestions")
    type = models.CharField(max_length=24, choices=SignalType)
    value = models.CharField(max_length=32)
    words = models.TextField(blank=True, help_text=_("The words of the notes that speak for it."))
    rule = models.CharField(max_length=LONGEST_RULE)
    state = models.CharField(max_length=8, choices=SuggestionState, default=SuggestionState.OPEN)
    suggested_at = models.DateTimeField(default=now, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-suggested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "rule", "workspace"],
                name="suggestion_rule_unique",
                violation_error_message=_("That rule has spoken on this call already."),
            ),
            same_workspace("call", "calls.Call", "suggestion_call_in_workspace"),
            models.CheckConstraint(
                condition=A_VALUE_OF_ITS_TYPE,
                name="suggestion_value_of_its_type",
                violation_error_message=_("That value does not belong to this type of signal."),
            ),
            models.CheckConstraint(
                condition=Q(state=SuggestionState.OPEN, decided_at=None, decided_by=None)
                | Q(state__in=[SuggestionState.ACCEPTED, SuggestionState.REFUSED], decided_at__isnull=False),
                name="suggestion_decided_with_time",
                violation_error_message=_("A suggestion is open, or it was accepted or refused at some time."),
            ),
            models.CheckConstraint(condition=~Q(rule=""), name="suggestion_has_rule"),
        ]
        indexes = [
            models.Index(fields=["workspace", "rule", "state"], name="suggestion_by_rule"),
            models.Index(fields=["workspace", "-suggested_at", "-id"], name="suggestion_by_time"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.get_type_display()}: {gettext(self.value)}"

"""Calls as a dialer reports them, from a file or over the network: found, compared with what is known, and written.

Idempotent by the dialer's call ID. Calls are written by calls.log.services alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from calls.derived.locks import lock_campaign
from calls.ingest.contact_lookup import Callees, Known
from calls.ingest.parsing import Parsed, Parser
from calls.log.bulk_insert import said
from calls.log.services import CORRECTED_BY_A_FILE, amend, next_working_morning, record_all
from calls.log.validation import CallRefused, NewCall
from calls.models import Call, Meeting
from campaigns.dispositions import MEANINGS
from campaigns.lookup import find_campaigns
from campaigns.models import Campaign
from config.db import bulk
from markets.imports.rejects import RowRefused
from markets.models import ImportJob, User, Workspace

COMPARED = ("started_at", "direction", "talk_seconds", "disposition", "notes", "caller_name", "callback_at")
"""What a call that is known already is compared by, where the report gives it."""


@dataclass(slots=True)
class Outcome:
    """What became of one report: created, updated, unchanged, or rejected with a code and a sentence."""

    outcome: str
    call: int | None = None
    code: str = ""
    message: str = ""

    @classmethod
    def refused(cls, refusal: RowRefused | CallRefused) -> "Outcome":
        return cls("rejected", None, refusal.code, str(refusal))


@dataclass
class Outcomes:
    """What became of reports, by their place among those written together."""

    created: dict[int, int] = field(default_factory=dict)
    """The id of each call that is new: for the thousands of a log that is all there is to say."""
    others: dict[int, Outcome] = field(default_factory=dict)

    def in_order(self) -> list[Outcome]:
        created = {place: Outcome("created", call) for place, call in self.created.items()}
        return [each for _, each in sorted((created | self.others).items())]


@dataclass(slots=True)
class Reported:
    """A report, and the call that it makes if that is not known yet: to `NOBODY`, until the person is looked up."""

    parsed: Parsed
    new: NewCall
    place: int = 0
    """Among the reports that are written together."""


@dataclass(slots=True)
class Gathered:
    """Reports that are written together, by the name of the campaign that each gives; and what became of those that
    cannot be read, by their place."""

    by_campaign: defaultdict[str, list[Reported]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[int, Outcome] = field(default_factory=dict)


NOBODY = Known(0, "", "", "", "", "")


class Reports:
    """What a dialer says goes into a workspace's campaigns, hundreds or thousands of calls at a time."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        campaign: Campaign | None = None,
        timezone: str = "",
        historical: bool = False,
        results: Mapping[str, str] | None = None,
        import_job: ImportJob | None = None,
    ):
        """`campaign` is that of reports that name none; `timezone` that of times without an offset, by default the
        workspace's; `historical` admits calls from before a campaign was kept here; `results` say what the dialer's
        words mean. Raises RowRefused where they mean no disposition."""
        self.workspace, self.campaign = workspace, campaign
        self.historical, self.import_job = historical, import_job
        self._expects_new = False
        self.parser = Parser(zone=ZoneInfo(timezone or workspace.timezone), results=results or {})
        self._zone = workspace.zone
        members = workspace.memberships.select_related("user")
        self.members: dict[str, User] = {membership.user.email: membership.user for membership in members}

    def take(self, reports: Iterable[Mapping[str, str]]) -> list[Outcome]:
        """Reads reports, writes them, and says of each, in order, what became of it."""
        return self.write(self.gather([self.parse(each) for each in reports])).in_order()

    def parse(self, typed: Mapping[str, str]) -> Reported | RowRefused:
        """What a report says, without a look at the database: all that can be done beside it, which is most."""
        try:
            parsed = self.parser.parse(typed)
            self._name_caller(parsed.values)
        except RowRefused as refusal:
            return refusal
        new = NewCall(
            contact=NOBODY,
            called=parsed.contact,
            dialer_call_id=parsed.call_id,
            import_job=self.import_job,
            **parsed.values,
        )
        new.callback_at = self._callback(new.disposition, new.started_at, new.callback_at)
        new.day = new.started_at.astimezone(self._zone).date()
        new.said = said(new)
        return Reported(parsed, new)

    def _name_caller(self, values: dict[str, Any]) -> None:
        """The member with that email address, or else the dialer's own name for the caller."""
        text = values.get("caller_name", "")
        if user := self.members.get(text.casefold()):
            values["caller"] = user
            del values["caller_name"]
        elif len(text) > 120:
            raise RowRefused("caller", f"The caller's name has {len(text):,} characters; at most 120 are kept.")

    @staticmethod
    def gather(reports: Sequence[Reported | RowRefused]) -> Gathered:
        """Puts together what `write` takes, without a look at the database."""
        gathered = Gathered()
        for place, each in enumerate(reports):
            if isinstance(each, RowRefused):
                gathered.refused[place] = Outcome.refused(each)
            else:
                each.place = place
                gathered.by_campaign[each.parsed.campaign].append(each)
        return gathered

    @transaction.atomic
    def write(self, gathered: Gathered) -> Outcomes:
        """Writes reports and says of each what became of it. Meanwhile nobody else writes calls of their campaigns."""
        outcomes = Outcomes(others=dict(gathered.refused))
        for campaign, reported in self._by_campaign(gathered, outcomes):
            callees = Callees(campaign, [each.new.called for each in reported])
            waiting = self._first_round(callees, reported, outcomes)
            while waiting:
                waiting = self._round(callees, waiting, self._known(waiting), outcomes)
        return outcomes

    def _by_campaign(self, gathered: Gathered, outcomes: Outcomes) -> Iterable[tuple[Campaign, list[Reported]]]:
        """The reports of each campaign, which is locked; always in the same order."""
        found = find_campaigns(self.workspace, gathered.by_campaign.keys() - {""})
        by_key: defaultdict[int, list[Reported]] = defaultdict(list)
        for name, reported in gathered.by_campaign.items():
            campaign = found.get(name, self.campaign)
            if isinstance(campaign, Campaign):
                by_key[campaign.pk] += reported
            else:
                message = str(campaign or "The report does not say which campaign the call was made for.")
                refused = Outcome.refused(RowRefused("campaign", message))
                outcomes.others |= {each.place: refused for each in reported}
        of_place = attrgetter("place")
        return [(lock_campaign(Campaign(pk=key)), sorted(by_key[key], key=of_place)) for key in sorted(by_key)]

    def _first_round(self, callees: Callees, reported: Sequence[Reported], outcomes: Outcomes) -> list[Reported]:
        """After reports of which no call was known the next are taken for new, too: if one is not, the database says
        so."""
        if self._expects_new:
            try:
                return self._round(callees, reported, {}, outcomes)
            except IntegrityError:
                self._expects_new = False
        known = self._known(reported)
        self._expects_new = not known
        return self._round(callees, reported, known, outcomes)

    def _round(
        self,
        callees: Callees,
        reported: Sequence[Reported],
        known: dict[str, dict[str, Any]],
        outcomes: Outcomes,
    ) -> list[Reported]:
        """Settles known calls and the first report of each unknown one; returns those that name one of these again."""
        first: dict[str, Reported] = {}
        again: list[Reported] = []
        for each in reported:
            call_id = each.parsed.call_id
            if call_id in known:
                outcomes.others[each.place] = self._compare(callees, each, known)
            elif first.setdefault(call_id, each) is not each:
                again.append(each)
        if not first:
            return again
        new_calls = [each.new for each in first.values()]
        made = record_all(campaign=callees.campaign, new_calls=new_calls, historical=self.historical, callees=callees)
        for each, outcome in zip(first.values(), made, strict=True):
            if isinstance(outcome, CallRefused):
                outcomes.others[each.place] = Outcome.refused(outcome)
            else:
                outcomes.created[each.place] = outcome
        return again

    def _known(self, reported: Sequence[Reported]) -> dict[str, dict[str, Any]]:
        """By the dialer's ID, what is kept of each known call."""
        ids = {each.parsed.call_id for each in reported}
        found = bulk.select(Call, ["id"], among="dialer_call_id", values=ids, workspace_id=self.workspace.pk)
        if not found:
            return {}
        calls = Call.objects.filter(workspace=self.workspace, pk__in=[key for (key,) in found])
        rows = calls.values("id", "dialer_call_id", "campaign_id", "contact_id", *COMPARED)
        return {row["dialer_call_id"]: row for row in rows}

    def _callback(self, disposition: str, started_at: datetime, given: datetime | None) -> datetime | None:
        if not MEANINGS[disposition].needs_callback_time:
            return None
        return given or next_working_morning(self.workspace, started_at)

    def _compare(self, callees: Callees, reported: Reported, known: dict[str, dict[str, Any]]) -> Outcome:
        call_id = reported.parsed.call_id
        kept = known[call_id]
        try:
            contact = callees.find(reported.new.called)
        except RowRefused as refusal:
            return Outcome.refused(refusal)
        if kept["campaign_id"] != callees.campaign.pk or kept["contact_id"] != contact.pk:
            call = Call.objects.select_related("contact", "campaign").get(pk=kept["id"])
            message = (
                f"The call {call_id} is known already, as one to {call.contact} (contact {call.contact_id}) "
                f"in the campaign {call.campaign}; a call ID is one call."
            )
            return Outcome("rejected", None, "known_otherwise", message)
        changes = self._changes(kept, reported.parsed.values)
        if not changes:
            return Outcome("unchanged", kept["id"])
        call = Call.objects.select_related("contact", "campaign").get(pk=kept["id"])
        try:
            call = amend(
                call=call,
                by=None,
                reason=CORRECTED_BY_A_FILE,
                import_job=self.import_job,
                historical=self.historical,
                **changes,
            )
        except CallRefused as refusal:
            return Outcome.refused(refusal)
        kept |= {name: getattr(call, name) for name in COMPARED}
        return Outcome("updated", call.pk)

    def _changes(self, kept: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """What the report says otherwise than the call that is kept. What is blank says nothing."""
        meaning = MEANINGS[values["disposition"]]
        changes = {name: values[name] for name in COMPARED if name in values and values[name] != kept[name]}
        if not meaning.needs_callback_time:
            changes.pop("callback_at", None)
        elif kept["callback_at"] is None:
            changes["callback_at"] = self._callback(
                values["disposition"], values["started_at"], values.get("callback_at")
            )
        if meaning.books_meeting and "meeting_at" in values:
            meeting = Meeting.objects.filter(call=kept["id"]).first()
            if meeting is None or meeting.scheduled_at != values["meeting_at"]:
                changes["meeting_at"] = values["meeting_at"]
        return changes

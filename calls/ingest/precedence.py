"""Whose word counts when a source reports a known call again (product.md, section 8).

A source is an import preset, or the API if there is none. It changes a field only where it changes its own last word,
and never one that a person has corrected. Its last word is its CallReport or, for the source that created the call, the
values the call was created with, so that nothing is stored for a log that repeats itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.timezone import now

from calls.ingest.call_ids import own_calls
from calls.log.validation import MAX_CLOCK_SKEW
from calls.models import Call, CallReport, Correction, Meeting, MeetingChange
from campaigns.dispositions import DISPOSITION_RULES
from config.db import bulk
from markets.models import ImportJob, Workspace

COMPARED = ("started_at", "direction", "talk_seconds", "disposition", "notes", "caller_name", "callback_at")
"""The fields in which a report may differ from a known call; `meeting_at` is the time of its meeting."""
STORED = ("id", "dialer_call_id", "campaign_id", "contact_id", *COMPARED)
STORED_OF_SOURCE = ("import_job_id", "voided_at", "recorded_at", "reported_at")
UNSAID = object()
encode = DjangoJSONEncoder().default

type StoredCall = dict[str, Any]
"""The stored fields of a known call, with `meeting_at` if it has a meeting."""


class Disagreement(NamedTuple):
    """A field that a person has corrected and a source reports otherwise."""

    field: str
    said: Any
    stored: Any


@dataclass(slots=True)
class Decision:
    changes: dict[str, Any]
    """The fields that the source may change."""
    disagreements: list[Disagreement]


NOTHING = Decision({}, [])


class KnownCalls:
    """The known calls of a batch, with what people and the source said about them before."""

    def __init__(self, workspace: Workspace, source: int | None, call_ids: Iterable[str]):
        self.workspace, self.source = workspace, source
        self.calls = self._fetch_calls(set(call_ids))
        self.by_key = {stored["id"]: stored for stored in self.calls.values()}
        self._created_by = self._fetch_creators()
        self._created_with: dict[int, dict[str, Any]] = {}
        self._person_fields: defaultdict[int, set[str]] = defaultdict(set)
        self._reports: dict[int, dict[str, Any]] = {}
        self._new_words: dict[int, datetime] = {}
        self._versions: dict[int, datetime] = {}
        if self.by_key:
            self._read_corrections()
            self._read_meetings()
            self._stored_reports = self._fetch_reports()
            self._reports = {call: values for call, (_, values) in self._stored_reports.items()}

    def _fetch_calls(self, call_ids: set[str]) -> dict[str, StoredCall]:
        found = bulk.select(Call, ["id"], key="dialer_call_id", values=call_ids, workspace_id=self.workspace.pk)
        own = own_calls(self.workspace, call_ids)
        keys = own.keys() | {key for (key,) in found}
        if not keys:
            return {}
        calls = Call.objects.filter(workspace=self.workspace, pk__in=keys).values(*STORED, *STORED_OF_SOURCE)
        return {own.get(row["id"], row["dialer_call_id"]): row for row in calls}

    def _fetch_creators(self) -> dict[int | None, int | None]:
        """The preset of each import that created one of the calls."""
        jobs = {stored["import_job_id"] for stored in self.by_key.values()}
        presets = ImportJob.objects.filter(workspace=self.workspace, pk__in=jobs - {None}).values_list("pk", "preset")
        return {None: None, **dict(presets)}

    def _read_corrections(self) -> None:
        """An undo of an import gives values back: it is no word of the person who did it."""
        corrections = bulk.select(
            Correction,
            ["id"],
            key="call_id",
            values=self.by_key.keys(),
            workspace_id=self.workspace.pk,
        )
        if not corrections:
            return
        found = Correction.objects.filter(workspace=self.workspace, pk__in=[key for (key,) in corrections])
        found = found.order_by("corrected_at", "id")
        for call, before, by, job in found.values_list("call", "before", "corrected_by", "import_job"):
            self._created_with[call] = before | self._created_with.get(call, {})
            if by is not None and job is None:
                self._person_fields[call].update(before)

    def _read_meetings(self) -> None:
        booking = {pk for pk, stored in self.by_key.items() if DISPOSITION_RULES[stored["disposition"]].books_meeting}
        touched = booking | self._created_with.keys()
        if not touched:
            return
        meetings = Meeting.objects.filter(workspace=self.workspace, call__in=touched)
        for call, scheduled_at in meetings.values_list("call", "scheduled_at"):
            self.by_key[call]["meeting_at"] = scheduled_at
        changes = MeetingChange.objects.filter(workspace=self.workspace, meeting__call__in=touched)
        found = changes.order_by("changed_at", "id").values_list("meeting__call", "from_time", "changed_by")
        for call, from_time, by in found:
            self._created_with.setdefault(call, {}).setdefault("meeting_at", _json(from_time))
            if by is not None:
                self._person_fields[call].add("meeting_at")

    def _fetch_reports(self) -> dict[int, tuple[int, dict[str, Any]]]:
        """The last reports of this source, by call: their id and values."""
        keys = bulk.select(CallReport, ["id"], key="call_id", values=self.by_key.keys(), workspace_id=self.workspace.pk)
        if not keys:
            return {}
        reports = CallReport.objects.filter(
            workspace=self.workspace, pk__in=[key for (key,) in keys], preset=self.source
        )
        return {call: (key, values) for key, call, values in reports.values_list("pk", "call", "values")}

    def is_older(self, stored: StoredCall, reported_at: datetime | None) -> bool:
        """Whether the report was sent before the version that counts. Without a version it is as new as its arrival."""
        if reported_at is None:
            return False
        if stored["reported_at"] is None:
            return reported_at < stored["recorded_at"] - MAX_CLOCK_SKEW
        return bool(reported_at < stored["reported_at"])

    def differences(self, stored: StoredCall, given: Mapping[str, Any]) -> list[str]:
        return [name for name, value in given.items() if value != stored.get(name)]

    def decide(self, stored: StoredCall, given: Mapping[str, Any]) -> Decision:
        """What the source may change, and where it disagrees with a person. Remembers its word."""
        call = stored["id"]
        differing = self.differences(stored, given)
        is_creator = self._created_by.get(stored["import_job_id"], UNSAID) == self.source
        if not differing and is_creator and call not in self._reports and call not in self._created_with:
            return NOTHING
        last = self._last_word(stored, is_creator=is_creator)
        said = {name: _json(value) for name, value in given.items()}
        news = said.keys() if last is None else {name for name in said if said[name] != last.get(name, UNSAID)}
        if last is None or news:
            self._reports[call] = (last or {}) | said
            self._new_words[call] = now()
        held, rule = self._held(stored), DISPOSITION_RULES[stored["disposition"]]
        unused = {
            name
            for name, is_used in (("callback_at", rule.needs_callback_time), ("meeting_at", rule.books_meeting))
            if not is_used
        }
        return Decision(
            {name: given[name] for name in differing if name in news and name not in held},
            [Disagreement(name, given[name], stored.get(name)) for name in differing if name in held - unused],
        )

    def _last_word(self, stored: StoredCall, *, is_creator: bool) -> dict[str, Any] | None:
        """None if the source has not said anything about the call yet."""
        if report := self._reports.get(stored["id"]):
            return report
        if not is_creator:
            return None
        names = (*COMPARED, "meeting_at") if "meeting_at" in stored else COMPARED
        return {name: _json(stored[name]) for name in names} | self._created_with.get(stored["id"], {})

    def _held(self, stored: StoredCall) -> set[str]:
        """The fields that a person has set: all of a call without a dialer's ID, which a person logged. A callback or
        meeting that a person moved holds the outcome, too."""
        if not stored["dialer_call_id"]:
            return {*COMPARED, "meeting_at"}
        fields, rule = self._person_fields.get(stored["id"], set()), DISPOSITION_RULES[stored["disposition"]]
        holds_outcome = (rule.needs_callback_time and "callback_at" in fields) or (
            rule.books_meeting and "meeting_at" in fields
        )
        return fields | {"disposition"} if holds_outcome else fields

    def note_version(self, stored: StoredCall, reported_at: datetime | None) -> None:
        """Remembers the newest version that a report confirmed without changing anything."""
        if reported_at and reported_at > (stored["reported_at"] or stored["recorded_at"]):
            stored["reported_at"] = self._versions[stored["id"]] = reported_at

    def forget(self, stored: StoredCall) -> None:
        """The report was refused: it is not the source's word."""
        call = stored["id"]
        self._new_words.pop(call, None)
        self._reports.pop(call, None)
        if call in self._stored_reports:
            self._reports[call] = self._stored_reports[call][1]

    def save(self) -> None:
        """Stores new words and versions."""
        if self._versions:
            calls = [Call(pk=pk, reported_at=at) for pk, at in self._versions.items()]
            Call.objects.filter(workspace=self.workspace).bulk_update(calls, ["reported_at"], batch_size=1000)
        if not self._new_words:
            return
        reports = list(self._call_reports())
        CallReport.objects.bulk_create([each for each in reports if each.pk is None], batch_size=1000)
        known = [each for each in reports if each.pk is not None]
        stored = CallReport.objects.filter(workspace=self.workspace)
        stored.bulk_update(known, ["values", "reported_at"], batch_size=1000)

    def _call_reports(self) -> Iterator[CallReport]:
        for call, reported_at in self._new_words.items():
            key, _ = self._stored_reports.get(call, (None, None))
            yield CallReport(
                pk=key,
                workspace=self.workspace,
                call_id=call,
                preset_id=self.source,
                values=self._reports[call],
                reported_at=reported_at,
            )


def _json(value: object) -> Any:
    return encode(value) if isinstance(value, datetime) else value

"""Reports of calls on their way into the portal, and the outcome of each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from calls.ingest.contact_lookup import ContactKeys
from calls.ingest.notes import CallNote
from calls.ingest.parsing import ParsedCall
from calls.log.validation import CallRefused, NewCall
from markets.imports.files.rejects import RowRefused


@dataclass(slots=True)
class IngestResult:
    """The outcome of one report: created, updated, unchanged, or rejected with a code and a sentence."""

    outcome: str
    call: int | None = None
    code: str = ""
    message: str = ""
    contact: int | None = None
    notes: Sequence[CallNote] = ()

    @classmethod
    def accepted(cls, outcome: str, call: int, contact: int, notes: Sequence[CallNote]) -> "IngestResult":
        """The first note gives the code and the message."""
        code, message = (str(notes[0].kind), " ".join(note.message for note in notes)) if notes else ("", "")
        return cls(outcome, call, code, message, contact, notes)

    @classmethod
    def rejected(cls, refusal: RowRefused | CallRefused) -> "IngestResult":
        return cls("rejected", None, refusal.code, str(refusal))


@dataclass
class BatchResult:
    """The outcomes of a batch, by the index of the report."""

    created: dict[int, int] = field(default_factory=dict)
    """Ids of new calls: for thousands of reports, IngestResults would cost more."""
    others: dict[int, IngestResult] = field(default_factory=dict)
    derived_ids: int = 0
    """Reports without a call ID of their own."""

    def in_order(self) -> list[IngestResult]:
        created = {index: IngestResult("created", call) for index, call in self.created.items()}
        return [result for _, result in sorted((created | self.others).items())]


@dataclass(slots=True)
class ParsedReport:
    parsed: ParsedCall
    new: NewCall
    """The call to create if it is unknown, to UNKNOWN_CONTACT until the contact is looked up."""
    index: int = 0
    """In its batch."""


@dataclass(slots=True)
class ReportBatch:
    """Reports to write together, by the name of the campaign that each gives; and the results of unreadable ones, by
    their index."""

    by_campaign: defaultdict[str, list[ParsedReport]] = field(default_factory=lambda: defaultdict(list))
    rejected: dict[int, IngestResult] = field(default_factory=dict)


UNKNOWN_CONTACT = ContactKeys(0, "", "", "", "", "")

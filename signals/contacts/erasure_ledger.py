"""The ledger of erasures: a file outside the database, so that a restored backup can forget again who was erased since.

One JSON object a line, with ids and a moment and nothing of the person. Lines are only added.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from markets.models import Contact, ContactMerge, Erasure

logger = logging.getLogger(__name__)
REASON = "Erased again after a restore"


class LedgerUnreadable(Exception):
    """The message says which file or line."""


@dataclass(frozen=True)
class Entry:
    """`contacts` are the ids of the person and of everybody merged into them: before that they were contacts, too."""

    workspace: int
    contacts: tuple[int, ...]
    erased_at: str

    @classmethod
    def of_erasure(cls, erasure: Erasure) -> "Entry":
        merged = ContactMerge.objects.filter(workspace=erasure.workspace_id, contact=erasure.contact_id)
        ids = [erasure.contact_id, *merged.order_by("merged_id").values_list("merged_id", flat=True)]
        return cls(erasure.workspace_id, tuple(ids), erasure.erased_at.isoformat())


def note_erasure(erasure: Erasure) -> None:
    """A ledger that cannot be written fails no erasure: `complete_ledger` adds what is missing."""
    try:
        _append([Entry.of_erasure(erasure)])
    except OSError as error:
        logger.error("The erasure %s is not in the ledger: %s", erasure.pk, type(error).__name__)


def complete_ledger() -> int:
    """Adds the erasures that are not in the ledger, and returns their number. Raises OSError or LedgerUnreadable."""
    path: Path = settings.ERASURE_LEDGER
    known = {(entry.contacts[0], entry.erased_at) for entry in read_ledger(path)} if path.exists() else set()
    erasures = Erasure.objects.order_by("pk").iterator(chunk_size=1000)
    missing = [each for each in erasures if (each.contact_id, each.erased_at.isoformat()) not in known]
    _append(Entry.of_erasure(each) for each in missing)
    return len(missing)


def read_ledger(path: Path) -> Iterator[Entry]:
    """Raises LedgerUnreadable."""
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise LedgerUnreadable(f"{path} cannot be read: {error.strerror}.") from None
    for number, line in enumerate(lines, start=1):
        try:
            values = json.loads(line)
            entry = Entry(int(values["workspace"]), tuple(map(int, values["contacts"])), str(values["erased_at"]))
            datetime.fromisoformat(entry.erased_at)
        except (ValueError, KeyError, TypeError):
            if not line.startswith("{") or line.endswith("}"):
                raise LedgerUnreadable(f"Line {number} of {path} is no entry of the ledger.") from None
            continue  # cut off by a crash while it was written; complete_ledger adds it again
        yield entry


def people_to_erase_again(entries: Iterable[Entry]) -> list[Contact]:
    """The people of the ledger who are here and not erased. Not those who were added after it: since a restore, new
    contacts may have the ids of contacts that the backup did not have."""
    found = dict[int, Contact]()
    for entry in entries:
        erased_at = datetime.fromisoformat(entry.erased_at)
        people = Contact.objects.filter(pk__in=entry.contacts, workspace=entry.workspace, created_at__lte=erased_at)
        for person in people.exclude(erasures__erased_at__gte=erased_at):
            found[person.pk] = person
    return list(found.values())


def _append(entries: Iterable[Entry]) -> None:
    text = "".join(f"{json.dumps(asdict(entry))}\n" for entry in entries)
    if not text:
        return
    path: Path = settings.ERASURE_LEDGER
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        is_cut_off = file.seek(0, os.SEEK_END) and not path.read_bytes().endswith(b"\n")
        file.write("\n" * bool(is_cut_off) + text)
        file.flush()
        os.fsync(file.fileno())

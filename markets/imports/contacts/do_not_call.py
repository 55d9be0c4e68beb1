"""Do-not-call facts in files of people: a column that says so, a lead status, or the date of an opt-out."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from config.db import bulk
from config.ui.lists.exports import unescape_formula
from markets.contacts.normalization import clean_text
from markets.imports.contacts.extras import ContactExtras
from markets.imports.mapping import ColumnMapping, match_key
from markets.models import Contact, ImportJob, ImportKind, ImportState, Suppression
from markets.models.suppressions import MAX_REASON_LENGTH
from markets.webhooks.publish import publish_suppressed

NO_WORDS = frozenset(
    """
    no n false f 0 00 off none null nil na nan nothing empty blank unknown undefined notset notprovided notavailable
    allowed allow callallowed oktocall ok okay cancall callable available active subscribed optin optedin notoptedout
    notdnc clean clear nein falsch keine unbekannt erlaubt non faux aucun inconnu falso ninguno desconocido nao não
    """.split()
)
"""What a do-not-call column says, as match_key has it, of those who may be called. Anything else is obeyed: calling
somebody who asked not to be called cannot be taken back, while a suppression can be lifted."""
DO_NOT_CALL_STATUSES = frozenset(
    """
    dnc dncl dncc dnclist internaldnc federaldnc donotcalllist nocall nocalls nocontact dontcall dontcontact donotdial
    optout blacklist blacklisted unsubscribe nevercall nevercontact nichtanrufen nichtkontaktieren abgemeldet
    nepasappeler nepascontacter désabonné desabonne nollamar nocontactar
    """.split()
)
DO_NOT_CALL_STATUS_STARTS = ("donotcall", "donotcontact", "optedout", "unsubscribed")


class DoNotCallColumns:
    """The columns of a file that say whom not to call."""

    def __init__(self, columns: ColumnMapping):
        self._columns = [
            (position, columns.header[position], field)
            for field in ("do_not_call", "opted_out_at", "lead_status")
            for position in columns.positions.get(field, ())
        ]

    def __bool__(self) -> bool:
        return bool(self._columns)

    def fact(self, cells: Sequence[str]) -> str:
        """What the row says in the first column that asks not to call the person; "" if none does."""
        for position, header, field in self._columns:
            if position < len(cells) and (text := clean_text(unescape_formula(cells[position]))):
                key = match_key(text)
                if _is_do_not_call_status(key) if field == "lead_status" else key and key not in NO_WORDS:
                    return _("“%(header)s” says “%(text)s”") % {"header": header, "text": text[:200]}
        return ""


def _is_do_not_call_status(key: str) -> bool:
    return key in DO_NOT_CALL_STATUSES or key.startswith(DO_NOT_CALL_STATUS_STARTS)


def suppress_as_told(job: ImportJob, extras: Iterable[ContactExtras]) -> int:
    """Suppresses the contacts whose rows ask for it, and returns their number. Call it in the transaction that writes
    the contacts.

    A source that repeats itself adds nothing, even if a person lifted the suppression since.
    """
    facts: dict[int, str] = {}
    for each in extras:
        if each.extras.do_not_call:
            facts.setdefault(each.contact, each.extras.do_not_call)
    if not facts:
        return 0
    known = _known_facts(job, facts.keys())
    new = [contact for contact, fact in facts.items() if not _is_known(fact, known.get(contact, ()))]
    rows = bulk.select(Contact, ["id", "phone_e164", "email"], key="id", values=new, workspace_id=job.workspace_id)
    created = Suppression.objects.bulk_create(
        (
            Suppression(
                workspace_id=job.workspace_id,
                contact_id=contact,
                phone_e164=phone,
                email=email,
                reason=f"{facts[contact]} in {job.file_name}"[:MAX_REASON_LENGTH],
                created_by_id=job.created_by_id,
                import_job=job,
            )
            for contact, phone, email in sorted(rows)
        ),
        batch_size=1000,
    )
    publish_suppressed(job.workspace_id, created)
    return len(rows)


def _known_facts(job: ImportJob, contacts: Iterable[int]) -> dict[int, list[tuple[str, bool]]]:
    """The reasons of suppressions by files of the same source, each with whether it is in force, by contact."""
    jobs = job.workspace.imports.filter(kind=ImportKind.PEOPLE, preset=job.preset).exclude(state=ImportState.UNDONE)
    rows = bulk.select(
        Suppression,
        ["contact_id", "reason", "lifted_at", "import_job_id"],
        key="contact_id",
        values=list(contacts),
        workspace_id=job.workspace_id,
    )
    known: dict[int, list[tuple[str, bool]]] = {}
    same_source = set(jobs.values_list("pk", flat=True)) if rows else set()
    for contact, reason, lifted_at, import_job in rows:
        if import_job in same_source:
            known.setdefault(contact, []).append((reason, lifted_at is None))
    return known


def _is_known(fact: str, known: Iterable[tuple[str, bool]]) -> bool:
    return any(is_in_force or reason.startswith(f"{fact} in ") for reason, is_in_force in known)

"""Undoes an import: deletes what it created and nobody used since, and lists what has to stay.

Nothing that a client worked on is lost: contacts who were called, edited or placed elsewhere stay, calls are voided and
suppressions lifted, as by hand. Contacts and calls that were known before get back the values that nobody changed
since.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import batched, groupby
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from calls.derived.locks import lock_campaign
from calls.ingest import undo_corrections
from calls.log.services import void_many
from calls.models import Call, Correction
from campaigns.membership import remove
from campaigns.models import Absence, Campaign, CampaignContact, Note, ProposedChange, Status, Task
from markets.imports.contacts.undo import give_back
from markets.imports.jobs import JobRefused
from markets.models import (
    AuditAction,
    Contact,
    ContactChange,
    ContactMerge,
    ContactPoint,
    ContactTag,
    DecidedIdentity,
    Erasure,
    ImportedContact,
    ImportJob,
    ImportNote,
    ImportState,
    MarketContact,
    NotDuplicate,
    OffLimits,
    Suppression,
    User,
)
from markets.suppressions.services import lift_all
from markets.workspaces.audit import record_event

CHUNK = 1000
MOST_CLOCK_SKEW = timedelta(days=1)
"""Between the machine that created a job and the one that runs it."""
MOST_NAMED = 200
Outcome = ImportedContact.Outcome
CAN_BE_UNDONE = (ImportState.COMPLETED, ImportState.FAILED)


@dataclass
class UndoReport:
    """How many rows an undo removes, how many it leaves, and the first of those with the reason."""

    people: int = 0
    values: int = 0
    memberships: int = 0
    places: int = 0
    calls: int = 0
    suppressions: int = 0
    left: int = 0
    named: list[dict[str, Any]] = field(default_factory=list)

    def leave(self, name: str, why: str, contact: int | None = None) -> None:
        self.left += 1
        if len(self.named) < MOST_NAMED:
            self.named.append({"name": name, "why": why, "contact": contact})

    def leave_call(self, call: Call, why: str) -> None:
        self.leave(_("The call to %(person)s") % {"person": call.contact}, why, call.contact_id)


def preview(job: ImportJob) -> UndoReport:
    """The report of an undo at this moment, which is rolled back."""
    with transaction.atomic():
        report = _undo(job, by=None)
        transaction.set_rollback(True)
    return report


def undo(*, job: ImportJob, by: User | None) -> UndoReport:
    """Raises JobRefused unless the import has ended and was not undone before."""
    with transaction.atomic():
        locked = ImportJob.objects.select_for_update().get(workspace=job.workspace_id, pk=job.pk)
        if locked.state not in CAN_BE_UNDONE:
            text = _("The import of %(file)s is %(state)s; only an ended one is undone.")
            raise JobRefused(text % {"file": locked, "state": locked.get_state_display()})
        report = _undo(locked, by=by)
        locked.state = ImportState.UNDONE
        locked.undone_at, locked.undone_by, locked.undo_report = now(), by, asdict(report)
        locked.save(update_fields=["state", "undone_at", "undone_by", "undo_report"])
        record_event(
            workspace=locked.workspace,
            user=by,
            action=AuditAction.IMPORT_UNDONE,
            subject=locked,
            summary="Undid an import",
        )
    job.refresh_from_db()
    return report


def _undo(job: ImportJob, *, by: User | None) -> UndoReport:
    report = UndoReport()
    campaign = job.workspace.campaigns.filter(pk=job.option("campaign")).first()
    corrections = undo_corrections.corrections_of(job, MOST_CLOCK_SKEW)
    for locked in _campaigns_of(job, corrections):
        lock_campaign(locked)  # no calls or signals can be written meanwhile
    _void_calls(job, report, by)
    corrected = undo_corrections.give_back(job, corrections, by=by, reason=_undone(job))
    report.values += corrected.values
    for call, why in corrected.left:
        report.leave_call(call, why)
    _lift_suppressions(job, report, by)
    named = job.people.filter(Q(outcome=Outcome.CREATED) | Q(is_placed=True) | Q(is_enrolled=True))
    ids = named.order_by("contact").values_list("contact", flat=True)
    for chunk in batched(list(ids), CHUNK):
        _remove_contacts(job, campaign, chunk, report, by)
    given_back = give_back(job, by=by)
    report.values += given_back.values
    for contact, why in given_back.left:
        report.leave(contact.label, why, contact.pk)
    return report


def _remove_contacts(
    job: ImportJob, campaign: Campaign | None, ids: tuple[int, ...], report: UndoReport, by: User | None
) -> None:
    """Removes memberships, then places in the market, then contacts, each unless something still depends on it."""
    contacts = Contact.objects.filter(workspace=job.workspace_id, pk__in=ids)
    list(contacts.select_for_update().order_by("pk").values_list("pk"))
    created = set(job.people.filter(contact__in=ids, outcome=Outcome.CREATED).values_list("contact", flat=True))
    members = _members(job, campaign).filter(contact__in=ids)
    report.memberships += _remove_members(job, campaign, members, by)
    created_contacts = _with_reason_to_keep(contacts.filter(pk__in=created), _reasons_to_keep_contact(job))
    free = [contact.pk for contact in created_contacts if not contact.why_kept]
    places = _places(job).filter(contact__in=ids)
    in_market = CampaignContact.objects.filter(contact=OuterRef("contact"), campaign__market=job.option("market"))
    unneeded = _unused_since(job, places.filter(~Exists(in_market)).exclude(contact__in=created), "market")
    report.places += places.filter(contact__in=free).delete()[0] + unneeded.delete()[0]
    linked = contacts.exclude(pk__in=created).filter(
        Q(pk__in=members.values("contact")) | Q(pk__in=places.values("contact"))
    )
    for contact in [*created_contacts, *_with_reason_to_keep(linked, _reasons_to_keep_link(job))]:
        if contact.why_kept:
            report.leave(contact.label, contact.why_kept, contact.pk)
    for model in (ImportedContact, ContactChange, ContactPoint, DecidedIdentity):
        model._default_manager.filter(workspace=job.workspace_id, contact__in=free).delete()
    ImportNote.objects.filter(workspace=job.workspace_id, contact__in=free).update(contact=None)
    report.people += len(free)
    Suppression.objects.filter(workspace=job.workspace_id, contact__in=free).delete()
    Contact.objects.filter(workspace=job.workspace_id, pk__in=free).delete()


def _remove_members(
    job: ImportJob, campaign: Campaign | None, members: QuerySet[CampaignContact], by: User | None
) -> int:
    """Deletes new members. Those the import returned to the campaign are removed again, which keeps their history."""
    here = {"campaign": OuterRef("campaign"), "contact": OuterRef("contact")}
    absences = Absence.objects.filter(**here)
    unused = members.filter(
        ~Exists(Call.objects.filter(**here)), ~Exists(absences.filter(returned_at__gt=job.finished_at))
    )
    completed = job.workspace.campaigns.filter(status=Status.COMPLETED)
    unused = unused.filter(added_at__lte=job.finished_at).exclude(campaign__in=completed)
    unused = _unused_since(job, unused, "campaign")
    returned = list(unused.filter(Exists(absences)).values_list("contact", flat=True))
    removed = unused.exclude(contact__in=returned).delete()[0]
    if campaign and returned:
        removed += remove(campaign=campaign, contacts=returned, by=by, reason=_undone(job))
    return removed


def _members(job: ImportJob, campaign: Campaign | None) -> QuerySet[CampaignContact]:
    """Current members whom the import enrolled."""
    enrolled = job.people.filter(is_enrolled=True).values("contact")
    members = CampaignContact.objects.current().filter(workspace=job.workspace_id)
    return members.filter(campaign=campaign, contact__in=enrolled)


def _places(job: ImportJob) -> QuerySet[MarketContact]:
    """Places in the market's landscape that the import created."""
    placed = job.people.filter(is_placed=True).values("contact")
    return MarketContact.objects.filter(workspace=job.workspace_id, market=job.option("market"), contact__in=placed)


def _unused_since[Link: (CampaignContact, MarketContact)](
    job: ImportJob, links: QuerySet[Link], where: str
) -> QuerySet[Link]:
    """Memberships or places whose contact was not merged and is not in a later import into the same place."""
    here = {"contact": OuterRef("contact")}
    merges = ContactMerge.objects.filter(**here)
    return links.filter(~Exists(merges), ~Exists(_in_later_imports(job, where).filter(**here)))


def _in_later_imports(job: ImportJob, where: str) -> QuerySet[ImportedContact]:
    """Accepted rows of later imports into the same market or campaign."""
    later = ImportedContact.objects.exclude(outcome=Outcome.NAMED).exclude(job__state=ImportState.UNDONE)
    return later.filter(**{f"job__options__{where}": job.option(where)}, job__started_at__gt=job.started_at)


def _with_reason_to_keep(contacts: QuerySet[Contact], reasons: dict[str, Exists | Q]) -> list[Any]:
    """Contacts with `why_kept`, the first reason that applies, or blank."""
    whens = [When(condition, then=Value(words)) for words, condition in reasons.items()]
    why = Case(*whens, default=Value(""), output_field=CharField())
    return list(contacts.annotate(why_kept=why).order_by("pk"))


def _reasons_to_keep_contact(job: ImportJob) -> dict[str, Exists | Q]:
    """Reasons to keep a contact that the import created, as conditions."""
    here = {"contact": OuterRef("pk")}
    other_places = MarketContact.objects.filter(**here).exclude(market=job.option("market"))
    other_imports = ImportedContact.objects.filter(**here).exclude(job=job).exclude(job__state=ImportState.UNDONE)
    return {
        gettext_noop("was erased"): Exists(Erasure.objects.filter(**here)),
        gettext_noop("was called"): Exists(Call.objects.filter(**here)),
        gettext_noop("is on the do-not-call list"): Exists(_suppressions_to_keep(job).filter(**here)),
        gettext_noop("is off-limits"): Exists(OffLimits.objects.filter(**here)),
        gettext_noop("has a note"): Exists(Note.objects.filter(**here)),
        gettext_noop("has a task"): Exists(Task.objects.filter(**here)),
        gettext_noop("has a tag"): Exists(ContactTag.objects.filter(**here)),
        gettext_noop("is proposed for a campaign"): Exists(ProposedChange.objects.filter(**here)),
        gettext_noop("was merged with somebody"): Exists(ContactMerge.objects.filter(**here)),
        gettext_noop("was told apart from somebody"): Exists(
            NotDuplicate.objects.filter(Q(low=OuterRef("pk")) | Q(high=OuterRef("pk")))
        ),
        gettext_noop("is in a campaign"): Exists(CampaignContact.objects.filter(**here)),
        gettext_noop("is in another market"): Exists(other_places),
        gettext_noop("is in another import"): Exists(other_imports),
        gettext_noop("was changed since"): _changed_since(job),
    }


def _suppressions_to_keep(job: ImportJob) -> QuerySet[Suppression]:
    """Not those that this undo lifted, nor those by a rule, unless a person freed the contact from it."""
    was_freed = Q(lifted_at__isnull=False, rule__lifted_at=None)
    others = Suppression.objects.exclude(import_job=job, lift_reason=_undone(job))
    return others.filter(Q(rule=None) | was_freed)


def _changed_since(job: ImportJob) -> Q:
    """Whether a contact was changed after the import, except by imports that were undone."""
    later = ContactChange.objects.filter(contact=OuterRef("pk"), changed_at__gt=job.finished_at)
    undone = Q(import_job__state=ImportState.UNDONE)
    return Q(Exists(later.exclude(undone))) | Q(updated_at__gt=job.finished_at) & ~Q(Exists(later.filter(undone)))


def _reasons_to_keep_link(job: ImportJob) -> dict[str, Exists | Q]:
    """Reasons to keep a contact who was known before in the market or campaign, as conditions."""
    here = {"contact": OuterRef("pk")}
    members = CampaignContact.objects.filter(campaign__market=job.option("market"), **here)
    return {
        gettext_noop("was called"): Exists(Call.objects.filter(campaign=job.option("campaign"), **here)),
        gettext_noop("was merged with somebody"): Exists(ContactMerge.objects.filter(**here)),
        gettext_noop("is in another import"): Exists(_in_later_imports(job, "market").filter(**here)),
        gettext_noop("is in a campaign"): Exists(members),
    }


def _void_calls(job: ImportJob, report: UndoReport, by: User | None) -> None:
    calls = _calls_of(job).filter(voided_at=None).select_related("contact")
    for call in calls.filter(signals__isnull=False).distinct():
        report.leave_call(call, gettext_noop("has signals"))
    free = calls.filter(signals=None).select_related("campaign")
    for campaign, some in _by_campaign(free):
        report.calls += void_many(campaign=campaign, calls=some, by=by, reason=_undone(job))


def _campaigns_of(job: ImportJob, corrections: list[Correction]) -> QuerySet[Campaign]:
    """The campaigns that the import wrote to, in the order in which campaigns are locked."""
    called = Q(pk__in=_calls_of(job).order_by().values("campaign"))
    called |= Q(pk__in=Call.objects.filter(pk__in=[each.call_id for each in corrections]).values("campaign"))
    return job.workspace.campaigns.filter(called | Q(pk=job.option("campaign"))).order_by("pk")


def _calls_of(job: ImportJob) -> QuerySet[Call]:
    """Found through the index on `recorded_at`, allowing for clock skew: an index on the job would slow down every
    imported call."""
    since = job.created_at - MOST_CLOCK_SKEW
    return Call.objects.filter(workspace=job.workspace_id, recorded_at__gte=since, import_job=job)


def _by_campaign(calls: QuerySet[Call]) -> Iterator[tuple[Campaign, list[Call]]]:
    for campaign, ours in groupby(calls.order_by("campaign", "pk"), key=lambda call: call.campaign):
        for some in batched(ours, CHUNK):
            yield campaign, list(some)


def _lift_suppressions(job: ImportJob, report: UndoReport, by: User | None) -> None:
    suppressions = job.workspace.suppressions.filter(import_job=job)
    report.suppressions += lift_all(suppressions, by=by, reason=_undone(job))


def _undone(job: ImportJob) -> str:
    return _("The import of %(file)s was undone") % {"file": job}

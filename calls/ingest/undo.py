"""Taking an import back: what it created and nobody touched since goes, the rest is named and stays.

Nothing that a client worked on is lost: people who were called, edited or put somewhere else stay, calls are voided and
suppressions lifted, as by hand. What the import changed of known people stays changed.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import batched, groupby
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.timezone import now

from calls.derived.locks import lock_campaign
from calls.log.services import void_many
from calls.models import Call
from campaigns.membership import remove
from campaigns.models import Absence, Campaign, CampaignContact, Status
from markets.imports.jobs import JobRefused
from markets.models import (
    Contact,
    ContactMerge,
    Erasure,
    ImportedContact,
    ImportJob,
    ImportState,
    MarketContact,
    NotDuplicate,
    Suppression,
    User,
)
from markets.suppressions.services import lift_all

CHUNK = 1000
CLOCKS_DIFFER = timedelta(days=1)
"""At most, between the machine that made a job and the one that works on it."""
SHOWN = 200
Outcome = ImportedContact.Outcome
CAN_BE_UNDONE = (ImportState.COMPLETED, ImportState.FAILED)


@dataclass
class Undone:
    """What an undo takes back, how much it leaves, and the first of those with why."""

    people: int = 0
    memberships: int = 0
    places: int = 0
    calls: int = 0
    suppressions: int = 0
    left: int = 0
    named: list[dict[str, Any]] = field(default_factory=list)

    def leave(self, name: str, why: str, contact: int | None = None) -> None:
        self.left += 1
        if len(self.named) < SHOWN:
            self.named.append({"name": name, "why": why, "contact": contact})


def preview(job: ImportJob) -> Undone:
    """What an undo would come to now; nothing is changed."""
    with transaction.atomic():
        undone = _take_back(job, by=None)
        transaction.set_rollback(True)
    return undone


def undo(*, job: ImportJob, by: User | None) -> Undone:
    """Takes the import back. Raises JobRefused unless it has ended and was not undone before."""
    with transaction.atomic():
        locked = ImportJob.objects.select_for_update().get(pk=job.pk)
        if locked.state not in CAN_BE_UNDONE:
            raise JobRefused(f"The import of {locked} is {locked.get_state_display()}; only an ended one is undone.")
        undone = _take_back(locked, by=by)
        locked.state = ImportState.UNDONE
        locked.undone_at, locked.undone_by, locked.undo_report = now(), by, asdict(undone)
        locked.save(update_fields=["state", "undone_at", "undone_by", "undo_report"])
    job.refresh_from_db()
    return undone


def _take_back(job: ImportJob, *, by: User | None) -> Undone:
    undone = Undone()
    campaign = job.workspace.campaigns.filter(pk=job.option("campaign")).first()
    for each in _campaigns_of(job):
        lock_campaign(each)  # nobody calls its people or hears a signal meanwhile
    _void_calls(job, undone, by)
    _lift_suppressions(job, undone, by)
    named = job.people.filter(Q(outcome=Outcome.CREATED) | Q(is_placed=True) | Q(is_enrolled=True))
    ids = named.order_by("contact").values_list("contact", flat=True)
    for chunk in batched(list(ids), CHUNK):
        _take_back_people(job, campaign, chunk, undone, by)
    return undone


def _take_back_people(
    job: ImportJob, campaign: Campaign | None, ids: tuple[int, ...], undone: Undone, by: User | None
) -> None:
    """Memberships first, then places, then people: each only where nothing of the next kind holds on to it."""
    people = Contact.objects.filter(workspace=job.workspace_id, pk__in=ids)
    list(people.select_for_update().order_by("pk").values_list("pk"))
    created = set(job.people.filter(contact__in=ids, outcome=Outcome.CREATED).values_list("contact", flat=True))
    members = _members(job, campaign).filter(contact__in=ids)
    undone.memberships += _take_back_members(job, campaign, members, by)
    judged = _judged(people.filter(pk__in=created), _why_people_stay(job))
    free = [contact.pk for contact in judged if not contact.why_kept]
    places = _places(job).filter(contact__in=ids)
    in_market = CampaignContact.objects.filter(contact=OuterRef("contact"), campaign__market=job.option("market"))
    unused = _untouched(job, places.filter(~Exists(in_market)).exclude(contact__in=created), "market")
    undone.places += places.filter(contact__in=free).delete()[0] + unused.delete()[0]
    held = people.exclude(pk__in=created).filter(
        Q(pk__in=members.values("contact")) | Q(pk__in=places.values("contact"))
    )
    for contact in [*judged, *_judged(held, _why_links_stay(job))]:
        if contact.why_kept:
            undone.leave(contact.label, contact.why_kept, contact.pk)
    ImportedContact.objects.filter(workspace=job.workspace_id, contact__in=free).delete()
    undone.people += len(free)
    Contact.objects.filter(workspace=job.workspace_id, pk__in=free).delete()


def _take_back_members(
    job: ImportJob, campaign: Campaign | None, members: QuerySet[CampaignContact], by: User | None
) -> int:
    """Whoever the import brought back into the campaign is removed again: that they were in it before stays known."""
    here = {"campaign": OuterRef("campaign"), "contact": OuterRef("contact")}
    absences = Absence.objects.filter(**here)
    ours = members.filter(
        ~Exists(Call.objects.filter(**here)), ~Exists(absences.filter(returned_at__gt=job.finished_at))
    )
    ours = ours.filter(added_at__lte=job.finished_at).exclude(campaign__status=Status.COMPLETED)
    ours = _untouched(job, ours, "campaign")
    back = list(ours.filter(Exists(absences)).values_list("contact", flat=True))
    taken = ours.exclude(contact__in=back).delete()[0]
    if campaign and back:
        taken += remove(campaign=campaign, contacts=back, by=by, reason=f"The import of {job} was undone"[:500])
    return taken


def _members(job: ImportJob, campaign: Campaign | None) -> QuerySet[CampaignContact]:
    """Who is in the campaign because of the import."""
    enrolled = job.people.filter(is_enrolled=True).values("contact")
    return CampaignContact.objects.current().filter(campaign=campaign, contact__in=enrolled)


def _places(job: ImportJob) -> QuerySet[MarketContact]:
    """Who is in the landscape because of the import."""
    placed = job.people.filter(is_placed=True).values("contact")
    return MarketContact.objects.filter(workspace=job.workspace_id, market=job.option("market"), contact__in=placed)


def _untouched[Link: (CampaignContact, MarketContact)](
    job: ImportJob, links: QuerySet[Link], where: str
) -> QuerySet[Link]:
    """Those memberships or places whose person was not merged, and on which no later import counts."""
    here = {"contact": OuterRef("contact")}
    merges = ContactMerge.objects.filter(**here)
    return links.filter(~Exists(merges), ~Exists(_named_later(job, where).filter(**here)))


def _named_later(job: ImportJob, where: str) -> QuerySet[ImportedContact]:
    """Accepted rows of later imports into the same market or campaign."""
    later = ImportedContact.objects.exclude(outcome=Outcome.NAMED).exclude(job__state=ImportState.UNDONE)
    return later.filter(**{f"job__options__{where}": job.option(where)}, job__started_at__gt=job.started_at)


def _judged(people: QuerySet[Contact], reasons: dict[str, Exists | Q]) -> list[Any]:
    """The people with `why_kept`, the first reason that holds; blank where none does."""
    whens = [When(condition, then=Value(words)) for words, condition in reasons.items()]
    why = Case(*whens, default=Value(""), output_field=CharField())
    return list(people.annotate(why_kept=why).order_by("pk"))


def _why_people_stay(job: ImportJob) -> dict[str, Exists | Q]:
    """What somebody did with a person since the import made them."""
    here = {"contact": OuterRef("pk")}
    other_places = MarketContact.objects.filter(**here).exclude(market=job.option("market"))
    other_imports = ImportedContact.objects.filter(**here).exclude(job=job).exclude(job__state=ImportState.UNDONE)
    return {
        "was erased": Exists(Erasure.objects.filter(**here)),
        "was called": Exists(Call.objects.filter(**here)),
        "is on the do-not-call list": Exists(Suppression.objects.filter(**here)),
        "was merged with somebody": Exists(ContactMerge.objects.filter(**here)),
        "was told apart from somebody": Exists(
            NotDuplicate.objects.filter(Q(low=OuterRef("pk")) | Q(high=OuterRef("pk")))
        ),
        "is in a campaign": Exists(CampaignContact.objects.filter(**here)),
        "is in another market": Exists(other_places),
        "is in another import": Exists(other_imports),
        "was changed since": Q(updated_at__gt=job.finished_at),
    }


def _why_links_stay(job: ImportJob) -> dict[str, Exists | Q]:
    """What keeps somebody, who was known before, where the import put them."""
    here = {"contact": OuterRef("pk")}
    return {
        "was called": Exists(Call.objects.filter(campaign=job.option("campaign"), **here)),
        "was merged with somebody": Exists(ContactMerge.objects.filter(**here)),
        "is in another import": Exists(_named_later(job, "market").filter(**here)),
        "is in a campaign": Exists(CampaignContact.objects.filter(campaign__market=job.option("market"), **here)),
    }


def _void_calls(job: ImportJob, undone: Undone, by: User | None) -> None:
    calls = _calls_of(job).filter(voided_at=None).select_related("contact")
    for call in calls.filter(signals__isnull=False).distinct():
        undone.leave(f"The call to {call.contact}", "has signals", call.contact_id)
    free = calls.filter(signals=None).select_related("campaign")
    for campaign, some in _by_campaign(free):
        undone.calls += void_many(campaign=campaign, calls=some, by=by, reason=f"The import of {job} was undone")


def _campaigns_of(job: ImportJob) -> QuerySet[Campaign]:
    """Those that the import went into, in the order in which campaigns are locked."""
    called = Q(pk__in=_calls_of(job).order_by().values("campaign"))
    return job.workspace.campaigns.filter(called | Q(pk=job.option("campaign"))).order_by("pk")


def _calls_of(job: ImportJob) -> QuerySet[Call]:
    """An index leads to those that were recorded since the job was made, by any machine's clock; one of jobs would cost
    each call of a log."""
    since = job.created_at - CLOCKS_DIFFER
    return Call.objects.filter(workspace=job.workspace_id, recorded_at__gte=since, import_job=job)


def _by_campaign(calls: QuerySet[Call]) -> Iterator[tuple[Campaign, list[Call]]]:
    for campaign, ours in groupby(calls.order_by("campaign", "pk"), key=lambda call: call.campaign):
        for some in batched(ours, CHUNK):
            yield campaign, list(some)


def _lift_suppressions(job: ImportJob, undone: Undone, by: User | None) -> None:
    brought = job.workspace.suppressions.filter(import_job=job)
    undone.suppressions += lift_all(brought, by=by, reason=f"The import of {job} was undone")

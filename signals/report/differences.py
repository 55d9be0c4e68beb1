"""What has changed since a report was frozen, with dates, and what that did to its five numbers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.metrics.definitions import Counts, totals
from calls.models import MeetingChange
from campaigns.models import Campaign
from config.ui.formats import in_language, number, signed
from markets.models import Contact, ContactMerge, Erasure
from signals.report.call_changes import Change, Effect, call_changes
from signals.report.sections.metrics import SHOWN
from signals.report.shape import Document
from signals.report.words import share

COUNTS = ("contact_count", "calls_made", "conversations", "meetings_booked", "signals_captured")

MOST_ROWS = 100


@dataclass(frozen=True)
class Difference:
    """Changes of one kind, by one user, for one reason, on one day."""

    day: date
    what: str
    by: str
    reason: str
    detail: str
    contact: int | None
    person: str
    effect: str


@dataclass(frozen=True)
class ThenAndNow:
    label: str
    then: str
    now: str
    change: str


@dataclass(frozen=True)
class Differences:
    numbers: list[ThenAndNow]
    rows: list[Difference]
    more: int
    unexplained: str
    """What the listed changes do not account for; empty if they add up."""

    @property
    def total(self) -> int:
        return len(self.rows) + self.more


def differences(campaign: Campaign, document: Document) -> Differences:
    """Compares a frozen report with the present. A constant number of statements."""
    since = datetime.fromisoformat(document["known_until"])
    changes = [*call_changes(campaign, since), *_other_changes(campaign, document, since)]
    queryset = campaign.workspace.campaigns.filter(pk=campaign.pk)
    now, then = totals(campaign.workspace, queryset), _counts_then(document)
    total = Counter({name: now[name] - then[name] for name in COUNTS})
    for change in changes:
        total.subtract(change.effect)
    groups = _grouped(campaign, changes)
    return Differences(
        [_then_and_now(name, document, now) for name in SHOWN[:5]],
        groups[:MOST_ROWS],
        max(len(groups) - MOST_ROWS, 0),
        in_words(total),
    )


def _counts_then(document: Document) -> dict[str, int]:
    rows = {row["name"]: row["own"] for row in document["metrics"]["rows"]}
    then = {name: int(rows[name]["value"] or 0) for name in COUNTS if name in rows}
    return {**then, "conversations": rows["connection_rate"]["numerator"] or 0}


def _then_and_now(name: str, document: Document, now: Counts) -> ThenAndNow:
    row = next(row for row in document["metrics"]["rows"] if row["name"] == name)
    then, value = row["own"]["value"], now[name]
    if not row["is_rate"]:
        change = (value or 0) - (then or 0)
        return ThenAndNow(row["label"], number(then or 0), number(value), signed(change) if change else "")
    change = 100 * ((value or 0) - (then or 0))
    has_changed = round(change, 1) != 0
    return ThenAndNow(row["label"], share(then), share(value), _points(change) if has_changed else "")


def _points(change: float) -> str:
    return _("%(change)s points") % {"change": in_language(f"{change:+.1f}")}


def _other_changes(campaign: Campaign, document: Document, since: datetime) -> Iterator[Change]:
    """Changes of meetings and people. Three statements. A completed campaign keeps its people otherwise."""
    workspace, members = campaign.workspace_id, set(document["members"])
    meetings = MeetingChange.objects.filter(
        workspace=workspace, changed_at__gte=since, meeting__call__campaign=campaign
    ).select_related("changed_by", "meeting__call")
    for each in meetings:
        detail = f"{each.get_from_status_display()} → {each.get_to_status_display()}"
        detail = _("New time") if each.from_status == each.to_status else detail
        yield Change(
            each.changed_at, "meeting", str(each.changed_by or ""), each.reason, detail, each.meeting.call.contact_id
        )
    for merge in ContactMerge.objects.filter(workspace=workspace, merged_at__gte=since).select_related("merged_by"):
        if merge.merged_id in members or (merge.contact_id in members and campaign.pk in merge.moved["campaigns"]):
            effect = Counter(contact_count=-int({merge.merged_id, merge.contact_id} <= members))
            by = str(merge.merged_by or "")
            yield Change(merge.merged_at, "merged", by, merge.reason, contact=merge.contact_id, effect=effect)
    erasures = Erasure.objects.filter(workspace=workspace, erased_at__gte=since).select_related("erased_by")
    for erasure in erasures:
        if erasure.contact_id in members:
            yield Change(erasure.erased_at, "erased", str(erasure.erased_by or ""), contact=erasure.contact_id)


def _grouped(campaign: Campaign, changes: list[Change]) -> list[Difference]:
    """Newest first. What was done to many at once, such as by a file, is one row."""
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in sorted(changes, key=lambda each: each.at, reverse=True):
        day = campaign.workspace.day_of(change.at)
        groups.setdefault((day, change.kind, change.by, change.reason, change.detail), []).append(change)
    shown = list(groups.values())[:MOST_ROWS]
    people = {change.contact for group in shown for change in group if len(group) == 1 and change.contact}
    contacts = Contact.objects.filter(workspace=campaign.workspace_id, pk__in=people) if people else ()
    names = {contact.pk: str(contact) for contact in contacts}
    return [_difference(campaign, group, names) for group in groups.values()]


def _difference(campaign: Campaign, group: list[Change], names: dict[int, str]) -> Difference:
    first, effect = group[0], Counter[str]()
    for change in group:
        effect.update(change.effect)
    contact = first.contact if len(group) == 1 else None
    return Difference(
        day=campaign.workspace.day_of(first.at),
        what=_what(first.kind, len(group)),
        by=first.by,
        reason=first.reason,
        detail=first.detail,
        contact=contact,
        person=names.get(contact, "") if contact else "",
        effect=in_words(effect),
    )


def in_words(effect: Effect) -> str:
    """`-1 call, -1 conversation`; empty if nothing that is counted has changed."""
    parts = ((effect[name], _noun(name, abs(effect[name]))) for name in COUNTS if effect[name])
    return ", ".join(f"{signed(count)} {noun}" for count, noun in parts)


def _noun(name: str, count: int) -> str:
    return {
        "contact_count": ngettext("person", "people", count),
        "calls_made": ngettext("call", "calls", count),
        "conversations": ngettext("conversation", "conversations", count),
        "meetings_booked": ngettext("meeting", "meetings", count),
        "signals_captured": ngettext("signal", "signals", count),
    }[name]


def _what(kind: str, count: int) -> str:
    text = {
        "added": ngettext("%(count)s call added late", "%(count)s calls added late", count),
        "corrected": ngettext("%(count)s call corrected", "%(count)s calls corrected", count),
        "voided": ngettext("%(count)s call voided", "%(count)s calls voided", count),
        "captured": ngettext("%(count)s signal added", "%(count)s signals added", count),
        "merged": ngettext("%(count)s person merged with another", "%(count)s people merged with others", count),
        "erased": ngettext("%(count)s person erased", "%(count)s people erased", count),
        "meeting": ngettext("%(count)s meeting changed", "%(count)s meetings changed", count),
    }[kind]
    return text % {"count": number(count)}

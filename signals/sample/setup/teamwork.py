"""What the sample's team writes down besides calls: tags, notes with mentions, tasks, and whom the client wants left
alone."""

from collections import Counter
from datetime import timedelta

from calls.models import Meeting
from campaigns.models import Campaign, Note, Task
from campaigns.notes.services import write_note
from campaigns.tags.services import tag_campaign, tag_contacts
from campaigns.tasks.services import set_done
from markets.models import Contact, OffLimits, User
from markets.off_limits.services import put_off_limits
from signals.sample import texts
from signals.sample.scenario import Scenario

type About = tuple[str, Contact | None, Campaign | None]
"""A text, and the person or campaign that it is about."""
SMALL_FIRM = 4
"""A firm of so many people at most is put off-limits: most of the sample is to be called."""


def add_teamwork(scenario: Scenario, contacts: list[Contact]) -> None:
    """Needs the calls and meetings of the sample. Chooses by position, so the same sample has the same."""
    active = list(scenario.workspace.campaigns.active().order_by("pk"))
    with_calls = Contact.objects.filter(workspace=scenario.workspace, calls__isnull=False)
    called = list(with_calls.callable().distinct().order_by("pk"))
    _add_tags(scenario, called, active)
    _write_notes(scenario, called, active)
    _add_tasks(scenario, called, active)
    _put_off_limits(scenario, contacts)


def _add_tags(scenario: Scenario, called: list[Contact], campaigns: list[Campaign]) -> None:
    manager = scenario.staff.manager
    for number, name in enumerate(texts.PERSON_TAGS):
        chosen = called[number * 3 :: 11 * (number + 2)]
        tag_contacts(workspace=scenario.workspace, contacts=chosen, name=name, by=manager)
    for number, campaign in enumerate(campaigns):
        tag_campaign(campaign=campaign, name=texts.CAMPAIGN_TAGS[number % len(texts.CAMPAIGN_TAGS)], by=manager)
        campaign.tags.update(added_at=campaign.created_at)


def _write_notes(scenario: Scenario, called: list[Contact], campaigns: list[Campaign]) -> None:
    writers = [scenario.staff.manager, *scenario.staff.callers]
    notes: list[About] = [
        (text, called[number * 7 % len(called)], None) for number, text in enumerate(texts.PERSON_NOTES)
    ]
    notes += [(text, None, each) for text, each in zip(texts.CAMPAIGN_NOTES, campaigns, strict=False)]
    for number, (text, contact, campaign) in enumerate(notes):
        author: User = writers[number % len(writers)]
        note, _ = write_note(workspace=scenario.workspace, text=text, by=author, contact=contact, campaign=campaign)
        written_at = scenario.moment - timedelta(days=number * 2, hours=3)
        Note.objects.filter(pk=note.pk).update(written_at=written_at)
        note.mentions.filter(note__written_at__lt=scenario.moment - timedelta(days=9)).update(seen_at=written_at)


def _add_tasks(scenario: Scenario, called: list[Contact], campaigns: list[Campaign]) -> None:
    manager, callers = scenario.staff.manager, scenario.staff.callers
    owners = [manager, *callers]
    coming = Meeting.objects.filter(
        workspace=scenario.workspace, status=Meeting.Status.SCHEDULED, scheduled_at__gt=scenario.moment
    )
    people = [each.call.contact for each in coming.select_related("call__contact").order_by("scheduled_at", "pk")[:2]]
    tasks: list[About] = [(f"Prepare the meeting with {person}", person, None) for person in people]
    tasks += [(text, called[number * 13 % len(called)], None) for number, text in enumerate(texts.PERSON_TASKS)]
    tasks += [(text, None, each) for text, each in zip(texts.CAMPAIGN_TASKS, campaigns, strict=False)]
    tasks.append((texts.OTHER_TASK, None, None))
    for number, (title, contact, campaign) in enumerate(tasks):
        task = Task.objects.create(
            workspace=scenario.workspace,
            title=title,
            due_on=scenario.today + timedelta(days=(number * 3) % 8 - 2),
            owner=owners[number % len(owners)],
            created_by=manager,
            created_at=scenario.moment - timedelta(days=number + 3),
            contact=contact,
            campaign=campaign,
        )
        if number % 4 == 3:
            set_done(task=task, is_done=True, by=task.owner)


def _put_off_limits(scenario: Scenario, contacts: list[Contact]) -> None:
    """One small firm without an end, one person for three months, both since last month."""
    sizes = Counter(contact.firm for contact in contacts if contact.firm)
    firm = min(sizes, key=lambda name: (abs(sizes[name] - SMALL_FIRM), name))
    person = contacts[len(contacts) // 2]
    entries = [
        put_off_limits(
            workspace=scenario.workspace,
            by=scenario.staff.manager,
            reason=texts.OFF_LIMITS[0],
            requested_by=texts.OFF_LIMITS_BY,
            firm=firm,
        ),
        put_off_limits(
            workspace=scenario.workspace,
            by=scenario.staff.manager,
            reason=texts.OFF_LIMITS[1],
            contact=person,
        ),
    ]
    keys = [entry.pk for entry in entries]
    OffLimits.objects.filter(pk__in=keys).update(created_at=scenario.moment - timedelta(days=30))
    last_day = scenario.today + timedelta(days=90)
    end = scenario.workspace.bounds(None, last_day)[1]
    OffLimits.objects.filter(pk__in=keys, contact=person).update(expires_at=end)

"""What happens in a workspace besides its pages: imports, the API, mails, shared pages, rules, erasure and retention.

Each does it to the firm that it is given, and returns what it says.
"""

import json
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from calls import derived
from calls.calendar_feed.links import make_link
from calls.ingest.undo import preview, undo
from campaigns.audience.rule import Rule
from campaigns.living import propose
from campaigns.models import Campaign
from campaigns.notes import digest
from markets.models import Contact, ImportKind, Workspace
from markets.workspaces import api_tokens
from signals.contacts.erasure import erase
from signals.retention.apply import apply_rules
from signals.retention.rules import people_never_called
from signals.sharing.links import sections_of, share
from signals.subject_export.document import export_person
from signals.workspace_page import weekly_digest
from tests.factories import call
from tests.importing import finished_import

PEOPLE = (
    "External ID,Email,Phone,Name,Firm,Do not call",
    ",lisbon@p.example,,Lisbon person,Lisbon LLP,",
    "X1,ann@lee.example,+1 212 555 0177,Ann Lee,North LLP,",
    "X2,new@n.example,+1 212 555 0144,New One,Lisbon bank,yes",
    ",broken,,,,",
)
SUPPRESSED = ("Phone,Email", "+1 212 555 0177,", ",lisbon@p.example", ",lisbon@s.example")
CALLS_HEADER = "call_id,contact,started_at,disposition,notes,talk_seconds"


def campaign_of(firm):
    return Campaign.objects.get(pk=firm.ids["campaign"])


def person(firm, kind="contact"):
    return Contact.objects.get(pk=firm.ids[kind])


def call_lines():
    at = f"{now() - timedelta(days=1):%Y-%m-%d %H:%M}+00:00"
    return (
        CALLS_HEADER,
        f"c1,lisbon@p.example,{at},Meeting Booked,Underpaid,10",
        f"c2,lisbon@p.example,{at},Do Not Contact,,10",
        f"c3,nobody@p.example,{at},No Answer,,",
    )


def import_people(firm):
    job = finished_import(firm.workspace, *PEOPLE, market=firm.ids["market"], campaign=firm.ids["campaign"])
    return job.counts, list(job.rejections.order_by("line").values_list("message", flat=True))


def import_suppressions(firm):
    return finished_import(firm.workspace, *SUPPRESSED, kind=ImportKind.SUPPRESSIONS).counts


def import_calls(firm):
    first = finished_import(firm.workspace, *call_lines(), kind=ImportKind.CALLS, campaign=firm.ids["campaign"])
    again = [line.replace("Underpaid", "Well paid") for line in call_lines()]
    second = finished_import(firm.workspace, *again, kind=ImportKind.CALLS, campaign=firm.ids["campaign"])
    return first.counts, second.counts


def undone(job, firm):
    report = preview(job)
    return str(report), str(undo(job=job, by=firm.manager))


def undo_people(firm):
    job = finished_import(firm.workspace, *PEOPLE, market=firm.ids["market"], campaign=firm.ids["campaign"])
    return undone(job, firm)


def undo_suppressions(firm):
    return undone(finished_import(firm.workspace, *SUPPRESSED, kind=ImportKind.SUPPRESSIONS), firm)


def undo_calls(firm):
    job = finished_import(firm.workspace, *call_lines(), kind=ImportKind.CALLS, campaign=firm.ids["campaign"])
    return undone(job, firm)


def report_calls(firm):
    """By the API, as a dialer does; a second time with other notes."""
    _, token = api_tokens.issue(workspace=firm.workspace, name="Lisbon dialer", by=firm.manager)
    at = (now() - timedelta(hours=2)).replace(microsecond=0).isoformat()
    calls = [
        {"call_id": "c1", "contact": "lisbon@p.example", "started_at": at, "disposition": "No Answer", "notes": notes}
        | {"campaign": "Lisbon campaign"}
        for notes in ("", "Underpaid")
    ]
    url, headers = reverse("api:calls", args=[firm.workspace.slug]), {"Authorization": f"Bearer {token}"}
    return [
        Client().generic("POST", url, json.dumps({"calls": [each]}), "application/json", headers=headers).json()
        for each in calls
    ]


def erase_a_person(firm):
    erase(contact=person(firm), by=firm.manager, reason="Request 204")


def erase_who_is_on_the_list(firm):
    erase(contact=person(firm, "wrong_number"), by=firm.manager, reason="Request 205")


def keep_no_longer(firm):
    """After two years, with rules to keep notes and uncalled people for one month."""
    call(campaign_of(firm), started_at=now() - timedelta(days=200), notes="Lisbon old notes")
    Workspace.objects.filter(pk=firm.workspace.pk).update(notes_kept_months=1, uncalled_kept_months=1)
    Contact.objects.filter(workspace=firm.workspace).update(created_at=now() - timedelta(days=400))
    workspace = Workspace.objects.get(pk=firm.workspace.pk)
    return people_never_called(workspace, 1).count(), apply_rules(workspace)


def weekly_mail(firm):
    week = weekly_digest.week_ended(firm.workspace.today() + timedelta(days=7))
    mail = weekly_digest.compose(firm.workspace, week, "https://portal.example")
    return mail.text, weekly_digest.due(firm.workspace, week).count()


def mail_of_mentions(firm):
    return [digest.send(membership=each, site="https://portal.example") for each in digest.due(firm.workspace)]


def shared_pages(firm):
    workspace, said = firm.workspace, []
    things = [workspace.markets.get(pk=firm.ids["market"]), workspace.campaign_reports.get(pk=firm.ids["report"])]
    for thing in things:
        for is_frozen in (True, False):
            options = {"sections": list(sections_of(thing)), "shows_people": True, "is_frozen": is_frozen}
            _, token = share(thing=thing, by=firm.manager, label="A", expires_on=workspace.today(), **options)
            said.append(Client().get(reverse("shared_page", args=[token])).content.decode().replace(token, ""))
    return said


def calendars(firm):
    """Of the manager, and of a caller with a callback."""
    called = firm.workspace.memberships.filter(role="caller").first()
    call(campaign_of(firm), disposition="callback_requested", caller=called.user)
    said = []
    for membership in (called, firm.workspace.memberships.get(user=firm.manager)):
        token = make_link(membership=membership, by=membership.user)
        said.append(Client().get(reverse("calendar", args=[token])).content.decode())
        assert "BEGIN:VEVENT" in said[-1]
    return said


def all_about_a_person(firm):
    return str(export_person(person(firm), by=firm.manager).as_json())


def rules_of_every_kind(firm):
    ids = firm.ids
    campaigns = {"campaigns": [ids["campaign"], ids["coverage"]]}
    conditions = [
        {"kind": "market", "markets": [ids["market"]]},
        {"kind": "tag", "tags": [ids["tag"]]},
        {"kind": "import", "imports": [ids["ended_import"]]},
        {"kind": "attempts", "op": "at_least", "count": 1, **campaigns},
        {"kind": "conversations", "op": "at_least", "count": 1, **campaigns},
        {"kind": "last_call", "op": "within_days", "days": 3, **campaigns},
        {"kind": "last_call", "op": "never", **campaigns},
        {"kind": "meeting", "statuses": [], **campaigns},
        {"kind": "member", "of": "running"},
        {"kind": "member", "of": "campaigns", **campaigns},
        {"kind": "number"},
        {"kind": "suppressed"},
        {"kind": "off_limits"},
        {"kind": "interest", **campaigns},
        {"kind": "search", "text": "Lisbon"},
        {"kind": "outcome", "when": "ever", "outcomes": ["meeting_booked"], **campaigns},
        {"kind": "outcome", "when": "last", "outcomes": ["meeting_booked"], **campaigns},
        {"kind": "signal", "type": "movement_state", "op": "is", "value": "Exploring", "freshness": []},
        {"kind": "firm", "op": "is", "values": ["Lisbon LLP"]},
    ]
    everybody, said = (
        list(Contact.objects.filter(workspace__in=Workspace.objects.all()).values_list("pk", flat=True)),
        [],
    )
    for condition in conditions:
        rule = Rule.parse({"version": 1, "match": "all", "conditions": [condition]}, firm.workspace)
        for day in (None, firm.workspace.today()):
            said.append(sorted(rule.people(firm.workspace, day).values_list("pk", flat=True)))
        said.append(str(rule.sentences(firm.workspace)))
        said.append(str(sorted(rule.reasons(firm.workspace, everybody).items())))
    return said


def proposals_of_the_night(firm):
    coverage = Campaign.objects.get(pk=firm.ids["coverage"])
    call(campaign_of(firm), person(firm, "wrong_number"))
    return str(propose(coverage))


def numbers_checked_and_rebuilt(firm):
    firm.workspace.campaign_contacts.update(attempt_count=7)
    return derived.check(firm.workspace), derived.rebuild(firm.workspace)


JOBS = [
    *(import_people, import_suppressions, import_calls, undo_people, undo_suppressions, undo_calls, report_calls),
    *(erase_a_person, erase_who_is_on_the_list, keep_no_longer, weekly_mail, mail_of_mentions, shared_pages),
    calendars,
    *(all_about_a_person, rules_of_every_kind, proposals_of_the_night, numbers_checked_and_rebuilt),
]

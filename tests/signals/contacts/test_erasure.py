"""After an erasure nothing identifies the contact and every count is unchanged."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now

from calls import derived
from calls.derived import daily_counts, member_summaries
from calls.ingest.undo import undo
from calls.log.services import amend, void
from campaigns.membership import enroll, remove
from markets.contacts.merge import MergeRefused
from markets.contacts.points import add_points
from markets.imports.contacts.extras import FurtherPoint
from markets.models import Contact
from markets.models.imports import OTHER_PERSON
from markets.suppressions.services import lift, suppress
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.factories import ContactFactory, SuppressionFactory, call, ended_import, member_of, signal
from tests.importing import import_people
from tests.signals.contacts.erasure_data import IDENTIFYING_WORDS, PERSON, columns


def stored_counts(workspace):
    """The stored counts from which every metric derives."""
    days, members = workspace.campaign_days.order_by("pk"), workspace.campaign_contacts.order_by("pk")
    return list(days.values_list("pk", "day", *daily_counts.DAY_COUNTS)), list(
        members.values_list("pk", "removed_at", *member_summaries.SUMMARY)
    )


def all_texts():
    """Every value of every column of every table, in lower case."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {quote(table)}")  # noqa: S608
            for row in cursor.fetchall():
                for value in row:
                    yield table, str(value if not isinstance(value, dict | list) else json.dumps(value)).lower()


def remaining_mentions():
    return [(table, text) for table, text in all_texts() if any(word in text for word in IDENTIFYING_WORDS)]


def add_one_row_of_each_kind(campaign, zelda, ops):
    """Adds one row of every kind that can identify Zelda."""
    workspace = campaign.workspace
    former = ContactFactory(
        workspace=workspace, full_name="Zeldie Quarrington", phone="(212) 998-2210", external_id="OLD-QUARRY"
    )
    merge(keep=zelda, merged=former, by=ops, reason="Zelda calls herself Zeldie", taking=["phone"])
    merge_back = {"phone": PERSON["phone"], "phone_e164": "+12125557391"}
    Contact.objects.filter(pk=zelda.pk).update(**merge_back)
    zelda.refresh_from_db()
    booked = call(campaign, zelda, disposition="meeting_booked", meeting_at=now(), notes="Zelda likes tea")
    signal(booked, evidence="Ms Quarrington said so")
    workspace.signal_suggestions.create(
        call=booked, type="conversation_access", value="Inviting", words="Zelda is keen to meet", rule="keen to meet"
    )
    moved = now() + timedelta(days=3)
    amend(call=booked, by=ops, reason="Zelda rang back", notes="Zelda likes coffee", meeting_at=moved)
    mistaken = call(campaign, zelda, outside_hours_reason="Zelda asked for it")
    void(call=mistaken, by=ops, reason="Was not Zelda")
    remove(campaign=campaign, contacts=[zelda.pk], by=ops, reason="Zelda was away")
    enroll(campaign=campaign, contacts=[zelda.pk], by=ops, reasons={zelda.pk: "Firm is Quarrington"})
    proposal = campaign.audience_proposals.create(workspace=workspace, rule={})
    proposal.changes.create(workspace=workspace, contact=zelda, change="leave", reason="Firm is Quarrington")
    call(campaign, zelda, disposition="do_not_contact", notes="Zelda was cross")
    remove(campaign=campaign, contacts=[zelda.pk], by=ops, reason="Zelda is cross")
    SuppressionFactory(workspace=workspace, phone_e164="+12125557391", reason="Zelda's number")
    lifted = suppress(contact=zelda, by=ops, reason="Zelda again")
    lift(suppression=lifted, by=ops, reason="Zelda wrote")
    job = ended_import(workspace, created=1, rejected=2)
    for line, cells in enumerate([["Zelda", "Quarrington", ""], ["", "", "212-555-7391"]], start=2):
        job.rejections.create(workspace=workspace, line=line, code="email", message="No address", cells=cells)
    job.rejections.create(workspace=workspace, line=9, code="email", message="No address", cells=["Bob", "Stone", "x"])
    job.rejections.create(
        workspace=workspace, line=10, code=OTHER_PERSON, message="x", cells=["zelda@quarrington.example"]
    )
    job.dry_run_report = {
        "rejections": [{"line": 2, "code": "email", "message": "No address for Zelda Quarrington"}],
        "do_not_call_people": ["Zelda Quarrington"],
        "disagreeing_values": [{"contact": zelda.pk, "who": "Zelda Quarrington", "field": "firm", "file": "Quarrin"}],
    }
    job.save()
    flags = dict.fromkeys(["is_placed", "is_enrolled", "is_do_not_call"], False)
    job.people.create(
        workspace=workspace, contact=zelda, line=2, outcome="u", field_mask=1, values={"firm": "Quarrington"}, **flags
    )
    job.notes.create(
        workspace=workspace, line=2, kind="disagreement", field="firm", file_value="Quarrington", contact=zelda
    )
    preset = workspace.import_presets.create(kind="people", header_key="crm", name="CRM")
    workspace.decided_identities.create(preset=preset, external_id="ZQ-4711", contact=zelda)
    zelda.contact_points.create(workspace=workspace, kind="email", typed="zelda@home.example")
    hook = workspace.webhooks.create(
        url="https://crm.example", description="For Zelda Quarrington", kinds=[], secret="sealed"
    )
    told = {"contact": {"id": zelda.pk, "external_id": "ZQ-4711"}, "dialer_call_id": "zelda-1"}
    event = workspace.webhook_events.create(kind="call.recorded", contact=zelda, order_key="contact:1", data=told)
    words = {"answer": "Thanks for Zelda", "problem": "BadStatusLine: Zelda"}
    hook.deliveries.create(workspace=workspace, event=event, order_key="contact:1", **words)
    Contact.objects.filter(pk=zelda.pk).update(custom={"pet": "Zelda's cat"})
    zelda.refresh_from_db()
    other = ended_import(workspace, name="other.csv", state="undone", created=1)
    other.undo_report["named"] = [{"name": "Zelda Quarrington", "why": "was called", "contact": zelda.pk}]
    other.save()


def test_no_column_says_who_it_was_and_every_number_stays(as_ops, ops, campaign, zelda):
    add_one_row_of_each_kind(campaign, zelda, ops)
    as_ops.post(reverse("admin:markets_contact_change", args=[zelda.pk]), {"full_name": "Zelda Quarrington"})
    workspace, before = campaign.workspace, stored_counts(campaign.workspace)
    rows = workspace.calls.count(), campaign.members.count(), workspace.suppressions.count()
    assert {table for table, _ in remaining_mentions()} >= {
        *("markets_contact", "markets_suppression", "markets_contactmerge", "markets_formerkey"),
        *("calls_call", "calls_correction", "calls_meetingchange", "signals_signal", "campaigns_campaigncontact"),
        *("signals_signalsuggestion", "campaigns_absence", "campaigns_proposedchange"),
        *("markets_importrejection", "markets_importjob", "markets_importnote", "markets_importedcontact"),
        *("markets_contactchange", "markets_decidedidentity", "markets_contactpoint"),
        *("markets_webhook", "markets_webhookevent", "markets_webhookdelivery"),
    }

    erase(contact=zelda, by=ops, reason="Request 204")

    assert remaining_mentions() == []
    assert stored_counts(workspace) == before
    assert rows == (workspace.calls.count(), campaign.members.count(), workspace.suppressions.count())
    assert derived.check(workspace) == []
    assert zelda.label == f"Erased person {zelda.pk}"
    assert workspace.imports.first().rejections.model.objects.get(line=9).cells == ["Bob", "Stone", "x"]
    assert not workspace.import_rejections.undecided().exists()
    zelda.full_clean()


def test_further_numbers_and_addresses_are_erased(campaign, ops, zelda):
    points = [FurtherPoint("phone", "212-555-0150", "+12125550150"), FurtherPoint("email", "zelda@home.example")]
    add_points(workspace=campaign.workspace_id, points={zelda.pk: points})

    erase(contact=zelda, by=ops, reason="Asked for it")

    assert not zelda.contact_points.exists()
    zelda.refresh_from_db()
    assert (zelda.inferred_timezone, zelda.phone_problem) == ("", "")


def test_the_page_says_that_the_person_was_erased_by_whom_and_why(as_manager, ops, campaign, zelda):
    erase(contact=zelda, by=ops, reason="Request 204")

    page = as_manager.get(f"/w/acme/contacts/{zelda.pk}/").content.decode()

    assert f"Erased person {zelda.pk}" in page
    assert "Request 204" in page
    assert "Ops" in page


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("  ", "Say why the person is erased."),
        ("x" * 501, "The reason has 501 characters; at most 500 are kept."),
        ("Zelda Quarrington asked", "The reason says who the person is"),
        ("Mail of zelda@quarrington.example", "The reason says who the person is"),
        ("Rang from 212 555 7391", "The reason says who the person is"),
        ("Request of zq-4711", "The reason says who the person is"),
    ],
)
def test_a_reason_is_needed_and_says_nothing_of_the_person(zelda, reason, sentence):
    with pytest.raises(ValidationError, match=sentence):
        erase(contact=zelda, by=None, reason=reason)

    zelda.refresh_from_db()
    assert zelda.full_name == "Zelda Quarrington"


def test_an_erased_person_is_not_merged_and_no_undo_takes_them_away(campaign, market, zelda):
    import_people(market=market, rows=[(2, ["x@people.example"])], columns=columns(["email"]))
    (job,) = campaign.workspace.imports.all()
    job.state, job.finished_at = "completed", now() + timedelta(minutes=1)
    job.save()
    brought = campaign.workspace.contacts.get(email="x@people.example")
    erase(contact=brought, by=None, reason="Request 204")

    with pytest.raises(MergeRefused, match="cannot be merged: nobody can tell any more who that was"):
        merge(keep=zelda, merged=brought, by=None)
    undone = undo(job=job, by=None)

    assert undone.named[0]["why"] == "was erased"
    assert Contact.objects.filter(pk=brought.pk).exists()


def test_the_command_erases_and_can_be_run_again(capsys, campaign, zelda):
    suppress(contact=zelda, by=None, reason="Asked")

    def run():
        call_command("erase_contact", zelda.pk, "--workspace", "acme", "--reason", "Request 204", "--format", "json")
        return json.loads(capsys.readouterr().out)

    assert run() == {"contact": zelda.pk, "again": False, "do_not_call": True}
    assert run() == {"contact": zelda.pk, "again": True, "do_not_call": True}
    zelda.refresh_from_db()
    assert zelda.label == f"Erased person {zelda.pk}"
    assert zelda.erasures.count() == 2


def test_the_command_says_whom_it_cannot_erase(campaign, zelda):
    former = ContactFactory(workspace=campaign.workspace)
    gone = former.pk
    merge(keep=zelda, merged=former, by=None)

    def run(key, reason="Request 204"):
        call_command("erase_contact", key, "--workspace", "acme", "--reason", reason)

    with pytest.raises(CommandError, match="There is no contact 999999 in Acme"):
        run(999_999)
    with pytest.raises(CommandError, match=f"was merged into contact {zelda.pk}. Erase that one instead"):
        run(gone)
    with pytest.raises(CommandError, match="Say why the person is erased"):
        run(zelda.pk, " ")


def test_ops_staff_erase_in_the_admin_with_a_reason(as_ops, ops, zelda):
    url = reverse("admin:markets_contact_erase", args=[zelda.pk])
    assert "This field is required" in as_ops.post(url).content.decode()
    assert "says who the person is" in as_ops.post(url, {"reason": "Zelda Quarrington"}).content.decode()

    as_ops.post(url, {"reason": "Request 204"})

    (erasure,) = zelda.erasures.all()
    assert (erasure.erased_by, erasure.reason) == (ops, "Request 204")
    assert remaining_mentions() == []


def test_somebody_who_is_called_again_can_be_erased_again(campaign, zelda):
    erase(contact=zelda, by=None, reason="Request 204")
    member_of(campaign, zelda)
    call(campaign, zelda, notes="Zelda again")

    erase(contact=zelda, by=None, reason="Request 205")

    assert remaining_mentions() == []

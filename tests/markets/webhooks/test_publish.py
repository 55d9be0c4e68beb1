"""What is written into the outbox, by whom, and that it costs next to nothing where nobody wants it."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils.timezone import now

from calls.callbacks.due_events import publish_due_callbacks
from calls.log.services import amend
from campaigns.lifecycle.transitions import change_status
from markets.imports import jobs
from markets.models import EventKind, ImportState, Suppression, WebhookDelivery, WebhookEvent
from markets.suppressions.services import add, suppress
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from signals.report.freeze import freeze_again
from tests.factories import ContactFactory, WorkspaceFactory, call, import_draft, member, signal
from tests.importing import finished_import

NAMES = "Quarrington"


@pytest.fixture
def ann(campaign):
    return member(
        campaign, full_name=f"Ann {NAMES}", external_id="A1", phone="+1 212 555 0177", email="a@q.example"
    ).contact


@pytest.fixture
def webhook(ann, make_webhook):
    """Made when Ann's campaign was Active already."""
    return make_webhook()


def events(kind=None):
    found = WebhookEvent.objects.order_by("pk")
    return list(found.filter(kind=kind) if kind else found)


def kinds():
    return [each.kind for each in events()]


def test_a_call_with_all_that_follows_from_it(webhook, campaign, ann):
    made = call(campaign, ann, disposition="meeting_booked", meeting_at=now() + timedelta(days=3), notes=NAMES)
    signal(made, evidence=NAMES)

    assert kinds() == ["call.recorded", "meeting.booked", "signal.captured"]
    told, meeting, heard = events()
    assert told.data["contact"] == {"id": ann.pk, "external_id": "A1"}
    assert (told.data["call"], told.data["disposition"]) == (made.pk, "meeting_booked")
    assert (meeting.data["meeting"], meeting.data["call"]) == (made.meeting.pk, made.pk)
    assert heard.data["signal"] == made.signals.get().pk
    assert {each.order_key for each in events()} == {f"contact:{ann.pk}"}
    assert WebhookDelivery.objects.count() == 3
    assert NAMES not in json.dumps([each.data for each in events()])


def test_a_correction_that_books_a_meeting_is_told(webhook, campaign, ann, manager):
    made = call(campaign, ann, disposition="future_potential")
    amend(call=made, by=manager, reason="Misheard", disposition="meeting_booked", meeting_at=now() + timedelta(days=3))

    assert kinds() == ["call.recorded", "meeting.booked"]


def test_a_dialer_log_is_told_call_by_call_in_its_order(webhook, campaign, ann):
    lines = [
        f"c{number},a@q.example,2024-03-0{number} 15:00+00:00,{outcome}"
        for number, outcome in [(1, "No Answer"), (2, "Do Not Contact")]
    ]
    finished_import(
        campaign.workspace,
        "call_id,contact,started_at,disposition",
        *lines,
        kind="calls",
        campaign=campaign.pk,
        historical=True,
    )

    assert [each.data["dialer_call_id"] for each in events(EventKind.CALL_RECORDED)] == ["c1", "c2"]
    assert [each.data["contact"]["id"] for each in events(EventKind.CONTACT_SUPPRESSED)] == [ann.pk]
    (done,) = events(EventKind.IMPORT_DONE)
    assert (done.data["state"], done.data["rows"], done.data["created"]) == ("completed", 2, 2)


def test_each_person_whom_a_suppression_covers_is_told(webhook, workspace, ann):
    beside = ContactFactory(workspace=workspace, phone="+1 212 555 0177", phone_e164=ann.phone_e164)
    ContactFactory(workspace=WorkspaceFactory(), phone_e164=ann.phone_e164)

    suppress(contact=ann, by=None, reason="Asked for it")
    assert [each.contact for each in events()] == [ann, beside]

    add(Suppression(workspace=workspace, email="a@q.example", reason="Asked for it"))
    add(Suppression(workspace=workspace, email_domain="q.example", reason="Asked for it"))
    assert [each.contact for each in events()] == [ann, beside, ann, ann]


def test_a_campaign_and_its_report(webhook, campaign, manager):
    change_status(campaign=campaign, to="completed", by=manager, reason="Done")
    campaign.refresh_from_db()
    freeze_again(campaign=campaign, by=manager)

    assert kinds() == ["campaign.status_changed", "report.frozen", "report.frozen"]
    changed, *frozen = events()
    assert (changed.data["from"], changed.data["to"]) == ("active", "completed")
    assert [each.data["version"] for each in frozen] == [1, 2]


def test_an_import_that_is_stopped_is_done(webhook, workspace, manager):
    job = import_draft(workspace, "Email", "a@b.example", by=manager)
    type(job).objects.filter(pk=job.pk).update(state=ImportState.WAITING)
    job.refresh_from_db()
    jobs.stop(job=job, by=manager)

    assert [each.data["state"] for each in events()] == ["failed"]


def test_a_callback_is_told_once_when_its_time_has_come(webhook, campaign, ann):
    due_at = now() + timedelta(hours=2)
    call(campaign, ann, disposition="callback_requested", callback_at=due_at)
    publish_due_callbacks()
    assert events(EventKind.CALLBACK_DUE) == []

    with time_machine.travel(due_at + timedelta(minutes=1), tick=False):
        publish_due_callbacks()
        publish_due_callbacks()
    (told,) = events(EventKind.CALLBACK_DUE)
    assert (told.contact, told.data["campaign"]) == (ann, campaign.pk)


def test_a_callback_of_before_the_webhook_is_not_told(campaign, ann, make_webhook):
    call(campaign, ann, disposition="callback_requested", callback_at=now() + timedelta(minutes=1))
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        make_webhook()
        publish_due_callbacks()

    assert events(EventKind.CALLBACK_DUE) == []


def test_only_what_a_webhook_of_the_workspace_wants_is_written(make_webhook, campaign, ann):
    make_webhook(kinds=[EventKind.SIGNAL_CAPTURED])
    make_webhook(of=WorkspaceFactory())
    call(campaign, ann)

    assert events() == []


def test_what_is_rolled_back_is_not_told(webhook, campaign, ann):
    with transaction.atomic():
        call(campaign, ann)
        transaction.set_rollback(True)

    assert events() == []


def test_without_webhooks_a_suppression_list_costs_one_query_more(workspace, django_assert_num_queries):
    from markets.webhooks.publish import publish_suppressed

    created = [Suppression(workspace=workspace, email=f"p{n}@q.example", reason="x") for n in range(5000)]
    with django_assert_num_queries(1):
        publish_suppressed(workspace.pk, created)


def test_erasure_leaves_only_numbers_of_the_portal(webhook, campaign, ann):
    call(campaign, ann)
    suppress(contact=ann, by=None, reason="Asked for it")
    WebhookDelivery.objects.update(answer="Thanks for A1")

    erase(contact=ann, by=None, reason="Request 204")

    assert [each.data["contact"] for each in events()] == [{"id": ann.pk, "external_id": ""}] * len(events())
    assert set(WebhookDelivery.objects.values_list("answer", flat=True)) == {""}


def test_events_move_to_the_kept_person_of_a_merge(webhook, campaign, ann):
    other = member(campaign, external_id="A2").contact
    call(campaign, other)

    merge(keep=ann, merged=other, by=None, reason="The same")

    assert [each.contact for each in events(EventKind.CALL_RECORDED)] == [ann]

"""Which delivery is sent when: in order per person, again after a failure, and never by two workers at once."""

from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core import mail
from django.utils.timezone import now

from markets.models import AuditAction, EventKind, WebhookDelivery, WebhookEvent
from markets.models.webhooks import DeliveryState, WebhookState
from markets.webhooks import queue
from markets.webhooks.courier import Courier, prune
from markets.webhooks.publish import Fact, publish
from markets.webhooks.sending import Answer
from markets.webhooks.services import delete, start, stop
from tests.factories import ContactFactory, MembershipFactory

FINE, BROKEN = Answer(204), Answer(500, "Oops")
OVERLOADED = Answer(503, retry_after=timedelta(minutes=20))


@pytest.fixture
def ann(workspace):
    return ContactFactory(workspace=workspace, external_id="ANN")


@pytest.fixture
def bob(workspace):
    return ContactFactory(workspace=workspace, external_id="BOB")


def tell(workspace, *people):
    """One event about each of the people, in this order; its number is what it says."""
    for number, person in enumerate(people):
        fact = Fact({"number": number}, contact=person.pk)
        publish(workspace.pk, {EventKind.CALL_RECORDED: lambda fact=fact: [fact]})


def numbers(deliveries):
    return [each.event.data["number"] for each in deliveries]


def later(**how):
    return time_machine.travel(now() + timedelta(**how), tick=False)


def test_of_each_person_only_the_oldest_that_waits_is_sent(workspace, webhook, ann, bob):
    tell(workspace, ann, ann, bob, ann)

    first = queue.claim(webhook, 9)
    assert numbers(first) == [0, 2]
    assert queue.claim(webhook, 9) == []  # Ann's first is on its way
    for each in first:
        queue.record(each, FINE)
    assert numbers(queue.claim(webhook, 9)) == [1]


def test_a_failed_one_keeps_those_behind_it_waiting(workspace, webhook, ann, bob):
    tell(workspace, ann, ann, bob)
    first, other = queue.claim(webhook, 9)
    queue.record(first, BROKEN)
    queue.record(other, FINE)

    assert queue.claim(webhook, 9) == []
    with later(seconds=6):
        (again,) = queue.claim(webhook, 9)
        assert (again.pk, again.attempts) == (first.pk, 2)
        queue.record(again, FINE)
        assert numbers(queue.claim(webhook, 9)) == [1]


def test_what_was_given_up_keeps_nobody_waiting(workspace, webhook, ann):
    tell(workspace, ann, ann)
    (taken,) = queue.claim(webhook, 9)
    queue.record(taken, BROKEN)
    webhook.deliveries.filter(pk=taken.pk).update(attempts=9, due_at=now())

    (taken,) = queue.claim(webhook, 9)
    queue.record(taken, BROKEN)

    assert numbers(queue.claim(webhook, 9)) == [1]


def test_an_answer_touches_only_those_behind_it_that_have_another_time(workspace, webhook, ann):
    """Otherwise each answer would write all that waits for the person."""
    tell(workspace, ann, ann, ann)
    (first,) = queue.claim(webhook, 9)
    behind = webhook.deliveries.filter(pk__gt=first.pk)
    before = list(behind.values_list("due_at", flat=True))

    queue.record(first, FINE)
    assert list(behind.values_list("due_at", flat=True)) == before

    (second,) = queue.claim(webhook, 9)
    queue.record(second, BROKEN)
    second.refresh_from_db()
    assert {each.due_at for each in behind} == {second.due_at}


def test_a_receiver_that_asks_to_be_left_alone_is(workspace, receiver, make_webhook, ann, bob):
    webhook = make_webhook(receiver.url)
    receiver.answers.append((429, "", {"Retry-After": "1200"}))
    tell(workspace, ann)
    Courier().run_once()
    tell(workspace, bob)
    Courier().run_once()
    assert len(receiver.received) == 1

    with later(minutes=19):
        Courier().run_once()
    assert len(receiver.received) == 1

    with later(minutes=21):
        Courier().run_once()
    assert len(receiver.received) == 3
    assert webhook.deliveries.filter(state=DeliveryState.DELIVERED).count() == 2


def test_it_cannot_be_asked_for_less_than_the_usual_wait(workspace, webhook, ann):
    """Or ten attempts would be used up in a moment."""
    tell(workspace, ann)
    (taken,) = queue.claim(webhook, 9)
    queue.record(taken, Answer(429, retry_after=timedelta(seconds=0)))

    taken.refresh_from_db()
    assert taken.due_at > now() + timedelta(seconds=4)
    webhook.refresh_from_db()
    assert webhook.paused_until is None


def test_starting_a_webhook_again_ends_what_its_receiver_asked_for(workspace, webhook, ann):
    tell(workspace, ann)
    (taken,) = queue.claim(webhook, 9)
    queue.record(taken, OVERLOADED)
    webhook.refresh_from_db()
    assert webhook.is_paused

    stop(webhook=webhook, by=None)
    start(webhook=webhook, by=None)

    webhook.refresh_from_db()
    assert not webhook.is_paused
    assert queue.claim(webhook, 9) == [taken]


def test_starting_a_webhook_leaves_what_is_on_its_way(workspace, webhook, ann):
    tell(workspace, ann)
    queue.claim(webhook, 9)

    stop(webhook=webhook, by=None)
    start(webhook=webhook, by=None)

    assert queue.claim(webhook, 9) == []


def test_two_webhooks_do_not_wait_for_each_other(workspace, make_webhook, ann):
    one, other = make_webhook(), make_webhook()
    tell(workspace, ann, ann)
    queue.claim(one, 9)

    (taken,) = queue.claim(other, 9)
    queue.record(taken, FINE)
    assert numbers(queue.claim(other, 9)) == [1]


def test_the_lease_of_a_dead_worker_runs_out(workspace, webhook, ann):
    tell(workspace, ann, ann)
    (lost,) = queue.claim(webhook, 9)

    with later(seconds=59):
        assert queue.claim(webhook, 9) == []
    with later(seconds=61):
        (again,) = queue.claim(webhook, 9)
        assert again.pk == lost.pk
        queue.record(lost, BROKEN)  # the dead one was only slow: its answer counts no more
        again.refresh_from_db()
        assert (again.state, again.attempted_at) == (DeliveryState.WAITING, None)
        queue.record(again, FINE)
        assert numbers(queue.claim(webhook, 9)) == [1]


def test_the_waits_grow_for_three_days_and_then_it_is_given_up(workspace, webhook, ann):
    tell(workspace, ann, ann)
    begin = moment = now()
    attempts = []
    for _ in range(10):
        with time_machine.travel(moment, tick=False):
            (taken,) = queue.claim(webhook, 9)
            queue.record(taken, BROKEN)
        taken.refresh_from_db()
        attempts.append(moment - begin)
        moment = taken.due_at

    waits = [later - earlier for earlier, later in pairwise(attempts)]
    for wait, least in zip(waits, queue.RETRY_AFTER, strict=True):
        assert least <= wait <= least * (1 + queue.JITTER)
    assert timedelta(days=3) < attempts[-1] < timedelta(days=4)
    assert (taken.state, taken.attempts, taken.status_code, taken.answer) == (DeliveryState.FAILED, 10, 500, "Oops")
    with time_machine.travel(moment, tick=False):
        assert numbers(queue.claim(webhook, 9)) == [1]  # the next one is not lost with it


def test_after_five_days_of_failures_the_webhook_is_stopped_and_managers_are_told(
    workspace, receiver, make_webhook, ann, manager
):
    MembershipFactory(workspace=workspace, role="viewer")
    webhook = make_webhook(receiver.url)
    receiver.answers.extend([500, 500])
    tell(workspace, ann)
    Courier().run_once()
    webhook.refresh_from_db()
    assert webhook.failing_since

    with later(days=5, seconds=1):
        Courier().run_once()

    webhook.refresh_from_db()
    assert webhook.state == WebhookState.FAILING
    (message,) = mail.outbox
    assert message.to == [manager.email]
    assert message.subject == "Acme: a webhook was stopped"
    assert f"/w/acme/webhooks/{webhook.pk}/" in message.body
    event = workspace.audit_events.get(action=AuditAction.WEBHOOK_CHANGED)
    assert event.summary == "Stopped a webhook that had failed for five days"
    tell(workspace, ann)
    assert WebhookEvent.objects.count() == 1  # nothing is written for a stopped webhook


def test_one_success_between_failures_starts_the_five_days_anew(workspace, webhook, ann, bob):
    tell(workspace, ann, bob)
    one, other = queue.claim(webhook, 9)
    queue.record(one, BROKEN)
    queue.record(other, FINE)

    webhook.refresh_from_db()
    assert webhook.failing_since is None
    assert webhook.is_active


def test_a_receiver_that_is_gone_is_left_at_once(workspace, receiver, make_webhook, ann, manager):
    webhook = make_webhook(receiver.url)
    receiver.answers.append(410)
    tell(workspace, ann)

    Courier().run_once()

    webhook.refresh_from_db()
    assert webhook.state == WebhookState.GONE
    assert "wants nothing more" in mail.outbox[0].body


def test_what_waits_is_sent_when_a_webhook_is_started_again(workspace, receiver, make_webhook, ann):
    webhook = make_webhook(receiver.url)
    tell(workspace, ann)
    stop(webhook=webhook, by=None)
    tell(workspace, ann)
    Courier().run_once()
    assert receiver.received == []

    start(webhook=webhook, by=None)
    Courier().run_once()

    assert [each.message["data"]["number"] for each in receiver.received] == [0]


def test_a_replay_sends_the_same_message_again(workspace, receiver, make_webhook, ann):
    webhook = make_webhook(receiver.url)
    tell(workspace, ann)
    Courier().run_once()

    assert queue.replay(webhook.deliveries.all()) == 1
    Courier().run_once()

    first, second = receiver.received
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


def test_a_replay_of_one_that_waits_does_not_leave_those_behind_it_waiting(workspace, webhook, ann):
    tell(workspace, ann, ann)
    with later(days=-1):
        for _ in range(4):
            (taken,) = WebhookDelivery.objects.order_by("pk")[:1]
            taken.attempts += 1
            taken.save()
            queue.record(taken, BROKEN)
    WebhookDelivery.objects.update(due_at=now() + timedelta(hours=9))

    assert queue.replay(webhook.deliveries.filter(pk=taken.pk)) == 1
    (again,) = queue.claim(webhook, 9)
    queue.record(again, FINE)

    assert numbers(queue.claim(webhook, 9)) == [1]


def test_what_may_be_on_its_way_is_not_replayed(workspace, webhook, ann):
    tell(workspace, ann)
    queue.claim(webhook, 9)

    assert queue.replay(webhook.deliveries.all()) == 0


def test_old_events_are_deleted_and_new_ones_stay(workspace, webhook, ann, settings):
    settings.WEBHOOK_LOG_DAYS = 30
    with later(days=-31):
        tell(workspace, ann)
    tell(workspace, ann)

    prune()

    assert WebhookDelivery.objects.count() == WebhookEvent.objects.count() == 1
    assert WebhookEvent.objects.get().happened_at > now() - timedelta(days=1)


def test_a_deleted_webhook_is_sent_nothing_and_its_rows_are_removed(workspace, receiver, make_webhook, ann):
    webhook, other = make_webhook(receiver.url), make_webhook()
    tell(workspace, ann)
    (on_its_way,) = queue.claim(webhook, 9)

    delete(webhook=webhook, by=None)
    start(webhook=webhook, by=None)  # too late
    queue.record(on_its_way, BROKEN)
    tell(workspace, ann)
    prune()
    assert webhook.deliveries.count() == 1  # of before: whoever read it then may still write events

    with later(hours=1, seconds=1):
        Courier().run_once()

    assert receiver.received == []
    assert list(workspace.webhooks.all()) == [other]
    assert {each.webhook for each in WebhookDelivery.objects.all()} == {other}
    assert other.deliveries.count() == WebhookEvent.objects.count() == 2
    assert [each.action for each in workspace.audit_events.all()] == [AuditAction.WEBHOOK_DELETED]


def test_nothing_is_sent_for_an_archived_workspace(workspace, receiver, make_webhook, ann):
    make_webhook(receiver.url)
    tell(workspace, ann)
    workspace.archived_at = now()
    workspace.save()

    Courier().run_once()

    assert receiver.received == []

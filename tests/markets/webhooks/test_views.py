"""The pages on which managers keep webhooks, and the log of deliveries."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import now

from config.db import encryption
from markets.models import Webhook, WebhookDelivery
from markets.models.webhooks import DeliveryState, WebhookState
from markets.webhooks.forms import MOST_WEBHOOKS
from markets.webhooks.services import send_test, stop

LIST = reverse("webhooks:list", args=["acme"])
CREATE = reverse("webhooks:create", args=["acme"])


def page_of(webhook, name="detail"):
    return reverse(f"webhooks:{name}", args=["acme", webhook.pk])


def form_of(page):
    """The fields of an edit form as the page has them."""
    return {name: field.value() for name, field in ((each.name, each) for each in page.context["form"])}


def test_a_manager_adds_a_webhook_and_sees_its_secret_once(as_manager, manager, workspace):
    page = as_manager.post(CREATE, {"url": "https://crm.example/hooks", "on_call_recorded": "on"})

    made = workspace.webhooks.get()
    (secret,) = re.findall(r'value="(whsec_[^"]+)"', page.text)
    assert encryption.decrypt(made.secret) == secret
    assert (made.kinds, made.created_by) == (["call.recorded"], manager)
    for address in (LIST, page_of(made), page_of(made, "edit")):
        assert "whsec_" not in as_manager.get(address).text
    assert "https://crm.example/hooks" in as_manager.get(LIST).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": "https://crm.example/hooks"}, "Choose at least one kind of event."),
        ({"url": "http://crm.example/hooks", "on_call_recorded": "on"}, "The address has to begin with https://."),
        ({"url": "https://10.0.0.7/", "on_call_recorded": "on"}, "is not on the public internet"),
        ({"url": "", "on_call_recorded": "on"}, "This field is required."),
    ],
)
def test_what_cannot_be_told_is_said(as_manager, fields, said):
    assert said in as_manager.post(CREATE, fields).text
    assert Webhook.objects.count() == 0


def test_a_workspace_has_a_limited_number_of_webhooks(as_manager, make_webhook, workspace):
    webhooks = [make_webhook() for _ in range(MOST_WEBHOOKS)]
    fields = {"url": "https://crm.example/hooks", "on_call_recorded": "on"}

    assert "at most 20 webhooks" in as_manager.post(CREATE, fields).text
    as_manager.post(page_of(webhooks[0], "delete"))
    assert "whsec_" in as_manager.post(CREATE, fields).text


def test_a_manager_edits_a_webhook(as_manager, make_webhook):
    webhook = make_webhook(kinds=["call.recorded"])
    fields = {"version": as_manager.get(page_of(webhook, "edit")).context["form"]["version"].value()}
    fields |= {"url": webhook.url, "description": "CRM", "on_import_done": "on"}

    as_manager.post(page_of(webhook, "edit"), fields)

    webhook.refresh_from_db()
    assert (webhook.description, webhook.kinds) == ("CRM", ["import.done"])


def test_two_managers_who_tick_different_events_are_no_conflict(as_manager, make_webhook):
    webhook = make_webhook(kinds=["call.recorded"])
    version = as_manager.get(page_of(webhook, "edit")).context["form"]["version"].value()
    Webhook.objects.update(kinds=["call.recorded", "import.done"])

    fields = {"version": version, "url": webhook.url, "on_call_recorded": "on", "on_report_frozen": "on"}
    as_manager.post(page_of(webhook, "edit"), fields)

    webhook.refresh_from_db()
    assert webhook.kinds == ["call.recorded", "import.done", "report.frozen"]


def test_stopping_and_starting(as_manager, webhook):
    assert "Stopped" in as_manager.post(page_of(webhook, "switch"), {"to": "stop"}, follow=True).text
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.STOPPED

    as_manager.post(page_of(webhook, "switch"), {"to": "start"})
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.ACTIVE


def test_a_manager_deletes_a_webhook_and_learns_before_what_is_never_sent(as_manager, manager, webhook, workspace):
    send_test(webhook)
    assert "1 event that waits is never sent." in as_manager.get(page_of(webhook)).text

    page = as_manager.post(page_of(webhook, "delete"), follow=True)

    assert "Webhook deleted. Nothing is sent to https://crm.example/hooks any more." in page.text
    assert "No webhooks yet." in page.text
    assert as_manager.get(page_of(webhook)).status_code == 404
    for name in ("edit", "switch", "delete", "rotate", "test", "replay"):
        assert as_manager.post(page_of(webhook, name), {"to": "start"}).status_code == 404, name
    event = workspace.audit_events.get(action="webhook_deleted")
    assert (event.user, event.subject_kind, event.subject_id) == (manager, "webhook", webhook.pk)
    log = as_manager.get(reverse("audit", args=["acme"]))
    assert f"Deleted webhook {webhook.pk}" in log.text


def test_the_page_says_until_when_the_receiver_wants_nothing(as_manager, webhook):
    assert "asked to be sent nothing" not in as_manager.get(page_of(webhook)).text

    Webhook.objects.update(paused_until=now() + timedelta(hours=2))

    assert "The receiver asked to be sent nothing before" in as_manager.get(page_of(webhook)).text


def test_a_new_secret_is_shown_once_and_the_former_one_is_kept_for_a_day(as_manager, webhook):
    page = as_manager.post(page_of(webhook, "rotate"))

    webhook.refresh_from_db()
    (secret,) = re.findall(r'value="(whsec_[^"]+)"', page.text)
    assert encryption.decrypt(webhook.secret) == secret != webhook.plain_secret
    assert encryption.decrypt(webhook.former_secret) == webhook.plain_secret


@pytest.mark.django_db(transaction=True)  # the worker closes connections
def test_a_test_event_is_delivered_by_the_worker_and_its_answer_is_in_the_log(as_manager, receiver, make_webhook):
    webhook = make_webhook(receiver.url)
    receiver.answers.append((202, "Taken & kept", {}))

    as_manager.post(page_of(webhook, "test"))
    call_command("import_worker", "--once", verbosity=0)

    page = as_manager.get(page_of(webhook))
    assert [each.message["type"] for each in receiver.received] == ["webhook.test"]
    assert "202" in page.text
    assert "Taken &amp; kept" in page.text


def test_a_stopped_webhook_is_not_tested(as_manager, webhook):
    assert "Send a test event" in as_manager.get(page_of(webhook)).text
    stop(webhook=webhook, by=None)

    assert "Send a test event" not in as_manager.get(page_of(webhook)).text
    page = as_manager.post(page_of(webhook, "test"), follow=True)
    assert "Nothing is sent while the webhook is stopped." in page.text
    assert webhook.deliveries.count() == 0


def test_what_failed_is_sent_again_one_by_one_or_all(as_manager, make_webhook):
    webhook, other = make_webhook(), make_webhook()
    for each in (webhook, webhook, other):
        send_test(each)
    WebhookDelivery.objects.update(state=DeliveryState.FAILED, attempts=10)
    first = webhook.deliveries.earliest("pk")

    page = as_manager.post(page_of(webhook, "replay"), {"delivery": first.pk}, follow=True)
    assert "1 event is sent again." in page.text
    assert list(webhook.deliveries.filter(state=DeliveryState.WAITING)) == [first]

    foreign = as_manager.post(page_of(webhook, "replay"), {"delivery": other.deliveries.get().pk}, follow=True)
    assert "0 events are sent again." in foreign.text
    as_manager.post(page_of(webhook, "replay"))
    assert webhook.deliveries.filter(state=DeliveryState.WAITING).count() == 2
    assert other.deliveries.get().state == DeliveryState.FAILED


def test_the_log_is_filtered(as_manager, webhook):
    send_test(webhook)
    event = webhook.deliveries.get().event

    assert event.message_id in as_manager.get(page_of(webhook), {"state": "waiting"}).text
    assert event.message_id not in as_manager.get(page_of(webhook), {"state": "failed"}).text
    assert event.message_id not in as_manager.get(page_of(webhook), {"kind": "call.recorded"}).text

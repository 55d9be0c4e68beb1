"""The mail about mentions: each once, to members who want it."""

import json
from datetime import timedelta
from io import StringIO
from smtplib import SMTPServerDisconnected

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils.timezone import now

from campaigns.notes.digest import due, send
from campaigns.notes.services import delete_note, mark_seen, mentions_of, write_note
from markets.workspaces.invitations import remove_member
from tests.factories import ContactFactory


@pytest.fixture
def ann(workspace):
    return ContactFactory(workspace=workspace, full_name="Ann Person")


@pytest.fixture
def note(workspace, ann, caller, manager):
    text = "Ask her on Monday, @Caller & <co>"
    return write_note(workspace=workspace, text=text, by=manager, contact=ann)[0]


@pytest.fixture(autouse=True)
def site(monkeypatch):
    monkeypatch.setattr(settings, "PORTAL_URL", "https://portal.example")


def run(*words):
    out = StringIO()
    call_command("mail_mentions", *words, "--format", "json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue().splitlines()[-1])


def test_a_mention_is_mailed_once_as_text_and_html(note, caller):
    assert run()["sent"] == 1
    assert run() == {"due": 0, "sent": 0, "failed": 0, "mentions": 0, "dry_run": False}

    (message,) = mail.outbox
    assert message.to == [caller.email]
    assert message.subject == "Acme: 1 note mentions you"
    assert "Manager, " in message.body
    assert "about Ann Person:\nAsk her on Monday, @Caller & <co>\n" in message.body
    assert f"https://portal.example/w/acme/notes/{note.pk}/" in message.body
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert "@Caller &amp; &lt;co&gt;" in html


def test_several_mentions_come_in_one_mail(note, workspace, campaign):
    write_note(workspace=workspace, text="@Caller again", by=None, campaign=campaign)

    assert run()["mentions"] == 2

    (message,) = mail.outbox
    assert message.subject == "Acme: 2 notes mention you"
    assert "about Ongoing coverage · M&A -- New York" in message.body


def test_a_dry_run_sends_nothing(note):
    assert run("--dry-run") == {"due": 1, "sent": 0, "failed": 0, "mentions": 0, "dry_run": True}
    assert mail.outbox == []


@pytest.mark.parametrize("reason", ["seen", "deleted", "declined", "left", "inactive", "old"])
def test_whoever_need_not_or_must_not_know_gets_no_mail(workspace, note, caller, manager, reason):
    membership = caller.memberships.get()
    if reason == "seen":
        mark_seen(mentions_of(workspace, caller))
    elif reason == "deleted":
        delete_note(note=note)
    elif reason == "declined":
        workspace.memberships.filter(pk=membership.pk).update(wants_mention_mail=False)
    elif reason == "left":
        remove_member(membership=membership)
    elif reason == "inactive":
        type(caller).objects.filter(pk=caller.pk).update(is_active=False)
    else:
        workspace.notes.update(written_at=now() - timedelta(days=15))

    assert run()["sent"] == 0
    assert mail.outbox == []


def test_a_member_who_leaves_between_finding_and_sending_gets_none(workspace, note, caller):
    (member,) = due(workspace).select_related("workspace")
    workspace.memberships.filter(pk=member.pk).update(wants_mention_mail=False)

    assert send(membership=member, site="https://portal.example") == 0
    assert mail.outbox == []


def test_a_mail_that_fails_is_sent_by_the_next_run(note, monkeypatch):
    def fail(*args):
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", fail)
        with pytest.raises(SystemExit):
            run()

    assert run()["sent"] == 1

"""Each action is recorded by what people really do: here those that no page of a workspace posts (see test_writes)."""

import json
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test import Client, TestCase, override_settings
from django.urls import reverse
from django.utils.timezone import now

from markets.accounts.adapters import AccountAdapter
from markets.accounts.operators import create_operator
from markets.audit.retention import prune_audit_log
from markets.audit.sign_ins import MOST_FAILURES, record_failure
from markets.lifecycle.deletion import delete_workspace
from markets.models import AuditAction, AuditEvent, Workspace
from markets.workspaces import api_tokens
from markets.workspaces.invitations import accept, invite, remove_member
from signals.contacts.erasure import erase
from signals.portability.export import write_workspace
from signals.portability.load import read_workspace
from signals.reporting import roles
from signals.retention.apply import apply_rules
from signals.sharing.links import share
from signals.subject_export.document import export_person
from tests.factories import CampaignFactory, UserFactory, WorkspaceFactory, active_campaign, booked, call, ended_import
from tests.markets.accounts.second_factors import totp
from tests.markets.api.clients import api_client
from tests.markets.audit.posting import EVENTS

PASSWORD = "a long passphrase"
TYPED = "somebody@nowhere.example"


def events(action):
    return AuditEvent.objects.filter(action=action)


@pytest.fixture
def user(manager):
    manager.set_password(PASSWORD)
    manager.save()
    return manager


def sign_in(client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": getattr(user, "email", user), "password": password})


def signed_in(client, user):
    sign_in(client, user)
    event = events("signed_in").get()
    assert (event.user, event.summary, event.workspace) == (user, "Signed in with a password", None)
    assert event.details == {"methods": ["password"], "network": "127.0.0.0/24"}


def sign_in_failed(client, user):
    sign_in(client, user, "wrong")
    sign_in(client, TYPED, "wrong")
    known, unknown = events("sign_in_failed").order_by("pk")
    assert (known.subject_id, known.summary, known.user) == (user.pk, "Wrong password of an account", None)
    assert (unknown.subject_id, unknown.details["known"]) == (None, False)
    assert TYPED not in str(list(AuditEvent.objects.values()))


def signed_out(client, user):
    client.force_login(user)
    client.post(reverse("account_logout"))


def password_changed(client, user):
    sign_in(client, user)
    new = {"oldpassword": PASSWORD, "password1": "another passphrase", "password2": "another passphrase"}
    client.post(reverse("account_change_password"), new)


def email_changed(client, user):
    sign_in(client, user)
    EmailAddress.objects.create(user=user, email="new@team.example", verified=True, primary=False)
    client.post(reverse("account_email"), {"email": "new@team.example", "action_primary": ""})
    assert "team.example" not in str(list(events("email_changed").values()))


def second_factor_changed(client, user):
    sign_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    setup = client.get(reverse("mfa_activate_totp"))
    secret = setup.context["form"].secret
    with override_settings(ACCOUNT_EMAIL_NOTIFICATIONS=False), TestCase.captureOnCommitCallbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": totp(secret)})


def provider_changed(client, user):
    with override_settings(ACCOUNT_EMAIL_NOTIFICATIONS=False):
        AccountAdapter().send_notification_mail("socialaccount/email/account_connected", user)


def operator_created(client, user):
    create_operator(email="ops@portal.example", password=PASSWORD)


def encryption_keys_rotated(client, user):
    TOTP.activate(user, generate_totp_secret())
    with override_settings(ENCRYPTION_KEYS=["another key " * 4]), suppress(SystemExit):
        call_command("rotate_encryption_keys", stdout=StringIO())


def workspace_entered(client, user):
    ops = UserFactory(is_staff=True)
    TOTP.activate(ops, generate_totp_secret())
    client.force_login(ops)
    for _ in range(2):
        client.get(reverse("dashboard", args=["acme"]))
    assert events("workspace_entered").get().user == ops


def contact_viewed(client, user):
    campaign = active_campaign(2, market__workspace=user.memberships.get().workspace)
    one, other = (member.contact for member in campaign.members.all())
    client.force_login(user)
    for name in ("contacts:detail", "contacts:history", "contacts:edit", "contacts:detail"):
        client.get(reverse(name, args=["acme", one.pk]))
    client.head(reverse("contacts:detail", args=["acme", other.pk]))
    assert [each.subject_id for each in events("contact_viewed")] == [one.pk]
    client.get(reverse("campaigns:call", args=["acme", campaign.pk, other.pk]))
    assert {each.subject_id for each in events("contact_viewed")} == {one.pk, other.pk}


def list_exported(client, user):
    client.force_login(user)
    query = {"_export": "csv", "q": "Zelda", "audience": "", "has_phone": "yes"}
    b"".join(client.get(reverse("contacts:list", args=["acme"]), query, follow=True))
    details = events("list_exported").get().details
    assert details["filters"]["q"] == "given"
    assert "Zelda" not in str(details)


def report_exported(client, user):
    campaign = active_campaign(market__workspace=user.memberships.get().workspace)
    client.force_login(user)
    client.get(reverse("campaigns:report", args=["acme", campaign.pk]), {"_export": "xlsx"}).getvalue()


def rejects_downloaded(client, user):
    client.force_login(user)
    job = ended_import(user.memberships.get().workspace, by=user, rejected=1)
    client.get(reverse("imports:rejects", args=["acme", job.pk]))


def link_visited(client, user):
    workspace = user.memberships.get().workspace
    market = CampaignFactory(market__workspace=workspace).market
    _, token = share(thing=market, by=user, label="A", expires_on=workspace.today(), sections=["figures"])
    client.get(reverse("shared_page", args=[token]))


def contact_erased(client, user):
    campaign = active_campaign(1, market__workspace=user.memberships.get().workspace)
    erase(contact=campaign.members.get().contact, by=user, reason="Request 204")


def contact_exported(client, user):
    campaign = active_campaign(1, market__workspace=user.memberships.get().workspace)
    export_person(campaign.members.get().contact, by=user)


def workspace_downloaded(client, user):
    workspace = user.memberships.get().workspace
    export = workspace.workspace_exports.create(state="ready", file=ContentFile(b"a", "a.zip"), size=1, row_count=1)
    client.force_login(user)
    client.get(reverse("workspace_export_file", args=[workspace.slug, export.pk]))


def workspace_deleted(client, user):
    due = {"archived_at": now(), "delete_after": now(), "deletion_requested_by": user}
    delete_workspace(WorkspaceFactory(**due))


def workspace_imported(client, user):
    with TemporaryDirectory() as folder:
        write_workspace(user.memberships.get().workspace, Path(folder) / "a.zip")
        read_workspace(Path(folder) / "a.zip", slug="copy")


def retention_applied(client, user):
    workspace = user.memberships.get().workspace
    call(active_campaign(1, market__workspace=workspace), notes="Old", started_at=now() - timedelta(days=200))
    Workspace.objects.update(notes_kept_months=3)
    apply_rules(Workspace.objects.get(pk=workspace.pk))


def caller_left(client, user):
    workspace = user.memberships.get().workspace
    campaign = active_campaign(1, market__workspace=workspace)
    invitation, _ = invite(workspace=workspace, email="c@team.example", role="caller", by=user)
    caller = UserFactory(email="c@team.example")
    membership = accept(invitation=invitation, user=caller)
    campaign.members.update(assigned_to=caller)
    remove_member(membership=membership, by=user)


def member_joined(client, user):
    caller_left(client, user)


def token_issued(client, user):
    token, _ = api_tokens.issue(workspace=user.memberships.get().workspace, name="Dialer", by=user)
    api_tokens.revoke(token=token, by=user)


token_revoked = token_issued


def reporting_given(client, user):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no roles")
    roles.allow(workspace=user.memberships.get().workspace, name="somebody")


def reporting_revoked(client, user):
    reporting_given(client, user)
    roles.disallow(name="somebody")


def admin_added(client, user):
    ops = UserFactory(is_staff=True, is_superuser=True)
    TOTP.activate(ops, generate_totp_secret())
    client.force_login(ops)
    added = {"email": "zelda@team.example", "usable_password": "false"}
    inline = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    client.post(reverse("admin:markets_user_add"), added | inline)


def admin_changed(client, user):
    ops = UserFactory(is_staff=True, is_superuser=True)
    TOTP.activate(ops, generate_totp_secret())
    client.force_login(ops)
    membership = user.memberships.get()
    url = reverse("admin:markets_membership_change", args=[membership.pk])
    client.post(url, {"role": "manager", "wants_weekly_mail": ""})
    event = events("admin_changed").get()
    assert (event.user, event.workspace, event.subject_id) == (ops, membership.workspace, membership.pk)


def admin_deleted(client, user):
    ops = UserFactory(is_staff=True)
    TOTP.activate(ops, generate_totp_secret())
    client.force_login(ops)
    draft = CampaignFactory(market__workspace=user.memberships.get().workspace)
    client.post(reverse("admin:campaigns_campaign_delete", args=[draft.pk]), {"post": "yes"})


def log_pruned(client, user):
    AuditEvent.objects.create(action="signed_out", summary="Old", happened_at=now() - timedelta(days=999))
    prune_audit_log(now() - timedelta(days=9))


BY_PAGES = set(EVENTS.values())


def meeting_changed(client, user):
    meeting = booked(active_campaign())
    crm = api_client(meeting.workspace)
    crm.request("PATCH", f"meetings/{meeting.pk}", {"status": "cancelled", "reason": TYPED})
    event = events("meeting_changed").get()
    assert (event.user, event.summary, event.subject_id) == (None, "Changed a meeting", meeting.pk)
    assert event.details == {"api_token": meeting.workspace.api_tokens.get().pk}


OTHERS = [action for action in AuditAction if action.value not in BY_PAGES]


@pytest.mark.parametrize("action", OTHERS)
def test_an_action_leaves_its_event(client, user, action):
    globals()[action.value](client, user)

    event = events(action).latest("pk")
    assert event.label == action.label
    assert "@" not in event.summary


def test_every_action_is_tried():
    assert [each for each in OTHERS if each.value not in globals()] == []
    assert set(AuditAction.values) >= BY_PAGES


def test_a_wrong_second_factor_is_recorded_and_the_right_one_says_how(client, user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert events("sign_in_failed").get().summary == "Wrong code of an account"
    assert not events("signed_in").exists()

    client.post(reverse("mfa_authenticate"), {"code": totp(secret)})

    assert events("signed_in").get().summary == "Signed in with a password and an authenticator app"


def test_a_wrong_passkey_is_recorded_alone_and_as_second_factor(client, user):
    credential = {"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "MQ"}}
    for posted in ("[1]", json.dumps(credential)):
        client.post(reverse("mfa_login_webauthn"), {"credential": posted})
    TOTP.activate(user, generate_totp_secret())
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"credential": "[1]"})

    *alone, second = events("sign_in_failed").order_by("pk")
    assert [(each.summary, each.subject_id) for each in alone] == 2 * [("Wrong passkey for no known account", None)]
    assert (second.summary, second.subject_id) == ("Wrong passkey of an account", user.pk)


def test_sessions_ended_elsewhere_are_recorded_once_for_all(client, user):
    sign_in(client, user)
    for _ in range(3):
        sign_in(Client(), user)
    one = UserSession.objects.latest("pk")
    for posted in (one.pk, "others", "others", "x"):
        client.post(reverse("account_sessions"), {"session": posted})

    assert [(each.user, each.summary) for each in events("signed_out").order_by("pk")] == [
        (user, "Signed out of a session elsewhere"),
        (user, "Signed out of 2 sessions elsewhere"),
    ]


def test_a_flood_of_failures_does_not_fill_the_log(rf, db):
    request = rf.post("/", REMOTE_ADDR="2001:db8::7")
    for _ in range(MOST_FAILURES + 20):
        record_failure(request, None, "password")

    assert events("sign_in_failed").count() <= 2 * MOST_FAILURES
    assert events("sign_in_failed").first().details["network"] == "2001:db8::/48"

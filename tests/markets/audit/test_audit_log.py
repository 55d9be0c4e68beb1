"""The audit log shows managers who exported, shared and changed what, where no other row tells it."""

import pytest
from django.urls import reverse

from markets.models import AuditEvent
from markets.workspaces.audit import record_event
from markets.workspaces.invitations import accept, change_role, invite, remove_member, revoke
from signals.contacts.erasure import erase
from tests.factories import MembershipFactory, UserFactory, WorkspaceFactory, active_campaign, call
from tests.reading import metric
from tests.test_safe_methods import read_only_database

AUDIT = reverse("audit", args=["acme"])


def summaries(workspace):
    return list(workspace.audit_events.order_by("pk").values_list("action", "summary"))


@pytest.mark.parametrize(("kind", "word"), [("csv", "CSV"), ("xlsx", "XLSX")])
def test_an_export_is_one_event_with_its_rows(as_viewer, campaign, viewer, kind, word):
    for _ in range(3):
        call(campaign)

    answer = as_viewer.get(reverse("calls:list", args=["acme"]), {"_export": kind, "disposition": "no_answer"})

    assert answer.status_code == 200
    assert answer.getvalue()
    (event,) = campaign.workspace.audit_events.filter(action="list_exported")
    assert (event.user, event.action) == (viewer, "list_exported")
    assert event.summary == f"Exported 3 calls by 1 filter as {word}"
    assert event.details == {"list": "calls", "rows": 3, "format": kind, "filters": {"disposition": "no_answer"}}


def test_a_page_its_head_and_an_export_that_is_refused_are_none(as_viewer, campaign):
    url = reverse("calls:list", args=["acme"])
    as_viewer.get(url)
    as_viewer.get(url, {"_export": "exe"})
    as_viewer.get(url, {"_export": "csv", "disposition": "spoke"})
    as_viewer.head(url, {"_export": "csv"})

    assert not AuditEvent.objects.filter(action="list_exported").exists()


def test_a_list_is_exported_from_a_read_only_database(as_viewer, campaign, caplog):
    with read_only_database():
        answer = as_viewer.get(reverse("contacts:list", args=["acme"]), {"_export": "csv"})
        assert b"Name" in answer.getvalue()

    assert "was not recorded" in caplog.text
    assert not AuditEvent.objects.filter(action="list_exported").exists()


def test_what_happens_to_the_team_is_recorded_without_names(workspace, manager):
    invitation, _ = invite(workspace=workspace, email="ann@people.example", role="viewer", by=manager)
    ann = UserFactory(email="ann@people.example")
    membership = accept(invitation=invitation, user=ann)
    change_role(membership=membership, role="caller", by=manager)
    membership.refresh_from_db()
    change_role(membership=membership, role="caller", by=manager)
    remove_member(membership=membership, by=manager)
    other, _ = invite(workspace=workspace, email="bob@people.example", role="manager", by=manager)
    revoke(invitation=other, by=manager)

    assert summaries(workspace) == [
        ("member_invited", "Invited somebody as viewer"),
        ("member_joined", "Joined as viewer"),
        ("role_changed", "Changed the role from viewer to caller"),
        ("member_removed", "Removed a caller"),
        ("member_invited", "Invited somebody as manager"),
        ("invitation_revoked", "Revoked an invitation"),
    ]


def test_the_page_names_whom_an_event_is_about(as_manager, campaign, manager):
    ours = campaign.workspace
    former = MembershipFactory(workspace=ours, role="caller", user__first_name="Former", user__last_name="Caller")
    remove_member(membership=former, by=manager)
    record_event(
        workspace=campaign.workspace, user=None, action="callers_changed", summary="Two callers", subject=campaign
    )

    page = as_manager.get(AUDIT)

    assert metric(page, "rows") == 3  # with the status of the campaign
    body = page.content.decode()
    assert "Former Caller" in body
    assert "Removed a caller" in body
    assert "Callers changed" in body
    assert reverse("campaigns:detail", args=["acme", campaign.pk]) in body


def test_the_list_is_filtered_by_action_user_and_day_and_exported(as_manager, workspace, manager):
    for action in ("link_made", "link_revoked"):
        record_event(workspace=workspace, user=manager, action=action, summary=action)
    record_event(workspace=workspace, user=None, action="link_made", summary="By the portal")

    def rows(**query):
        return metric(as_manager.get(AUDIT, query), "rows")

    assert rows() == 3
    assert rows(action="link_made") == 2
    assert rows(action="link_made", user=manager.pk) == 1
    assert rows(**{"from": workspace.today().isoformat()}) == 3
    assert rows(to="2026-01-01") == 0
    exported = as_manager.get(AUDIT, {"_export": "csv"}).getvalue().decode()
    assert "By the portal" in exported
    assert rows(action="list_exported") == 1


def test_events_and_users_of_other_workspaces_are_not_offered(as_manager, workspace):
    other = active_campaign(market__workspace=WorkspaceFactory()).workspace
    stranger = MembershipFactory(workspace=other, user__first_name="Stranger").user
    record_event(workspace=other, user=stranger, action="token_issued", summary="Theirs")

    page = as_manager.get(AUDIT)

    assert metric(page, "rows") == 0
    assert "Stranger" not in page.content.decode()
    assert "Theirs" not in page.content.decode()


def test_ops_staff_export_the_whole_log_and_that_is_recorded(as_ops, workspace, manager):
    record_event(workspace=workspace, user=manager, action="role_changed", summary="Of a workspace", subject=manager)
    record_event(workspace=None, user=manager, action="signed_in", summary="Of no workspace", subject=manager)
    url = reverse("admin:markets_auditevent_changelist")
    assert "_export=csv" in as_ops.get(url).text
    answer = as_ops.get(url, {"_export": "csv"})
    signed_in = as_ops.get(url, {"_export": "csv", "action": "signed_in"}).getvalue().decode()

    lines = answer.getvalue().decode().splitlines()
    assert "Of a workspace" in "".join(lines)
    assert "Of no workspace" in "".join(lines)
    assert "Of a workspace" not in signed_in
    assert [each.workspace for each in AuditEvent.objects.filter(action="list_exported")] == [None, None]


def test_what_belongs_to_no_workspace_is_shown_to_no_manager(as_manager, workspace, manager):
    record_event(workspace=None, user=manager, action="signed_in", summary="Signed in with a password", subject=manager)

    page = as_manager.get(AUDIT)

    assert metric(page, "rows") == 0
    assert "Signed in" not in page.content.decode()


def test_an_erased_person_has_no_name_in_the_log(as_manager, campaign, manager):
    contact = campaign.members.first().contact
    name = contact.full_name
    as_manager.get(reverse("contacts:detail", args=["acme", contact.pk]))
    assert name in as_manager.get(AUDIT, {"action": "contact_viewed"}).content.decode()

    erase(contact=contact, by=manager, reason="Request 204")

    page = as_manager.get(AUDIT, {"about": "contact"}).content.decode()
    assert name not in page
    assert "Erased person" in page
    assert name not in as_manager.get(AUDIT, {"_export": "csv"}).getvalue().decode()

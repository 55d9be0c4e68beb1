"""Who is let into a workspace, and what is noted of it."""

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils.timezone import now

from markets.models import AuditEvent, Role
from markets.workspaces.access import Access, get_access, is_ops, queue_url
from tests.factories import MembershipFactory, UserFactory, WorkspaceFactory

PEOPLE = reverse("contacts:list", args=["acme"])


def entries():
    return AuditEvent.objects.filter(action="workspace_entered").count()


def test_operations_staff_are_active_staff_with_a_second_factor(ops):
    assert is_ops(ops)
    assert not is_ops(UserFactory(is_staff=True))
    for field in ("is_active", "is_staff"):
        setattr(ops, field, False)
        assert not is_ops(ops)
        setattr(ops, field, True)


def test_operations_staff_open_the_workspace_of_the_address_and_no_other(ops, workspace):
    other = WorkspaceFactory()

    assert [get_access(each.slug, ops).workspace for each in (workspace, other)] == [workspace, other]
    with pytest.raises(Http404):
        get_access("no-such-workspace", ops)


def test_an_archived_workspace_admits_managers_and_operations_staff_alone(caller, manager, ops, workspace):
    workspace.archived_at = now()
    workspace.save()

    with pytest.raises(Http404):
        get_access("acme", caller)
    assert [get_access("acme", user).workspace for user in (manager, ops)] == [workspace, workspace]


def test_a_member_of_two_workspaces_has_the_role_of_each(caller, workspace):
    other = MembershipFactory(user=caller, role="manager").workspace

    assert [get_access(each.slug, caller).role for each in (workspace, other)] == [Role.CALLER, Role.MANAGER]


def test_operations_staff_who_are_no_members_are_recorded_when_they_visit(as_ops, ops, workspace):
    as_ops.get(PEOPLE, headers={"Sec-Purpose": "prefetch"})
    assert entries() == 0

    as_ops.get(PEOPLE)
    assert entries() == 1


def test_members_come_and_go_without_an_event(as_viewer):
    as_viewer.get(PEOPLE)

    assert entries() == 0


def test_an_empty_parameter_is_left_out_of_the_address(as_viewer):
    assert as_viewer.get(PEOPLE, {"q": "", "sort": "name"})["Location"] == f"{PEOPLE}?sort=name"


def test_the_only_queue_opens_the_next_person_for_who_may_call(campaign):
    pages = {role: queue_url(Access(campaign.workspace, role, None)) for role in (Role.VIEWER, Role.CALLER)}

    assert pages == {
        Role.VIEWER: reverse("campaigns:queue", args=["acme", campaign.pk]),
        Role.CALLER: reverse("campaigns:next", args=["acme", campaign.pk]),
    }

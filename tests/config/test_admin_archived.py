"""An archived workspace in the admin: its rows are shown and not changed, on every page that there is."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.utils.timezone import now

from config.admin_permissions import archived_workspace
from markets.models import AuditEvent, CustomField, Invitation, Membership, User, Workspace
from tests.config.admin_rows import MODELS, one_of_each, path
from tests.factories import ContactFactory, MembershipFactory, UserFactory, WorkspaceFactory

SENTENCE = "is archived, so nothing in it can be changed. Bring it back first"
STILL_DONE = {"markets_workspace_archive", "markets_workspace_bring_back", "markets_contact_erase"}


@pytest.fixture
def rows(campaign, ops):
    """One of every model, and the workspace they belong to is archived. Users belong to none."""
    rows = one_of_each(campaign, ops)
    rows[AuditEvent] = campaign.workspace.audit_events.first()
    Workspace.objects.filter(pk=campaign.workspace_id).update(archived_at=now())
    return {model: model.objects.get(pk=row.pk) for model, row in rows.items() if model is not User}


def stored(row):
    return type(row).objects.filter(pk=row.pk).values().get()


def actions_of(model):
    page = admin.site._registry[model]
    return [each.action_name for each in page._get_base_actions_detail()]


def test_no_page_may_change_or_delete_a_row(ops, rows):
    request = RequestFactory().get("/admin/")
    request.user = ops
    pages = {model: admin.site._registry[model] for model in rows}

    def allowed():
        return {
            model.__name__
            for model, page in pages.items()
            for asked in (page.has_change_permission, page.has_delete_permission)
            if asked(request, model.objects.get(pk=rows[model].pk))
        }

    assert set(pages) == set(MODELS) - {User} == set(admin.site._registry) - {User}
    assert all(archived_workspace(row) for row in rows.values())
    assert allowed() == set()
    Workspace.objects.update(archived_at=None)
    assert {"Workspace", "Campaign", "Contact", "Meeting", "Membership", "CustomField"} <= allowed()  # the control


def test_each_row_is_shown_with_the_reason_and_not_saved(as_ops, rows):
    for model, row in rows.items():
        page = as_ops.get(path(model, "change", row.pk))
        assert page.status_code == 200, model
        assert f"Acme {SENTENCE}" in page.text, model
        assert 'name="_save"' not in page.text, model

        before = stored(row)
        for address in ("change", "delete"):
            answer = as_ops.post(path(model, address, row.pk), {"name": "New", "role": "viewer", "post": "yes"})
            assert answer.status_code == 403, (model, address)
        assert stored(row) == before, model


def test_only_bringing_back_and_erasing_can_still_be_done(as_ops, rows):
    done = set()
    for model, row in rows.items():
        page = as_ops.get(path(model, "change", row.pk)).text
        for name in actions_of(model):
            address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/"
            address += name.removeprefix(f"{model._meta.app_label}_{model._meta.model_name}_").replace("_", "-") + "/"
            assert (address in page) == (name in STILL_DONE), name
            answer = as_ops.get(address)
            if answer.status_code == 200:
                done.add(name)
                continue
            assert answer.status_code == 403, name
            before = stored(row)
            assert as_ops.post(address, {"reason": "Because"}).status_code == 403, name
            assert stored(row) == before, name
    assert done == STILL_DONE


def test_nothing_is_added_to_it(as_ops, rows, campaign):
    """Pages that add, each with the archived workspace as the only mistake; the second time it is the control."""
    user, key = UserFactory(), campaign.workspace_id
    adding = {
        Membership: {"workspace": key, "user": user.pk, "role": "viewer"},
        CustomField: {"workspace": key, "name": "Hat size", "kind": "text", "position": "3"},
        Invitation: {"workspace": key, "email": "late@portal.example", "role": "viewer"},
    }
    for is_archived in (True, False):
        for model, fields in adding.items():
            count = model.objects.count()
            page = as_ops.post(path(model, "add"), fields)
            assert ("Nothing can be added to an archived workspace" in page.text) == is_archived, model
            assert model.objects.count() == count + (not is_archived), model
        Workspace.objects.update(archived_at=None)


def test_each_page_that_adds_offers_no_archived_workspace(ops, rows):
    request = RequestFactory().get("/admin/")
    request.user = ops
    other = WorkspaceFactory()
    offered = {}
    for model, page in admin.site._registry.items():
        if page.has_add_permission(request) and model not in (Workspace, User):
            offered[model.__name__] = set(page.get_form(request)().fields["workspace"].queryset)

    assert len(offered) >= 7
    assert {name for name, found in offered.items() if found != {other}} == set()


def test_nobody_becomes_a_member_of_it_on_the_page_of_a_user(as_ops, rows, campaign):
    user = MembershipFactory().user
    fields = {
        **{"email": user.email, "first_name": "A", "last_name": "B", "language": "", "is_active": "on"},
        **{"memberships-TOTAL_FORMS": "2", "memberships-INITIAL_FORMS": "1", "memberships-MIN_NUM_FORMS": "0"},
        **{"memberships-0-id": user.memberships.get().pk, "memberships-0-user": user.pk},
        **{"memberships-1-workspace": campaign.workspace_id, "memberships-1-user": user.pk},
        "memberships-1-role": "viewer",
    }
    page = as_ops.post(path(User, "change", user.pk), fields)
    assert "Nothing can be added to an archived workspace" in page.text
    assert user.memberships.count() == 1

    Workspace.objects.update(archived_at=None)
    as_ops.post(path(User, "change", user.pk), fields)
    assert user.memberships.count() == 2


def test_a_person_is_erased_and_the_workspace_brought_back(as_ops, rows, campaign):
    contact = ContactFactory(workspace=campaign.workspace)

    as_ops.post(f"/admin/markets/contact/{contact.pk}/erase/", {"reason": "Request 205"})
    as_ops.post(f"/admin/markets/workspace/{campaign.workspace_id}/bring-back/")

    assert campaign.workspace.erasures.filter(contact=contact).exists()
    assert not Workspace.objects.get(pk=campaign.workspace_id).archived_at

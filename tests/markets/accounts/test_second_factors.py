"""Workspaces that require a second factor of their members."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from markets.accounts.second_factors import members_without, require_second_factor
from markets.models import AuditEvent
from markets.workspaces import api_tokens
from tests.access_rows import ROWS
from tests.factories import PASSWORD, MembershipFactory
from tests.markets.accounts.second_factors import totp

PAGE = "/w/acme/"
SETTINGS = reverse("settings", args=["acme"])
RULE = reverse("settings_second_factor", args=["acme"])
NEEDED = "Acme needs a second factor"


def set_up(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


@pytest.fixture
def strict(workspace):
    workspace.requires_second_factor = True
    workspace.save()
    return workspace


class TestTheRule:
    def test_a_member_without_one_sees_what_to_do_instead(self, as_viewer, strict):
        answer = as_viewer.get(PAGE)

        assert answer.status_code == 403
        assert NEEDED in answer.content.decode()
        assert reverse("mfa_activate_totp") in answer.content.decode()

    def test_the_control_without_the_rule_the_page_opens(self, as_viewer, workspace):
        assert as_viewer.get(PAGE).status_code == 200

    @pytest.mark.parametrize("row", [row for row in ROWS if not row.ids], ids=lambda row: row.name)
    def test_every_page_stays_closed(self, as_manager, strict, row):
        for method in row.methods.split():
            answer = as_manager.generic(method, reverse(row.name, args=["acme"]))

            assert answer.status_code == 403
            assert NEEDED in answer.content.decode()

    def test_exports_stay_closed(self, as_manager, strict, campaign):
        assert as_manager.get(reverse("contacts:list", args=["acme"]) + "?_export=csv").status_code == 403

    def test_a_fragment_loads_its_page_anew(self, as_manager, strict):
        answer = as_manager.get(reverse("calls:list", args=["acme"]), headers={"HX-Request": "true"})

        assert (answer.status_code, answer.headers["HX-Refresh"], answer.content) == (403, "true", b"")

    def test_an_outsider_learns_nothing(self, client, strict, outsider):
        client.force_login(outsider)

        assert client.get(PAGE).status_code == 404

    def test_account_pages_and_other_workspaces_stay_open(self, as_viewer, strict, viewer):
        MembershipFactory(user=viewer, workspace__slug="other")

        assert as_viewer.get("/w/other/").status_code == 200
        assert as_viewer.get(reverse("mfa_index")).status_code == 200

    def test_a_member_sets_one_up_and_goes_on(self, client, strict, viewer):
        client.force_login(viewer)
        client.get(PAGE)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        session = client.session
        session["signed_in_at"] = 9_999_999_999  # has just signed in
        session.save()
        secret = client.get(reverse("mfa_activate_totp")).context["form"].secret

        page = client.post(reverse("mfa_activate_totp"), {"code": totp(secret)}, follow=True).content.decode()

        assert f'href="{PAGE}">Go on to Acme' in page
        assert client.get(PAGE).status_code == 200

    def test_who_removes_it_is_asked_again(self, as_viewer, strict, viewer):
        set_up(viewer)
        assert as_viewer.get(PAGE).status_code == 200

        viewer.authenticator_set.all().delete()

        assert as_viewer.get(PAGE).status_code == 403

    def test_it_costs_one_statement_and_none_where_it_is_not_required(self, as_viewer, viewer, workspace):
        set_up(viewer)
        url = reverse("tags:list", args=["acme"])
        as_viewer.get(url)

        def statements():
            with CaptureQueriesContext(connection) as queries:
                as_viewer.get(url)
            return [query["sql"] for query in queries if "mfa_authenticator" in query["sql"]]

        assert statements() == []
        workspace.requires_second_factor = True
        workspace.save()
        assert len(statements()) == 1

    def test_tokens_of_the_api_need_none(self, client, strict, manager):
        _, secret = api_tokens.issue(workspace=strict, name="Dialer", by=manager)

        answer = client.post(
            reverse("api:calls", args=["acme"]),
            {"calls": []},
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )

        assert answer.status_code != 403


class TestManagersDecide:
    def test_a_manager_with_one_requires_it_of_all(self, as_manager, manager, viewer, workspace):
        set_up(manager)
        page = as_manager.get(SETTINGS).content.decode()
        assert "Without one so far: Viewer" in " ".join(page.split())

        page = as_manager.post(RULE, {"required": "1"}, follow=True).content.decode()

        workspace.refresh_from_db()
        assert workspace.requires_second_factor
        assert "Members now need a second factor." in page
        event = AuditEvent.objects.get(workspace=workspace, action="setting_changed")
        assert (event.user, event.summary) == (manager, "Required a second factor of all members")

    def test_a_manager_without_one_would_be_locked_out_and_is_refused(self, as_manager, workspace):
        page = as_manager.post(RULE, {"required": "1"}, follow=True).content.decode()

        workspace.refresh_from_db()
        assert not workspace.requires_second_factor
        assert "Set up a second factor of your own first" in page

    def test_it_is_taken_back(self, as_manager, manager, strict):
        set_up(manager)

        as_manager.post(RULE, {"required": "0"})
        as_manager.post(RULE, {"required": "0"})

        strict.refresh_from_db()
        assert not strict.requires_second_factor
        assert AuditEvent.objects.filter(action="setting_changed").count() == 1

    def test_of_two_managers_one_changes_it(self, manager, workspace):
        set_up(manager)
        stale = type(workspace).objects.get()

        assert require_second_factor(workspace=workspace, required=True, by=manager)
        assert not require_second_factor(workspace=stale, required=True, by=manager)

    def test_the_domain_refuses_it_too(self, manager, workspace):
        with pytest.raises(ValidationError, match="lock yourself out"):
            require_second_factor(workspace=workspace, required=True, by=manager)

    def test_who_has_none_is_known(self, workspace, manager, viewer):
        set_up(manager)
        MembershipFactory(workspace=workspace, user__is_active=False)

        assert members_without(workspace) == [viewer]


def test_ops_come_from_the_admin_and_go_back_there(client, manager):
    manager.is_staff = manager.is_superuser = True
    manager.save()
    client.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})
    client.force_login(manager)
    session = client.session
    session["signed_in_at"] = 9_999_999_999
    session.save()

    page = client.get("/admin/", follow=True)

    assert "The admin takes a second factor" in page.content.decode()
    secret = page.context["form"].secret
    page = client.post(reverse("mfa_activate_totp"), {"code": totp(secret)}, follow=True).content.decode()
    assert 'href="/admin/">Go on to the admin' in page
    assert client.get("/admin/").status_code == 200

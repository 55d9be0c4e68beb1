"""Users, memberships and invitations in the admin."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from markets.models import Invitation, Membership, User
from tests.config.admin_rows import one_of_each, path
from tests.factories import UserFactory


@pytest.fixture
def rows(campaign, ops):
    return one_of_each(campaign, ops)


def test_an_invitation_goes_out_and_its_link_is_shown_once(
    as_ops, workspace, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = as_ops.post(
            path(Invitation, "add"),
            {"workspace": workspace.pk, "email": "New@Firm.example", "role": "caller"},
            follow=True,
        )

    (mail,) = mailoutbox
    link = next(word for word in mail.body.split() if word.startswith("http://testserver/invitations/"))
    assert mail.to == ["new@firm.example"]
    assert link in page.content.decode()
    assert link not in as_ops.get(path(Invitation, "changelist")).content.decode()
    again = as_ops.post(
        path(Invitation, "add"), {"workspace": workspace.pk, "email": "new@firm.example", "role": "viewer"}
    )
    assert "has an open invitation" in again.content.decode()


def test_an_invitation_is_revoked_not_deleted(as_ops, rows):
    url = reverse("admin:markets_invitation_revoke", args=[rows[Invitation].pk])

    as_ops.post(url)

    assert not Invitation.objects.pending().exists()
    assert "was revoked" in as_ops.post(url).content.decode()


def test_the_last_manager_stays_a_manager(as_ops, workspace, manager):
    membership = manager.memberships.get()

    demoted = as_ops.post(path(Membership, "change", membership.pk), {"role": "viewer"})
    deleted = as_ops.post(path(Membership, "delete", membership.pk), {"post": "yes"})

    membership.refresh_from_db()
    assert membership.role == "manager"
    for answer in (demoted, deleted):
        assert "only manager" in answer.content.decode()


NO_MEMBERSHIPS = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}


def test_a_user_is_made_by_email_with_a_verified_address(as_ops):
    new = {"email": "Someone@Firm.example", "usable_password": "false", **NO_MEMBERSHIPS}

    as_ops.post(path(User, "add"), new)
    again = as_ops.post(path(User, "add"), new)

    user = User.objects.get(email="someone@firm.example")
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert "Somebody else signs in with" in again.content.decode()


def test_only_superusers_say_who_is_staff(client, as_ops, ops, caller):
    posted = {"email": caller.email, "first_name": "C", "is_active": "on", "is_staff": "on", "is_superuser": "on"}

    as_ops.post(path(User, "change", caller.pk), {**posted, **NO_MEMBERSHIPS})
    caller.refresh_from_db()
    assert (caller.first_name, caller.is_staff, caller.is_superuser) == ("C", False, False)

    other_staff = UserFactory(is_staff=True)
    assert as_ops.post(path(User, "change", other_staff.pk), {**posted, **NO_MEMBERSHIPS}).status_code == 403
    assert as_ops.get(f"/admin/markets/user/{other_staff.pk}/password/").status_code == 403
    reset = reverse("admin:markets_user_reset_second_factor", args=[other_staff.pk])
    assert as_ops.post(reset).status_code == 403

    User.objects.filter(pk=ops.pk).update(is_superuser=True)
    as_ops.post(path(User, "change", caller.pk), {**posted, **NO_MEMBERSHIPS})
    caller.refresh_from_db()
    assert caller.is_staff


def test_an_address_that_is_changed_is_the_only_one_that_signs_in(as_ops, caller):
    as_ops.post(path(User, "change", caller.pk), {"email": "fresh@firm.example", "is_active": "on", **NO_MEMBERSHIPS})

    assert list(EmailAddress.objects.filter(user=caller).values_list("email", "verified", "primary")) == [
        ("fresh@firm.example", True, True)
    ]

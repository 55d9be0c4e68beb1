"""How people get in: from the link in an invitation to the dashboard, and every way in which that is refused."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.timezone import now

from markets.models import Invitation, Membership, User
from markets.workspaces.invitations import accept, change_role, invite, remove_member, revoke, send_invitation
from tests.factories import PASSWORD, MembershipFactory, UserFactory

GOOD = "a long enough secret"


def invited(workspace, email="ann@firm.example", role="caller", by=None):
    return invite(workspace=workspace, email=email, role=role, by=by)


def sign_up(client, **fields):
    filled = {"first_name": "Ann", "last_name": "Lee", "password1": GOOD, "password2": GOOD}
    return client.post(reverse("account_signup"), filled | fields)


def sign_in(client, user, password=PASSWORD, **fields):
    return client.post(reverse("account_login"), {"login": user.email, "password": password, **fields})


def test_names_are_asked_at_sign_up_and_shown(client, workspace):
    _, path = invited(workspace)
    client.get(path)

    without = sign_up(client, first_name=" ")
    assert without.context["form"].errors == {"first_name": ["This field is required."]}
    sign_up(client, first_name=" Ann  Mary ", last_name="Lee")

    assert str(User.objects.get(email="ann@firm.example")) == "Ann Mary Lee"


def test_a_new_address_goes_from_the_link_to_the_dashboard(client, workspace, manager):
    invitation, link = invited(workspace, by=manager)

    page = client.get(link).content.decode()
    assert "Manager" in page
    assert "Join Acme" in page
    form_url = reverse("account_signup") + "?next=/w/acme/"
    assert form_url in page
    assert "ann@firm.example" in client.get(form_url).content.decode()
    answer = sign_up(client, next="/w/acme/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/w/acme/")
    membership = Membership.objects.get(user__email="ann@firm.example")
    assert (membership.workspace, membership.role) == (workspace, "caller")
    assert EmailAddress.objects.get(user=membership.user).verified
    assert client.get("/w/acme/").status_code == 200
    invitation.refresh_from_db()
    assert invitation.accepted_at


def test_another_address_that_is_posted_is_ignored(client, workspace):
    _, link = invited(workspace)
    client.get(link)

    sign_up(client, email="mallory@evil.example")

    assert list(User.objects.values_list("email", flat=True)) == ["ann@firm.example"]


def test_posted_roles_and_rights_are_ignored(client, workspace):
    _, link = invited(workspace, role="viewer")
    client.get(link)

    sign_up(client, role="manager", is_staff="on", is_superuser="on", workspace="1")

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.memberships.get().role) == (False, False, "viewer")


def test_without_an_invitation_sign_up_is_closed(client, db):
    page = client.get(reverse("account_signup"))
    sign_up(client, email="mallory@evil.example")

    assert "By invitation only" in page.content.decode()
    assert not User.objects.exists()


def test_a_link_works_once(client, workspace):
    _, link = invited(workspace)
    client.get(link)
    sign_up(client)
    client.logout()

    again = client.get(link)

    assert again.status_code == 410
    assert "used already" in again.content.decode()
    assert "By invitation only" in client.get(reverse("account_signup")).content.decode()


def test_who_joined_already_is_taken_to_the_dashboard(client, workspace):
    _, link = invited(workspace)
    client.get(link)
    sign_up(client)

    assert client.get(link).headers["Location"] == "/w/acme/"


def test_who_has_left_is_not_taken_to_the_dashboard_for_being_a_member_elsewhere(client, workspace):
    _, link = invited(workspace)
    client.get(link)
    sign_up(client)
    membership = Membership.objects.get()
    MembershipFactory(user=membership.user)
    remove_member(membership=membership)

    assert client.get(link).status_code == 410


@pytest.mark.parametrize("end", ["expired", "revoked", "archived"])
def test_a_link_that_ran_out_says_so_and_opens_nothing(client, workspace, end):
    invitation, link = invited(workspace)
    client.get(link)
    if end == "expired":
        Invitation.objects.update(expires_at=now() - timedelta(seconds=1))
    elif end == "revoked":
        revoke(invitation=invitation, by=None)
    else:
        workspace.archived_at = now()
        workspace.save()

    sign_up(client)
    page = client.get(link)

    assert page.status_code == 410
    assert "has run out" in page.content.decode()
    assert not User.objects.exists()


def test_a_link_that_never_was_is_not_found(client, db):
    assert client.get(reverse("invitation", args=["x" * 43])).status_code == 404


def test_who_has_an_account_signs_in_and_joins(client, workspace):
    user = UserFactory()
    _, link = invited(workspace, email=user.email)

    page = client.get(link).content.decode()
    assert f"{reverse('account_login')}?next={link}" in page
    assert sign_in(client, user, next=link).headers["Location"] == link
    assert "Join Acme" in client.get(link).content.decode()
    answer = client.post(link)

    assert answer.headers["Location"] == "/w/acme/"
    assert user.memberships.get().role == "caller"


def test_somebody_else_cannot_take_an_invitation(client, workspace):
    mallory = UserFactory()
    _, link = invited(workspace)
    client.force_login(mallory)

    page = client.post(link).content.decode()

    assert f"you are signed in as {mallory.email}" in page
    assert not mallory.memberships.exists()
    with pytest.raises(ValidationError, match="you are signed in as"):
        accept(invitation=Invitation.objects.get(), user=mallory)


def test_a_stranger_cannot_accept_by_sending(client, workspace):
    _, link = invited(workspace)

    assert client.post(link).status_code == 200
    assert not Membership.objects.exists()


def test_the_page_of_a_link_is_kept_nowhere(client, workspace):
    _, link = invited(workspace)

    headers = client.get(link).headers

    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_mail_says_who_invites_to_what(workspace, manager, mailoutbox):
    invitation, link = invited(workspace, by=manager)

    send_invitation(invitation, f"https://portal.example{link}")

    (mail,) = mailoutbox
    assert mail.to == ["ann@firm.example"]
    assert "Manager invites you to join Acme on Client Portal as a caller." in mail.body
    assert f"https://portal.example{link}" in mail.body


def test_nobody_is_invited_twice(workspace, manager):
    invited(workspace)

    with pytest.raises(ValidationError, match="has an open invitation"):
        invited(workspace, email="ANN@firm.example")
    with pytest.raises(ValidationError, match="is a member of Acme already"):
        invited(workspace, email=manager.email)

    Invitation.objects.update(expires_at=now() - timedelta(days=1))
    invited(workspace)
    assert Invitation.objects.pending().count() == 1


def test_a_workspace_keeps_a_manager(workspace, manager):
    membership = manager.memberships.get()
    MembershipFactory(role="manager")  # of another workspace

    with pytest.raises(ValidationError, match="only manager"):
        change_role(membership=membership, role="viewer")
    with pytest.raises(ValidationError, match="only manager"):
        remove_member(membership=membership)

    MembershipFactory(workspace=workspace)
    change_role(membership=membership, role="viewer")
    assert Membership.objects.get(pk=membership.pk).role == "viewer"

"""The command that creates a workspace and its first manager."""

import pytest

from markets.models import Membership, Role, User, Workspace
from markets.workspaces.invitations import invite
from tests.commands import last_line, run_command, run_failing
from tests.factories import MembershipFactory, UserFactory, WorkspaceFactory

ACME = ["acme", "--name", "Acme", "--timezone", "Europe/Lisbon", "--region", "PT"]


@pytest.fixture
def no_password(monkeypatch):
    monkeypatch.delenv("PORTAL_PASSWORD", raising=False)


@pytest.mark.django_db
def test_a_workspace_is_made_once(no_password):
    first = last_line(run_command("create_workspace", *ACME, "--format", "json"))
    second = run_command("create_workspace", "acme", "--name", "Other", "--timezone", "UTC", "--region", "PT")

    workspace = Workspace.objects.get()
    assert (first["workspace"], first["created"]) == ("acme", True)
    assert (workspace.name, workspace.timezone, workspace.phone_region) == ("Acme", "Europe/Lisbon", "PT")
    assert "exists already" in second
    assert "Its name is Acme and is left alone." in second
    assert "Its time zone is Europe/Lisbon and is left alone." in second


@pytest.mark.django_db
def test_a_new_manager_is_invited_by_link_once(client, no_password):
    made = last_line(run_command("create_workspace", *ACME, "--manager", "Ann@acme.example", "--format", "json"))
    again = run_command("create_workspace", *ACME, "--manager", "ann@acme.example")

    invitation = Workspace.objects.get().invitations.get()
    assert (invitation.email, invitation.role) == ("ann@acme.example", Role.MANAGER)
    assert client.get(made["invitation"]).status_code == 200
    assert "was invited already" in again


@pytest.mark.django_db
def test_a_new_manager_gets_the_password_of_the_environment(client, monkeypatch):
    monkeypatch.setenv("PORTAL_PASSWORD", "correct horse battery")

    out = run_command("create_workspace", *ACME, "--manager", "ann@acme.example")

    assert Membership.objects.get().role == Role.MANAGER
    assert User.objects.get().check_password("correct horse battery")
    assert "correct horse" not in out


@pytest.mark.django_db
def test_a_member_of_another_workspace_becomes_a_manager_of_the_new_one(no_password):
    user = MembershipFactory(role="viewer").user

    out = run_command("create_workspace", *ACME, "--manager", user.email)

    assert "is its manager" in out
    assert Workspace.objects.get(slug="acme").memberships.get().user == user


@pytest.mark.django_db
def test_whoever_another_workspace_has_invited_is_invited_to_the_new_one(no_password):
    invite(workspace=WorkspaceFactory(), email="ann@acme.example", role=Role.VIEWER, by=None)

    out = run_command("create_workspace", *ACME, "--manager", "ann@acme.example")

    assert "is invited as manager" in out
    assert Workspace.objects.get(slug="acme").invitations.get().email == "ann@acme.example"


@pytest.mark.django_db
def test_a_known_user_becomes_a_manager_and_keeps_the_password(monkeypatch):
    monkeypatch.setenv("PORTAL_PASSWORD", "another horse battery")
    user = UserFactory()

    run_command("create_workspace", *ACME, "--manager", user.email)
    run_command("create_workspace", *ACME, "--manager", user.email)

    assert Membership.objects.get().user == user
    assert not User.objects.get().check_password("another horse battery")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"slug": "Not a slug"}, "small letters"),
        ({"timezone": "Lisbon"}, "“Lisbon” is not a time zone"),
        ({"region": "ZZ"}, "“ZZ” is not a phone region"),
        ({"manager": "nobody"}, "“nobody” is not an email address"),
        ({"name": " "}, "name: This field cannot be blank."),
    ],
)
def test_a_workspace_that_cannot_be_is_refused_with_a_sentence(no_password, changed, sentence):
    arguments = {
        "slug": "acme",
        "name": "Acme",
        "timezone": "UTC",
        "region": "US",
        "manager": "a@acme.example",
        **changed,
    }
    options = [word for name in ("name", "timezone", "region", "manager") for word in (f"--{name}", arguments[name])]

    message, _ = run_failing("create_workspace", arguments["slug"], *options)

    assert sentence in message
    assert not Workspace.objects.exists()


def test_a_weak_password_makes_nothing(db, monkeypatch):
    monkeypatch.setenv("PORTAL_PASSWORD", "12345")

    message, _ = run_failing("create_workspace", *ACME, "--manager", "ann@acme.example")

    assert "too short" in message
    assert not Workspace.objects.exists()

"""Sign-in with a company's identity provider: whom it may sign in, and which workspaces they join."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import ImproperlyConfigured, ValidationError

from config.identity_providers import IdentityProvider
from markets.models import AuditEvent, Invitation, Membership, SignInDomain, User
from markets.workspaces.invitations import create_user, invite, remove_member
from tests.factories import MembershipFactory, WorkspaceFactory
from tests.identity_provider import running_provider, sign_in, use

ANN = {"sub": "ann-1", "email": "ann@acme.example", "name": "Ann Smith", "email_verified": True}


@pytest.fixture
def acme(settings):
    with running_provider() as server:
        use(server, settings)
        yield server


@pytest.fixture
def domain(workspace):
    return SignInDomain.objects.create(workspace=workspace, domain="acme.example", provider="acme", role="caller")


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_the_sign_in_page_offers_it_and_sends_the_browser_there(db, client, acme):
    page = client.get("/accounts/login/")
    start = client.post("/accounts/oidc/acme/login/")

    query = parse_qs(urlsplit(start.url).query)
    assert "Sign in with Acme" in page.content.decode()
    assert start.url.startswith(f"http://127.0.0.1:{acme.server_address[1]}/authorize?")
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"][0].endswith("/accounts/oidc/acme/login/callback/")


def test_by_default_nobody_gets_an_account(db, client, acme):
    answer = sign_in(client, acme, **ANN)

    assert not is_signed_in(client)
    assert not User.objects.exists()
    assert "ask a manager" in answer.content.decode()


def test_a_domain_that_ops_staff_have_added_joins_its_workspace(client, acme, domain):
    sign_in(client, acme, **ANN)

    membership = Membership.objects.get(user__email="ann@acme.example")
    assert is_signed_in(client)
    assert (membership.workspace, membership.role) == (domain.workspace, "caller")
    assert not membership.user.has_usable_password()
    assert client.get(f"/w/{domain.workspace.slug}/").status_code == 200
    assert AuditEvent.objects.get(action="member_joined").workspace == domain.workspace
    assert acme.asked[0]["client_secret"] == ["secret"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"provider": "other"}, {"domain": "else.example"}], ids=str)
def test_a_rule_holds_for_its_provider_and_domain_while_it_is_on(client, acme, domain, change):
    SignInDomain.objects.filter(pk=domain.pk).update(**change)

    sign_in(client, acme, **ANN)

    assert not is_signed_in(client)
    assert not User.objects.exists()


def test_an_archived_workspace_takes_nobody(client, acme, domain):
    domain.workspace.archived_at = domain.workspace.created_at
    domain.workspace.save()

    sign_in(client, acme, **ANN)

    assert not User.objects.exists()


def test_an_invited_address_accepts_its_invitation(client, acme, workspace, manager):
    invite(workspace=workspace, email="ann@acme.example", role="viewer", by=manager)

    sign_in(client, acme, **ANN)

    assert is_signed_in(client)
    assert Membership.objects.get(user__email="ann@acme.example").role == "viewer"
    assert Invitation.objects.get().accepted_at


def test_a_known_address_of_its_domain_is_signed_in_without_its_password(client, acme, workspace):
    user = create_user(email="ann@acme.example", password="a long passphrase")
    MembershipFactory(workspace=workspace, user=user)

    sign_in(client, acme, **ANN)

    assert client.session["_auth_user_id"] == str(user.pk)
    assert User.objects.filter(email="ann@acme.example").count() == 1


@pytest.mark.parametrize("email", ["ops@portal.example", "ann@acme.example.evil.example", "", "ann@sub.acme.example"])
def test_it_vouches_for_addresses_of_its_own_domains_only(client, acme, domain, email):
    """Control: test_a_known_address_of_its_domain_is_signed_in_without_its_password."""
    create_user(email="ops@portal.example", password="a long passphrase", is_staff=True)

    answer = sign_in(client, acme, **ANN | {"email": email})

    assert not is_signed_in(client)
    assert User.objects.count() == 1
    assert answer.status_code == 403
    assert "You are not signed in" in answer.content.decode()


def test_who_was_removed_by_a_manager_does_not_join_again(client, acme, domain, manager):
    sign_in(client, acme, **ANN)
    membership = Membership.objects.get(user__email="ann@acme.example")
    remove_member(membership=membership, by=manager)
    other = SignInDomain.objects.create(workspace=WorkspaceFactory(), domain="acme.example", provider="acme")
    client.logout()

    sign_in(client, acme, **ANN)

    assert is_signed_in(client)
    assert Membership.objects.get(user=membership.user).workspace == other.workspace


def test_a_second_factor_is_asked_for_here_as_well(client, acme, workspace):
    user = create_user(email="ann@acme.example", password="a long passphrase")
    TOTP.activate(user, generate_totp_secret())

    answer = sign_in(client, acme, **ANN)

    assert not is_signed_in(client)
    assert answer.redirect_chain[-1][0].startswith("/accounts/2fa/authenticate/")


def test_nobody_connects_a_provider_to_the_account_of_a_session(client, acme, viewer):
    client.force_login(viewer)
    acme.person = ANN
    start = client.post("/accounts/oidc/acme/login/?process=connect")
    state = parse_qs(urlsplit(start.url).query)["state"][0]

    answer = client.get("/accounts/oidc/acme/login/callback/", {"code": "once", "state": state}, follow=True)

    assert answer.status_code == 403
    assert not viewer.socialaccount_set.exists()


def test_a_forged_state_signs_nobody_in(db, client, acme, domain):
    acme.person = ANN
    client.post("/accounts/oidc/acme/login/")

    answer = client.get("/accounts/oidc/acme/login/callback/", {"code": "once", "state": "forged"}, follow=True)

    assert not is_signed_in(client)
    assert "You are not signed in" in answer.content.decode()


def test_a_rule_names_a_provider_that_there_is(workspace, acme):
    rule = SignInDomain(workspace=workspace, domain="acme.example", provider="okta")

    with pytest.raises(ValidationError, match=r"“okta” is no identity provider. There are: acme"):
        rule.full_clean()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("okta.example", "it must begin with https://"),
        ("https://id:secret@okta.example", "add #domains="),
        ("https://id:secret@okta.example#domains=acme.example&colour=red", "“colour” is no option"),
        ("https://okta.example#domains=acme.example", "write the client's ID and secret"),
        ("https://id:s@okta.example#domains=acme.example&origins=login", "the origin “login” must be like"),
    ],
)
def test_an_address_that_cannot_be_used_is_explained(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        IdentityProvider.parse("acme", text).as_oidc()


def test_the_address_of_a_provider_is_read_whole():
    text = (
        "https://id%40x:s%3Ac@login.acme.example:8443/realms/staff/?v=2#name=Acme+Staff&domains=acme.example,Acme.co.uk"
    )

    provider = IdentityProvider.parse("acme", text)

    assert (provider.client_id, provider.secret) == ("id@x", "s:c")
    assert provider.url == "https://login.acme.example:8443/realms/staff?v=2"
    assert (provider.name, provider.domains) == ("Acme Staff", ("acme.example", "acme.co.uk"))
    assert provider.origins == ("https://login.acme.example:8443",)


def test_a_saml_provider_needs_its_entity_id():
    parse = IdentityProvider.parse
    app = parse("acme", "https://idp.example/metadata#domains=acme.example&entity_id=https://idp.example").as_saml()

    assert (app["client_id"], app["provider_id"]) == ("acme", "https://idp.example")
    assert app["settings"]["idp"]["metadata_url"] == "https://idp.example/metadata"
    with pytest.raises(ValueError, match="entity_id"):
        parse("acme", "https://idp.example/metadata#domains=acme.example").as_saml()


def test_settings_name_the_variable_that_cannot_be_used(settings_with):
    base = {"LOCAL": "1"}
    read = settings_with(**base, OIDC_ACME="https://id:secret@login.acme.example#domains=acme.example")

    assert read["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"][0]["provider_id"] == "acme"
    assert "https://login.acme.example" in read["SECURE_CSP"]["form-action"]
    with pytest.raises(ImproperlyConfigured, match="OIDC_ACME cannot be used: add #domains="):
        settings_with(**base, OIDC_ACME="https://id:secret@login.acme.example")

"""Browsers of those who visit: signed in, half signed in, invited, ops staff, a dialer, and nobody at all."""

import json
from hashlib import sha256

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from calls.calendar_feed.links import make_link
from markets.workspaces import api_tokens
from markets.workspaces.invitations import invite
from markets.workspaces.subscriptions import Subscription, unsubscribe_headers
from tests.factories import PASSWORD, MembershipFactory


def visitors(ours, ops) -> tuple[dict[str, Client], dict[tuple[str, str], object]]:
    """By name, and the arguments of addresses that only they know, by the name of the URL and of the argument."""
    _, token = api_tokens.issue(workspace=ours.workspace, name="Dialer", by=None)
    _, invitation = invite(workspace=ours.workspace, email="invited@team.example", role="viewer", by=ours.manager)
    passkey = Authenticator.objects.create(
        user=ours.manager, type="webauthn", data={"name": "Work laptop", "credential": credential()}
    )
    membership = ours.manager.memberships.get()
    found = {name: client() for name in ("nobody", "manager", "ops", "halfway", "invited")}
    found["dialer"] = client(Authorization=f"Bearer {token}")
    found["manager"].force_login(ours.manager)
    found["ops"].force_login(ops)
    halfway = MembershipFactory(workspace=ours.workspace).user
    TOTP.activate(halfway, generate_totp_secret())
    found["halfway"].post(reverse("account_login"), {"login": halfway.email, "password": PASSWORD})
    found["invited"].get(invitation)
    arguments = {
        ("shared_page", "token"): ours.token,
        ("invitation", "token"): last_part(invitation),
        ("calendar", "token"): make_link(membership=membership, by=ours.manager),
        ("unsubscribe", "token"): last_part(
            unsubscribe_headers(membership, Subscription.WEEKLY, "")["List-Unsubscribe"]
        ),
        ("mfa_edit_webauthn", "pk"): passkey.pk,
        ("mfa_remove_webauthn", "pk"): passkey.pk,
    }
    return found, arguments


def client(**headers: str) -> Client:
    return Client(raise_request_exception=False, headers=headers)


def last_part(path: str) -> str:
    return path.strip("<>/").rpartition("/")[2]


def credential() -> dict[str, object]:
    """A passkey as a browser registers it."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    data = AuthenticatorData.create(
        sha256(b"testserver").digest(), 0x45, 0, AttestedCredentialData.create(b"\0" * 16, b"an id", key)
    )
    made = {"type": "webauthn.create", "challenge": "eA", "origin": "https://testserver"}
    response = {
        "clientDataJSON": websafe_encode(json.dumps(made).encode()),
        "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
    }
    return {
        "id": websafe_encode(b"an id"),
        "rawId": websafe_encode(b"an id"),
        "type": "public-key",
        "response": response,
    }

"""Sign-in with a SAML provider, whose answers are really signed.
export SAML_ACME='https://idp.example#domains=acme.example&entity_id=x'
uv run --extra saml pytest -n 0 tests/drills/test_saml.py
"""

import base64
import re
import threading
import zlib
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from config.identity_providers import IdentityProvider
from markets.models import Membership, SignInDomain, User

pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning"),  # of the library
    pytest.mark.skipif(
        "allauth.socialaccount.providers.saml" not in settings.INSTALLED_APPS,
        reason="the drill needs the extra saml, and SAML_ACME in the environment",
    ),
]
ENTITY = "https://idp.acme.example"
METADATA = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"
 xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{entity}">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing">
<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
</md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
 Location="{entity}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>"""
ASSERTION = (
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_{id}" Version="2.0" IssueInstant="{now}">'
    "<saml:Issuer>{entity}</saml:Issuer><saml:Subject><saml:NameID>{email}</saml:NameID>"
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData '
    'NotOnOrAfter="{until}" Recipient="{acs}" InResponseTo="{asked}"/></saml:SubjectConfirmation></saml:Subject>'
    '<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}'
    '</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{now}">'
    "<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
    "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>"
    '<saml:Attribute Name="urn:oid:0.9.2342.19200300.100.1.3"><saml:AttributeValue>{email}</saml:AttributeValue>'
    '</saml:Attribute><saml:Attribute Name="urn:oasis:names:tc:SAML:attribute:subject-id"><saml:AttributeValue>{email}'
    "</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"
)
RESPONSE = (
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_{id}r" Version="2.0" IssueInstant="{now}" '
    'Destination="{acs}" InResponseTo="{asked}">'
    '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{entity}</saml:Issuer><samlp:Status>'
    '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}</samlp:Response>'
)


def key_pair():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, datetime.now(UTC), datetime(2099, 1, 1))
    text = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    return key.private_bytes(*text).decode(), certificate


@pytest.fixture
def client(client):
    client.defaults["HTTP_HOST"] = "localhost"  # the library wants a header, and a host that it knows
    return client


@pytest.fixture
def keys():
    return key_pair()


@pytest.fixture
def acme(settings, keys, workspace):
    metadata = METADATA.format(entity=ENTITY, certificate="".join(keys[1].splitlines()[1:-1])).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(metadata)))
            self.end_headers()
            self.wfile.write(metadata)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/metadata.xml#name=Acme&domains=acme.example&entity_id={ENTITY}"
    provider = IdentityProvider.parse("acme", url)
    settings.IDENTITY_PROVIDERS = {ENTITY: provider}
    settings.SOCIALACCOUNT_PROVIDERS = {"saml": {"APPS": [provider.as_saml()]}}
    SignInDomain.objects.create(workspace=workspace, domain="acme.example", provider="acme")
    yield provider
    server.shutdown()
    server.server_close()


def sign_in(client, email, signed_with):
    """Signs in at the provider, which signs its answer with a key pair, or not at all."""
    from onelogin.saml2.utils import OneLogin_Saml2_Utils

    start = parse_qs(urlsplit(client.post("/accounts/saml/acme/login/").url).query)
    asked = zlib.decompress(base64.b64decode(start["SAMLRequest"][0]), -15).decode()
    moments = {"since": -60, "now": 0, "until": 300}
    values = {name: f"{datetime.now(UTC) + timedelta(seconds=s):%Y-%m-%dT%H:%M:%SZ}" for name, s in moments.items()}
    values |= {
        "id": uuid4().hex,
        "entity": ENTITY,
        "email": email,
        "asked": re.search(r'\bID="([^"]+)"', asked)[1],
        "acs": re.search(r'AssertionConsumerServiceURL="([^"]+)"', asked)[1],
        "audience": re.search(r"Issuer[^>]*>([^<]+)<", asked)[1],
    }
    assertion = ASSERTION.format(**values)
    if signed_with:
        assertion = OneLogin_Saml2_Utils.add_sign(assertion, *signed_with).decode()
    answer = RESPONSE.format(**values, assertion=assertion.replace('<?xml version="1.0"?>', ""))
    form = {"SAMLResponse": base64.b64encode(answer.encode()).decode(), "RelayState": start.get("RelayState", [""])[0]}
    return client.post("/accounts/saml/acme/acs/", form, follow=True)


def test_a_signed_answer_signs_in_and_joins_the_workspace_of_the_domain(client, acme, keys):
    sign_in(client, "ann@acme.example", keys)

    assert "_auth_user_id" in client.session
    assert Membership.objects.get(user__email="ann@acme.example").workspace.slug == "acme"


def test_an_answer_without_a_signature_signs_nobody_in(client, acme):
    assert sign_in(client, "ann@acme.example", None).status_code == 401
    assert "_auth_user_id" not in client.session
    assert not User.objects.filter(email="ann@acme.example").exists()


def test_an_answer_that_somebody_else_signed_signs_nobody_in(client, acme):
    assert sign_in(client, "ann@acme.example", key_pair()).status_code == 401
    assert "_auth_user_id" not in client.session


def test_an_address_of_another_domain_is_refused(client, acme, keys):
    assert sign_in(client, "bob@evil.example", keys).status_code == 403
    assert "_auth_user_id" not in client.session

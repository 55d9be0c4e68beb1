"""Whose word counts on where a request comes from: a trusted proxy's, from the right of the chain; nobody else's."""

import pytest
from allauth.account.adapter import get_adapter
from django.test import RequestFactory

from config.http.proxies import ForwardedHeaders

PROXY, CLIENT, STRANGER = "10.0.0.7", "203.0.113.9", "198.51.100.66"


@pytest.fixture
def seen(settings):
    """The request as everything behind the middleware sees it."""

    def see(peer, *, trusted=("10.0.0.0/24", "::1"), **headers):
        settings.TRUSTED_PROXIES = list(trusted)
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        given = {f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in headers.items()}
        request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_HOST="testserver", **given)
        return ForwardedHeaders(lambda request: request)(request)

    return see


def address(request):
    """allauth must give the same answer, as its limits use it."""
    found = request.META["REMOTE_ADDR"]
    assert get_adapter(request).get_client_ip(request) == found
    return found


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        (CLIENT, CLIENT),
        (f"{STRANGER}, {CLIENT}", CLIENT),
        (f"127.0.0.1, {STRANGER}, {CLIENT}", CLIENT),
        (f"{CLIENT}, 10.0.0.3", CLIENT),
        (f"{STRANGER}, {CLIENT}, 10.0.0.3, 10.0.0.4", CLIENT),
        ("10.0.0.3, 10.0.0.4", "10.0.0.3"),
        (f"{STRANGER}, unknown, 10.0.0.4", "10.0.0.4"),
        (f"{STRANGER}, <script>", PROXY),
        ("", PROXY),
        (" , ", PROXY),
        (f"{CLIENT}:51044", CLIENT),
        ("[2001:db8::5]:443", "2001:db8::5"),
        ("2001:db8::5", "2001:db8::5"),
        (f"::ffff:{CLIENT}", CLIENT),
        (f"{STRANGER},{CLIENT}", CLIENT),
        ("1," * 3000 + CLIENT, CLIENT),
    ],
)
def test_the_client_is_the_first_from_the_right_who_is_no_proxy_of_ours(seen, chain, client):
    assert address(seen(PROXY, **{"for": chain})) == client


def test_nobody_else_can_say_who_asks(seen):
    request = seen(STRANGER, **{"for": CLIENT, "proto": "https", "host": "evil.example", "port": "1"})

    assert address(request) == STRANGER
    assert not request.is_secure()
    assert request.get_host() == "testserver"
    assert not [name for name in request.META if "FORWARDED" in name]


def test_a_peer_in_ipv6_clothes_is_the_same_proxy(seen):
    assert address(seen(f"::ffff:{PROXY}", **{"for": CLIENT})) == CLIENT


@pytest.mark.parametrize("trusted", [["unix"], ["127.0.0.1", "::1", "unix"]])
def test_whoever_may_write_to_the_unix_socket_is_a_proxy_if_that_is_said(seen, trusted):
    assert address(seen("", trusted=trusted, **{"for": f"{STRANGER}, {CLIENT}"})) == CLIENT
    assert address(seen("", trusted=trusted)) == "127.0.0.1"


def test_otherwise_it_is_not(seen):
    request = seen("", trusted=["127.0.0.1"], **{"for": CLIENT, "proto": "https"})

    assert request.META["REMOTE_ADDR"] == ""
    assert not request.is_secure()


def test_with_none_no_header_counts(seen):
    request = seen("127.0.0.1", trusted=["none"], **{"for": CLIENT, "proto": "https"})

    assert address(request) == "127.0.0.1"
    assert not request.is_secure()


@pytest.mark.parametrize(
    ("scheme", "is_secure"),
    [("https", True), ("HTTPS", True), ("http", False), ("https, http", False), ("https,https", True), ("", False)],
)
def test_a_trusted_proxy_says_whether_it_was_asked_over_https(seen, scheme, is_secure):
    assert seen(PROXY, proto=scheme).is_secure() is is_secure


def test_the_host_is_host_even_if_a_proxy_says_otherwise(seen):
    request = seen(PROXY, host="evil.example", port="8443")

    assert request.get_host() == "testserver"
    assert request.get_port() == "80"


def test_a_proxy_that_is_not_named_is_reported_once(seen, settings, caplog):
    settings.TRUSTED_PROXIES = ["none"]
    middleware = ForwardedHeaders(lambda request: request)
    for _ in range(3):
        middleware(RequestFactory().get("/", REMOTE_ADDR="172.18.0.5", HTTP_X_FORWARDED_PROTO="https"))

    assert caplog.text.count("X-Forwarded-Proto of 172.18.0.5 was ignored") == 1

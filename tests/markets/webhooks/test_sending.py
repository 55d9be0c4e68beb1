"""What is sent where: nothing goes into the portal's own network, and nothing follows a redirect."""

import socket
from datetime import timedelta
from threading import Timer

import pytest
import time_machine

from markets.webhooks import sending
from markets.webhooks.sending import AddressRefused, checked_url, post

INNER = """
    127.0.0.1 127.8.9.10 0.0.0.0 10.0.0.7 172.16.5.4 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.8 192.0.2.1
    198.18.0.1 198.51.100.1 203.0.113.9 224.0.0.1 239.1.2.3 240.0.0.1 255.255.255.255
    ::1 :: fe80::1 fe80::1%1 fc00::1 fd12:3456::1 fec0::1 ff02::1 2001:db8::1 ::127.0.0.1 ::ffff:127.0.0.1
    ::ffff:10.0.0.7 ::ffff:a9fe:a9fe 2002:7f00:1::1 2002:a00:7::1 2001:0:7f00:1::1 64:ff9b::127.0.0.1
    64:ff9b::a00:7 64:ff9b:1::a00:7
""".split()
PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:8.8.8.8"]


def named(address):
    return f"https://[{address}]/hooks" if ":" in address else f"https://{address}/hooks"


def resolve_to(monkeypatch, *addresses):
    """A name server that gives these addresses, and notes how often it was asked."""
    asked = []

    def getaddrinfo(host, port, *args, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def connect_to(monkeypatch, port):
    """Every connection goes to a port of this machine; returns the addresses for which one was asked."""
    asked = []

    def create_connection(address, *args, **kwargs):
        asked.append(address)
        connected = socket.socket()
        connected.connect(("127.0.0.1", port))
        return connected

    monkeypatch.setattr(socket, "create_connection", create_connection)
    return asked


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_refused_as_it_is_and_behind_a_name(monkeypatch, address):
    asked = connect_to(monkeypatch, 9)
    with pytest.raises(AddressRefused):
        checked_url(named(address))

    resolve_to(monkeypatch, address)
    answer = post("https://crm.example/hooks", b"{}", {})

    assert answer.problem == "The host crm.example is not on the public internet."
    assert asked == []


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_taken(address):
    """The control: whoever refuses all would pass the test above."""
    assert checked_url(named(address)).hostname == address


def test_one_inner_address_among_public_ones_refuses_the_host(monkeypatch):
    resolve_to(monkeypatch, "8.8.8.8", "10.0.0.7")

    assert "not on the public internet" in post("https://crm.example/", b"{}", {}).problem


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost"])
def test_other_spellings_of_this_machine_are_refused(spelling):
    assert not post(f"https://{spelling}/", b"{}", {}).is_success
    assert "public internet" in post(f"https://{spelling}/", b"{}", {}).problem


def test_a_name_is_resolved_once_and_the_checked_address_is_used(monkeypatch, receiver, settings):
    """A name server that says something else the second time is not asked a second time."""
    settings.WEBHOOK_ALLOWED_HOSTS = ["crm.example"]  # without TLS; the address itself is public
    resolved = resolve_to(monkeypatch, "8.8.8.8")
    connected = connect_to(monkeypatch, receiver.port)

    answer = post("http://crm.example:8443/hooks", b"{}", {})

    assert (answer.status, resolved, connected) == (204, ["crm.example"], [("8.8.8.8", 8443)])
    assert receiver.received[0].headers["host"] == "crm.example:8443"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://crm.example/", "begin with https://"),
        ("ftp://crm.example/", "begin with https://"),
        ("file:///etc/passwd", "no web address"),
        ("crm.example", "no web address"),
        ("https://", "no web address"),
        ("https://[::1", "no web address"),
        ("https://crm.example:port/", "no web address"),
        ("https://crm.example:0/", "no web address"),
        ("https://crm.example:99999/", "no web address"),
        ("https://user:pass@crm.example/", "user name"),
        ("https://crm.example@127.0.0.1/", "user name"),
        ("https://crm.example/a b", "no web address"),
        ("https://crm.example/\r\nHost: inner", "no web address"),
        ("https://crm.example/\u2025", "no web address"),
    ],
)
def test_what_is_no_address_of_a_receiver_is_refused(url, said):
    with pytest.raises(AddressRefused, match=said):
        checked_url(url)
    assert said in post(url, b"{}", {}).problem


def test_a_redirect_is_a_failure_and_is_not_followed(receiver):
    receiver.answers.extend([302, 307])

    assert [post(receiver.url, b"{}", {}).status for _ in range(2)] == [302, 307]
    assert [each.path for each in receiver.received] == ["/hooks?of=portal"] * 2


def test_the_beginning_of_an_answer_is_kept(receiver):
    receiver.answers.append((200, "Grüße\0" + "x" * 100_000, {}))

    answer = post(receiver.url, b"{}", {})

    assert answer.is_success
    assert answer.text.startswith("Grüße" + "x")
    assert len(answer.text) == 500


def test_who_is_not_there_or_talks_nonsense_is_a_problem(settings):
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1", "no-such-host.invalid"]
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    assert "ConnectionRefusedError" in post(f"http://127.0.0.1:{port}/", b"{}", {}).problem
    assert "is not known" in post("https://no-such-host.invalid/", b"{}", {}).problem


@pytest.mark.parametrize(("limit", "scheme"), [("TIMEOUT", "http"), ("DEADLINE", "http"), ("DEADLINE", "https")])
def test_whoever_does_not_answer_is_left(settings, monkeypatch, limit, scheme):
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(sending, limit, 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = post(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {})

    assert answer.status is None
    assert answer.problem


def test_https_goes_to_nobody_without_a_certificate(receiver):
    answer = post(receiver.url.replace("http:", "https:"), b"{}", {})

    assert "SSL" in answer.problem
    assert receiver.received == []


@pytest.mark.parametrize(
    ("status", "said", "wait"),
    [
        (429, "120", 120),
        (503, " 7 ", 7),
        (503, "Mon, 01 Jun 2026 12:10:00 GMT", 600),
        (503, "Mon, 01 Jun 2026 12:10:00", 600),
        (429, "Mon, 01 Jun 2026 11:00:00 GMT", 0),
        (429, "999999999999", 86_400),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        (429, "soon", None),
        (429, "-5", None),
        (429, "٣", None),
        (429, "Mon, 01 Jun 2026 12:10:00 +99999999999999", None),
        (429, "", None),
        (500, "120", None),
        (302, "120", None),
        (200, "120", None),
    ],
)
def test_an_overloaded_receiver_says_how_long_it_wants_to_be_left_alone(receiver, status, said, wait):
    receiver.answers.append((status, "", {"Retry-After": said.encode().decode("latin-1")}))

    with time_machine.travel("2026-06-01 12:00:00Z", tick=False):
        answer = post(receiver.url, b"{}", {})

    assert answer.status == status
    assert answer.retry_after == (None if wait is None else timedelta(seconds=wait))


def test_a_host_with_many_addresses_that_do_not_answer_is_left_in_time(monkeypatch):
    """Otherwise the attempt would outlast its lease, and arrive after what another worker has sent since."""
    clock, waits = [0.0], []

    def create_connection(address, timeout):
        waits.append(timeout)
        clock[0] += timeout
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    monkeypatch.setattr(sending, "monotonic", lambda: clock[0])
    resolve_to(monkeypatch, *PUBLIC, *PUBLIC)

    answer = post("https://crm.example/", b"{}", {})

    assert waits == [10, 5]
    assert answer.problem == "TimeoutError: no connection in time"


def test_a_slow_name_server_leaves_less_time(monkeypatch, receiver):
    clock = [0.0]

    def getaddrinfo(host, port, *args, **kwargs):
        clock[0] += 20
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(sending, "monotonic", lambda: clock[0])

    assert post(receiver.url, b"{}", {}).problem == "TimeoutError: no connection in time"
    assert receiver.received == []


def test_nothing_is_sent_after_the_deadline(monkeypatch, receiver):
    """The watchdog may come just before the connection that it is to end."""

    class AtOnce(Timer):
        def start(self):
            self.function()

    monkeypatch.setattr(sending, "Timer", AtOnce)

    assert post(receiver.url, b"{}", {}).problem == "TimeoutError: no connection in time"
    assert receiver.received == []

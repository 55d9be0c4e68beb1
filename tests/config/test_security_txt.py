import pytest
import time_machine

from tests.factories import utc

URL = "/.well-known/security.txt"


@pytest.fixture
def contact(settings):
    settings.SECURITY_CONTACT = "mailto:security@portal.example"
    settings.SECURITY_CONTACT_UNTIL = "2027-01-31"


def test_nobody_is_named_unless_a_contact_is_set(client, db):
    assert client.get(URL).status_code == 404


@time_machine.travel(utc(2027, 1, 31, 12))
def test_a_contact_is_named_until_its_last_day(client, db, contact):
    answer = client.get(URL)

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        "Contact: mailto:security@portal.example",
        "Expires: 2027-01-31T23:59:59Z",
        "Preferred-Languages: en",
        "Canonical: http://testserver/.well-known/security.txt",
    ]
    assert client.post(URL).status_code == 405


@time_machine.travel(utc(2027, 2, 1, 0))
def test_a_contact_is_not_named_afterwards(client, db, contact):
    assert client.get(URL).status_code == 404

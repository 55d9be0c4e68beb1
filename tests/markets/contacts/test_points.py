import pytest

from markets.contacts.points import add_points, further_points
from markets.imports.contacts.extras import FurtherPoint
from tests.factories import ContactFactory, SuppressionFactory

NUMBERS = ("+12125550150", "+12125550151", "+12125550152")


@pytest.fixture
def contact(workspace):
    contact = ContactFactory(workspace=workspace, phone="212-555-0142", phone_e164="+12125550142")
    points = [FurtherPoint("phone", number, number) for number in NUMBERS]
    points += [FurtherPoint("phone", "212-555-XXXX"), FurtherPoint("email", "b@x.example")]
    add_points(workspace=workspace.pk, points={contact.pk: points})
    return contact


def shown(contact, wrong=()):
    points = further_points(contact, lambda contact: set(wrong))
    return tuple([str(point) for point in group] for group in (points.numbers, points.other_numbers, points.emails))


def test_further_numbers_are_offered_in_their_order(contact):
    assert shown(contact) == ([*NUMBERS], ["212-555-XXXX"], ["b@x.example"])


def test_a_number_that_is_suppressed_or_wrong_is_not_offered(contact, workspace):
    SuppressionFactory(workspace=workspace, phone_e164=NUMBERS[0])

    assert shown(contact, wrong=[NUMBERS[1]]) == ([NUMBERS[2]], [*NUMBERS[:2], "212-555-XXXX"], ["b@x.example"])


def test_a_suppressed_prefix_covers_further_numbers(contact, workspace):
    SuppressionFactory(workspace=workspace, phone_prefix="+1212555")

    assert shown(contact)[0] == []


def test_what_another_workspace_must_not_call_is_offered(contact):
    SuppressionFactory(phone_e164=NUMBERS[0])
    SuppressionFactory(phone_prefix="+1212555")

    assert shown(contact)[0] == [*NUMBERS]


def test_a_point_is_added_once_and_never_the_first_number_itself(contact, workspace):
    again = [FurtherPoint("phone", "(212) 555-0142", "+12125550142"), FurtherPoint("phone", "212 555 0150", NUMBERS[0])]
    add_points(workspace=workspace.pk, points={contact.pk: again})

    assert contact.contact_points.count() == 5

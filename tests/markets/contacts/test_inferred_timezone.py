import pytest

from markets.contacts.inferred_timezone import infer_timezone, source_of_timezone, zone_of_number
from tests.factories import ContactFactory
from tests.markets.imports.contacts.contact_rows import import_rows


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+12125550142", "America/New_York"),
        ("+13105550142", "America/Los_Angeles"),
        ("+442079460142", "Europe/London"),
        ("+447700900123", "Europe/London"),
        ("+34600123456", "Europe/Madrid"),
        ("+351912345678", "Europe/Lisbon"),
        ("+18003569377", ""),
        ("", ""),
    ],
)
def test_a_number_tells_the_zone_of_its_area_or_country(number, zone):
    assert zone_of_number(number) == zone


@pytest.mark.parametrize(
    ("fields", "zone"),
    [
        ({"timezone": "Asia/Tokyo", "phone_e164": "+442079460142", "city": "Paris"}, ""),
        ({"phone_e164": "+442079460142", "city": "Paris"}, "Europe/London"),
        ({"phone_e164": "+18003569377", "city": "Paris"}, "Europe/Paris"),
        ({"city": "Paris"}, "Europe/Paris"),
        ({}, ""),
    ],
)
def test_the_number_counts_before_the_city(fields, zone):
    assert infer_timezone(fields) == zone


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"timezone": "Asia/Tokyo"}, ""),
        ({"phone_e164": "+442079460142", "inferred_timezone": "Europe/London"}, "by the number"),
        ({"phone_e164": "+18003569377", "inferred_timezone": "Europe/Paris"}, "by the city"),
        ({}, "of the workspace"),
    ],
)
def test_the_source_of_a_zone_is_said(workspace, fields, source):
    assert source_of_timezone(ContactFactory.build(workspace=workspace, **fields)) == source


def test_an_import_keeps_the_inferred_zone_in_step(market):
    ann = {"external_id": "A"}

    def zone_after(*rows):
        import_rows(market, *rows)
        return market.contacts.get().inferred_timezone

    assert zone_after(ann | {"city": "Paris"}) == "Europe/Paris"
    assert zone_after(ann | {"phone": "+44 20 7946 0142"}) == "Europe/London"
    assert zone_after(ann | {"phone": "212-555-0142"}) == "America/New_York"

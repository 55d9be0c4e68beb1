import random

import phonenumbers
import pytest
from django.core.exceptions import ValidationError

from markets.contacts.numbering_plans import common_e164
from markets.contacts.phones import PhoneProblem, Validity, parse_phone, parse_unusual_phone, to_e164

TRIES = 60


def typed_in(region, chance):
    """Numbers as people of that country write them, with some digits wrong, and digits at random."""
    kinds = range(11)
    known = [number for kind in kinds if (number := phonenumbers.example_number_for_type(region, kind))]
    formats = (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    written = [phonenumbers.format_number(number, form) for number in known for form in formats]
    for _ in range(TRIES):
        digits = "".join(chance.choices("0123456789", k=chance.randint(6, 13)))
        yield digits
        yield f"+{phonenumbers.country_code_for_region(region)}{digits}"
        if written:
            signs = list(chance.choice(written))
            for place in chance.sample(range(len(signs)), k=2):
                signs[place] = chance.choice("0123456789") if signs[place].isdigit() else signs[place]
            yield "".join(signs)
            yield chance.choice(written)


def test_the_short_way_and_the_library_read_every_country_alike():
    chance, compared, missed = random.Random(7), 0, 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for typed in typed_in(region, chance):
            short = common_e164(typed, region)
            if short:
                number = phonenumbers.parse(typed, region)
                assert phonenumbers.is_valid_number(number), (typed, region)
                assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == short
                compared += 1
            elif parse_unusual_phone(typed, region).e164:
                missed += 1
    assert compared > 10_000
    assert compared > missed


@pytest.mark.parametrize(
    ("typed", "region"),
    [("(212) 555-0123", "US"), ("+1 212.555.0123", "GB"), ("020 7946 0123", "GB"), ("+49 30 123456", "US")],
)
def test_usual_numbers_go_the_short_way(typed, region):
    assert common_e164(typed, region)


@pytest.mark.parametrize(
    ("typed", "region", "number", "extension"),
    [
        ("(212) 555-0123", "US", "+12125550123", ""),
        ("+44 20 7946 0123", "US", "+442079460123", ""),
        ("+44 (0)20 7946 0123", "US", "+442079460123", ""),
        ("0044 20 7946 0123", "US", "+442079460123", ""),
        ("011 44 20 7946 0123", "US", "+442079460123", ""),
        ("020 7946 0123", "GB", "+442079460123", ""),
        ("2125550123.0", "US", "+12125550123", ""),
        ('="2125550123"', "US", "+12125550123", ""),
        ("'+1 212-555-0123", "US", "+12125550123", ""),
        ("2,125,550,123", "US", "+12125550123", ""),
        ("-2125550123", "US", "+12125550123", ""),
        ("tel:+1-212-555-0123", "US", "+12125550123", ""),
        ("٢١٢٥٥٥٠١٢٣", "US", "+12125550123", ""),
        ("２１２ ５５５ ０１２３", "US", "+12125550123", ""),
        ("Mobile: 212-555-0123", "US", "+12125550123", ""),
        ("212-555-0123 (cell)", "US", "+12125550123", ""),
        ("1-800-FLOWERS", "US", "+18003569377", ""),
        ("212.555.0123 ext. 9", "US", "+12125550123", "9"),
        ("(212) 555-0123 x204", "US", "+12125550123", "204"),
        ("+1 212 555 0123,,306#", "US", "+12125550123", "306"),
        ("tel:+12125550123;ext=12", "GB", "+12125550123", "12"),
        ("+43 1 534540 DW 12", "US", "+431534540", "12"),
        ("+49 30 901820-0", "US", "+49309018200", ""),
    ],
)
def test_a_number_is_read_as_people_and_spreadsheets_write_it(typed, region, number, extension):
    phone = parse_phone(typed, region)

    assert (phone.e164, phone.extension) == (number, extension)
    assert (phone.typed, phone.validity, phone.problem) == (typed, Validity.VALID, None)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("212-555-XXXX", "masked"),
        ("1-800-XXX-XXXX", "masked"),
        ("(212) 555-01**", "masked"),
        ("212 555 01..", "too_short"),
        ("999-999-9999", "repeated"),
        ("888 888 8888", "repeated"),
        ("555-0142", "no_area_code"),
        ("555-014", "too_short"),
        ("1", "too_short"),
        ("212-555-01421", "too_long"),
        ("911", "short_number"),
        ("112", "short_number"),
        ("123-456-7890", "invalid"),
        ("+999 212 555 0142", "invalid"),
        ("4.47701E+11", "rounded"),
        ("212-555-ABCD", "letters"),
        ("212-GO-FEDEX", "letters"),
        ("call reception", "not_a_number"),
    ],
)
def test_what_is_not_a_number_says_why(typed, problem):
    phone = parse_phone(typed, "US")

    assert phone.problem == PhoneProblem(problem)
    assert phone.e164 == ""
    assert phone.problem.sentence


def test_a_number_that_its_country_has_not_assigned_can_be_compared_but_not_called():
    phone = parse_phone("+1 555 555 0142", "US")

    assert (phone.validity, phone.e164) == (Validity.POSSIBLE, "")
    assert to_e164("+1 555 555 0142", "US") == "+15555550142"


@pytest.mark.parametrize("typed", ["0351 21 000 0000", "4.47E+11", "n/a", "1", "212-555-XXXX", "555-0142"])
def test_what_cannot_be_compared_is_refused(typed):
    with pytest.raises(ValidationError, match=typed[:4]):
        to_e164(typed, "PT" if typed.startswith("0351") else "US")


def test_a_link_dials_the_extension():
    assert parse_phone("212 555 0123 x204", "US").link == "tel:+12125550123;ext=204"
    assert parse_phone("212 555 0123", "US").link == "tel:+12125550123"

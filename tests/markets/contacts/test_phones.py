import random

import phonenumbers
import pytest
from django.core.exceptions import ValidationError

from markets.contacts import phones

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


def test_the_short_way_and_the_library_read_every_country_alike():
    chance, compared = random.Random(7), 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for typed in typed_in(region, chance):
            short = phones._parse_common(typed, region)
            if not short:
                continue
            compared += 1
            try:
                assert phones._parse_with_library(typed, region) == short, (typed, region)
            except ValidationError:
                pytest.fail(f"The library refuses {typed} in {region}, the short way reads {short}")
    assert compared > 10_000


@pytest.mark.parametrize(
    ("typed", "region"),
    [("(212) 555-0123", "US"), ("+1 212.555.0123", "GB"), ("020 7946 0123", "GB"), ("+49 30 123456", "US")],
)
def test_usual_numbers_go_the_short_way(typed, region):
    assert phones._parse_common(typed, region)

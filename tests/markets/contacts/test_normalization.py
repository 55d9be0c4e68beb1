import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from markets.contacts.normalization import FIELDS, MAX_LENGTHS, clean_text, fold, normalise
from markets.contacts.phones import to_e164


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("(212) 555-0123", "US", "+12125550123"),
        ("+44 20 7946 0123", "US", "+442079460123"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("212.555.0123 ext. 9", "US", "+12125550123"),
        ("0351 21 000 0000", "PT", None),
        ("4.47E+11", "US", None),
        ("n/a", "US", None),
        ("1", "US", None),
    ],
)
def test_a_number_is_read_in_the_region_of_the_workspace(typed, region, number):
    if number:
        assert to_e164(typed, region) == number
    else:
        with pytest.raises(ValidationError, match=typed[:4].replace("(", r"\(")):
            to_e164(typed, region)


def test_what_was_typed_is_kept_and_what_is_compared_is_folded():
    stored = normalise({"full_name": " Ｚoë\tÅngström ", "email": "Z@X.Example", "phone": "212 555 0123"}, region="US")

    assert stored["full_name"] == "Ｚoë Ångström"
    assert stored["name_key"] == "zoë ångström"
    assert stored["email"] == "z@x.example"
    assert (stored["phone"], stored["phone_e164"]) == ("212 555 0123", "+12125550123")


def test_a_full_name_is_made_of_its_parts_where_it_is_missing():
    stored = normalise({"first_name": "Ann", "last_name": "O’Neil", "firm": "North"}, region="US")

    assert stored["full_name"] == "Ann O’Neil"


def test_every_problem_of_a_row_is_named_by_its_field():
    typed = {"email": "nobody", "phone": "12", "timezone": "Mars", "profile_url": "ftp://x", "firm": "x" * 201}

    with pytest.raises(ValidationError) as refused:
        normalise(typed, region="US")

    assert set(refused.value.message_dict) == {"email", "phone", "timezone", "profile_url", "firm"}


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=60)))
def test_any_text_is_stored_clean_or_refused(typed):
    try:
        stored = normalise(typed, region="US")
    except ValidationError:
        return
    for name, value in stored.items():
        assert value
        assert value == clean_text(value)
        assert "\x00" not in value
        assert len(value) <= MAX_LENGTHS.get(name, 400)
    assert normalise(stored, region="US") == stored | ({"name_key": stored["name_key"]} if "name_key" in stored else {})


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)

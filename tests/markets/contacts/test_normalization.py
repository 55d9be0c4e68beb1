import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from markets.contacts.normalization import FIELDS, MAX_LENGTHS, clean_text, fold, normalise


def test_what_was_typed_is_kept_and_what_is_compared_is_folded():
    stored = normalise(
        {"full_name": " Ｚoë\tÅngström ", "email": "Z@X.Example", "phone": "212 555 0123"}, region="US"
    ).fields

    assert stored["full_name"] == "Ｚoë Ångström"
    assert stored["name_key"] == "zoë ångström"
    assert stored["email"] == "z@x.example"
    assert (stored["phone"], stored["phone_e164"]) == ("212 555 0123", "+12125550123")


def test_a_full_name_is_made_of_its_parts_where_it_is_missing():
    stored = normalise({"first_name": "Ann", "last_name": "O’Neil", "firm": "North"}, region="US").fields

    assert stored["full_name"] == "Ann O’Neil"


def test_a_value_that_cannot_be_read_is_left_out_with_its_reason():
    typed = {"email": "nobody", "phone": "12", "timezone": "Mars", "profile_url": "ftp://x", "title": "x" * 201}

    parsed = normalise({"full_name": "Ann Lee", "firm": "North"} | typed, region="US")

    assert {name: cell for name, cell, _ in parsed.left_out} == typed
    assert all(reason for _, _, reason in parsed.left_out)
    assert parsed.fields == {
        "full_name": "Ann Lee",
        "name_key": "ann lee",
        "firm": "North",
        "phone": "12",
        "phone_problem": "too_short",
    }


def test_a_row_that_identifies_nobody_is_refused():
    with pytest.raises(ValidationError) as refused:
        normalise({"full_name": "Ann Lee", "phone": "555-0142"}, region="US")

    assert set(refused.value.message_dict) == {"__all__", "phone"}


@pytest.mark.parametrize(
    "nothing", ["n/a", "N/A", "none", "-", "#N/A", "Request Mobile Number", "keine Angabe", "NULL"]
)
def test_words_for_nothing_are_blank_but_in_names(nothing):
    names = {"first_name": nothing, "last_name": nothing}
    optional = {name: nothing for name in FIELDS if name not in names and name != "full_name"}

    parsed = normalise(names | optional | {"email": "pat@people.example"}, region="US")

    assert parsed.left_out == []
    assert parsed.fields.keys() == {"first_name", "last_name", "full_name", "name_key", "email"}


@pytest.mark.parametrize(
    ("cell", "first", "further"),
    [
        ("212-555-0240 / 212-555-0241", "212-555-0240", ["212-555-0241"]),
        ("212-555-0242, 212-555-0243", "212-555-0242", ["212-555-0243"]),
        ("212-555-0244; 212-555-0245", "212-555-0244", ["212-555-0245"]),
        ("212-555-0246 or 212-555-0247", "212-555-0246", ["212-555-0247"]),
        ("212-555-0246 ::: +12125550246 ::: 212-555-0247", "212-555-0246", ["212-555-0247"]),
        ("212-555-XXXX ::: 212-555-0248", "212-555-0248", ["212-555-XXXX"]),
        ("n/a ::: 212-555-0248", "212-555-0248", []),
        ("212-555-0249\n212-555-0250", "212-555-0249", ["212-555-0250"]),
        ("+49 30/901820", "+49 30/901820", []),
        ("212-555-0251;ext=12", "212-555-0251;ext=12", []),
    ],
)
def test_the_first_valid_number_of_a_cell_is_used_and_the_others_are_kept(cell, first, further):
    parsed = normalise({"email": "ann@people.example", "phone": cell}, region="US")

    assert parsed.fields["phone"] == first
    assert [point.typed for point in parsed.points] == further
    assert parsed.left_out == []


@pytest.mark.parametrize(
    ("cell", "first", "further"),
    [
        ("a@x.example; B@x.example", "a@x.example", ["b@x.example"]),
        ("a@x.example, b@x.example", "a@x.example", ["b@x.example"]),
        ("a@x.example ::: b@x.example ::: a@x.example", "a@x.example", ["b@x.example"]),
        ("Ann Lee <a@x.example>", "a@x.example", []),
        ("mailto:a@x.example", "a@x.example", []),
    ],
)
def test_the_first_valid_address_of_a_cell_is_used_and_the_others_are_kept(cell, first, further):
    parsed = normalise({"email": cell}, region="US")

    assert parsed.fields["email"] == first
    assert [point.typed for point in parsed.points] == further


def test_what_is_no_address_beside_a_valid_one_is_left_out():
    parsed = normalise({"email": "nobody ::: a@x.example ::: b at x"}, region="US")

    assert parsed.fields == {"email": "a@x.example"}
    assert [typed for _, typed, _ in parsed.left_out] == ["nobody", "b at x"]


def test_numbers_of_several_columns_that_cannot_be_called_are_all_kept():
    typed = {"email": "ann@people.example", "phone": "555-0142 ::: 212-555-XXXX ::: n/a"}

    parsed = normalise(typed, region="US")

    assert (parsed.fields["phone"], parsed.fields["phone_problem"]) == ("555-0142", "no_area_code")
    assert [point.typed for point in parsed.points] == ["212-555-XXXX"]
    assert [typed for _, typed, _ in parsed.left_out] == ["555-0142"]


def test_an_extension_of_its_own_column_becomes_part_of_the_number():
    parsed = normalise({"phone": "212-555-0170", "phone_extension": "x204"}, region="US")

    assert parsed.fields == {
        "phone": "212-555-0170 ext. 204",
        "phone_e164": "+12125550170",
        "phone_extension": "204",
    }


@pytest.mark.parametrize(
    ("typed", "url", "key"),
    [
        ("linkedin.com/in/ann-url", "https://linkedin.com/in/ann-url", "linkedin.com/in/ann-url"),
        ("www.linkedin.com/in/Ann-Url/", "https://www.linkedin.com/in/Ann-Url/", "linkedin.com/in/ann-url"),
        ("https://uk.linkedin.com/in/ann-url?x=1", "https://uk.linkedin.com/in/ann-url?x=1", "linkedin.com/in/ann-url"),
        ("http://linkedin.com/in/zo%C3%AB/de", "http://linkedin.com/in/zo%C3%AB/de", "linkedin.com/in/zoë"),
        ("https://www.linkedin.com/company/wolf", "https://www.linkedin.com/company/wolf", None),
        ("https://wolf.example", "https://wolf.example", None),
        ("https://wolf.example/who?id=7", "https://wolf.example/who?id=7", "wolf.example/who?id=7"),
    ],
)
def test_a_web_address_gets_its_scheme_and_its_canonical_form(typed, url, key):
    fields = normalise({"email": "ann@people.example", "profile_url": typed}, region="US").fields

    assert fields["profile_url"] == url
    assert fields.get("profile_key") == key


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=60)))
def test_any_text_is_stored_clean_or_left_out(typed):
    try:
        stored = normalise(typed, region="US").fields
    except ValidationError:
        return
    for name, value in stored.items():
        assert value
        assert value == clean_text(value)
        assert "\x00" not in value
        assert len(value) <= MAX_LENGTHS.get(name, 400)
    assert normalise(stored, region="US").fields == stored


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)

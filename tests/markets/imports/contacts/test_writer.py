import pytest

from campaigns.lifecycle.transitions import change_status
from campaigns.membership import CampaignClosed
from markets.imports.contacts.writer import OnDuplicate
from markets.imports.counts import rolled_back
from markets.models import Contact, ImportNote, MarketContact
from tests.factories import CampaignFactory, ContactFactory, WorkspaceFactory, active_campaign, member
from tests.markets.imports.contacts.contact_rows import counts, import_rows


def test_a_new_person_is_placed_and_enrolled(market):
    campaign = CampaignFactory(market=market)

    result = import_rows(market, {"full_name": "Ann Lee", "phone": "(212) 555-0100"}, campaign=campaign)

    ann = Contact.objects.get()
    assert counts(result) == (1, 0, 0, 0)
    assert result.enrolled == 1
    assert (ann.name_key, ann.phone_e164, ann.phone) == ("ann lee", "+12125550100", "(212) 555-0100")
    assert market.contacts.get() == campaign.members.get().contact == ann


@pytest.mark.parametrize(
    "row",
    [
        {"external_id": "A1"},
        {"email": "ANN@people.example"},
        {"phone": "+1 212-555-0100", "full_name": "ANN  lee"},
        {"full_name": "ann lee", "firm": "SMITH"},
    ],
)
def test_every_key_finds_the_person(market, row):
    ann = ContactFactory(
        workspace=market.workspace,
        external_id="A1",
        full_name="Ann Lee",
        email="ann@people.example",
        phone="212 555 0100",
        firm="Smith",
    )

    result = import_rows(market, row | {"city": "Boston"})

    ann.refresh_from_db()
    assert counts(result) == (0, 1, 0, 0)
    assert ann.city == "Boston"


def test_a_number_with_another_name_is_another_person(market):
    ContactFactory(workspace=market.workspace, full_name="Ann", phone="212 555 0100")

    result = import_rows(market, {"full_name": "Bob", "phone": "212 555 0100"}, {"phone": "212 555 0100"})

    assert counts(result) == (2, 0, 0, 0)


def test_a_known_contact_keeps_its_first_external_id(market):
    with_id = ContactFactory(workspace=market.workspace, external_id="first", email="a@people.example")
    without = ContactFactory(workspace=market.workspace, email="b@people.example")

    result = import_rows(
        market,
        {"external_id": "second", "email": "a@people.example"},
        {"external_id": "third", "email": "b@people.example"},
    )

    with_id.refresh_from_db()
    without.refresh_from_db()
    assert counts(result) == (0, 1, 1, 0)
    assert (with_id.external_id, without.external_id) == ("first", "third")


def test_keys_of_two_people_reject_the_row_and_name_both(market):
    ann = ContactFactory(workspace=market.workspace, external_id="A", full_name="Ann")
    bob = ContactFactory(workspace=market.workspace, full_name="Bob", email="bob@people.example")

    (rejection,) = import_rows(market, {"external_id": "A", "email": "bob@people.example"}).rejections

    assert rejection.code == "two_people"
    assert f"“A” belongs to Ann (contact {ann.pk})" in rejection.message
    assert f"“bob@people.example” belongs to Bob (contact {bob.pk})" in rejection.message


def test_a_row_that_would_make_two_people_alike_is_rejected(market):
    ContactFactory(workspace=market.workspace, external_id="A", full_name="Ann", phone="212 555 0100")
    ContactFactory(workspace=market.workspace, full_name="Bob", phone="212 555 0100")

    (rejection,) = import_rows(market, {"external_id": "A", "full_name": "Bob"}).rejections

    assert rejection.code == "two_people"


def test_a_name_at_a_firm_that_means_several_is_rejected(market):
    for _ in range(2):
        ContactFactory(workspace=market.workspace, full_name="Ann", firm="Smith")

    (rejection,) = import_rows(market, {"full_name": "Ann", "firm": "smith"}).rejections

    assert rejection.code == "several_people"
    assert rejection.message.count("(contact ") == 2


def test_blank_cells_never_erase(market):
    ann = ContactFactory(workspace=market.workspace, external_id="A", city="Boston")

    result = import_rows(market, {"external_id": "A", "city": " "})

    ann.refresh_from_db()
    assert counts(result) == (0, 0, 1, 0)
    assert ann.city == "Boston"


def test_later_rows_find_those_that_earlier_ones_made(market):
    result = import_rows(
        market,
        {"email": "ann@people.example"},
        {"email": "ann@people.example", "external_id": "A"},
        {"external_id": "A", "city": "Boston"},
        {"external_id": "A", "city": "boston"},
    )

    assert counts(result) == (1, 2, 1, 0)
    assert Contact.objects.get().city == "Boston"


def test_later_rows_find_them_across_chunks_too(market):
    people = [{"email": f"p{n}@people.example", "city": "Boston"} for n in range(30)]

    result = import_rows(market, *people, *people[:20], people[0] | {"city": "Rome"}, chunk=10)

    assert counts(result) == (30, 0, 20, 1)


def test_a_file_that_contradicts_itself_has_the_later_row_rejected(market):
    result = import_rows(market, {"external_id": "A", "city": "Boston"}, {"external_id": "A", "city": "Rome"})

    (rejection,) = result.rejections
    assert counts(result) == (1, 0, 0, 1)
    assert (rejection.line, rejection.code) == (3, "contradiction")
    assert "“Boston”, this one as “Rome”" in rejection.message


@pytest.mark.parametrize(
    ("mode", "expected", "city", "placed"),
    [
        (OnDuplicate.UPDATE, (0, 1, 0, 0), "Rome", True),
        (OnDuplicate.SKIP, (0, 0, 1, 0), "Boston", True),
        (OnDuplicate.FAIL, (0, 0, 0, 1), "Boston", False),
    ],
)
def test_known_people_are_updated_left_or_refused(market, mode, expected, city, placed):
    ann = ContactFactory(workspace=market.workspace, external_id="A", city="Boston")

    result = import_rows(market, {"external_id": "A", "city": "Rome"}, on_duplicate=mode)

    ann.refresh_from_db()
    assert counts(result) == expected
    assert ann.city == city
    assert MarketContact.objects.filter(contact=ann).exists() is placed


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"full_name": "Ann"}, "no_key"),
        ({"email": "no address"}, "email"),
        ({"phone": "4.47E+11"}, "phone"),
        ({"firm": "North", "full_name": "ﷺ" * 200}, "full_name"),
    ],
)
def test_a_row_that_cannot_be_is_rejected_and_the_others_are_in(market, row, code):
    result = import_rows(market, {"external_id": "B"}, row, {"external_id": "C"})

    assert counts(result) == (2, 0, 0, 1)
    assert [(each.line, each.code) for each in result.rejections] == [(3, code)]


@pytest.mark.parametrize(
    ("row", "left_out"),
    [
        ({"email": "no address"}, "no address"),
        ({"phone": "4.47E+11"}, "4.47E+11"),
        ({"city": "x" * 121}, "x" * 121),
        ({"full_name": "ﷺ" * 200}, "ﷺ" * 200),
    ],
)
def test_a_value_that_cannot_be_read_costs_the_value_and_not_the_person(market, row, left_out):
    result = import_rows(market, {"external_id": "A", "firm": "North"} | row)

    note = ImportNote.objects.get()
    assert (counts(result), result.incomplete) == ((1, 0, 0, 0), 1)
    assert (note.kind, note.line, note.field, note.file_value) == ("left_out", 2, next(iter(row)), left_out)
    assert note.contact == market.contacts.get(external_id="A", firm="North")


def test_a_phone_that_cannot_be_called_is_kept_as_typed_until_a_file_has_a_valid_one(market):
    ann = {"external_id": "A", "phone": "555-0142"}

    def imported(**changes):
        result = import_rows(market, ann | changes)
        contact = market.contacts.get()
        return counts(result), contact.phone, contact.phone_e164, contact.phone_extension, contact.phone_problem

    assert imported() == ((1, 0, 0, 0), "555-0142", "", "", "no_area_code")
    assert imported() == ((0, 0, 1, 0), "555-0142", "", "", "no_area_code")
    valid = ("212-555-0142 x7", "+12125550142", "7", "")
    assert imported(phone=valid[0]) == ((0, 1, 0, 0), *valid)
    assert imported() == ((0, 0, 1, 0), *valid)
    assert imported(phone="(212) 555-0142") == ((0, 0, 1, 0), *valid)
    assert imported(phone="212-555-0142 x8") == ((0, 1, 0, 0), "212-555-0142 x8", "+12125550142", "8", "")
    assert imported(phone="212-555-0143") == ((0, 1, 0, 0), "212-555-0143", "+12125550143", "", "")


def test_two_unreadable_phones_of_one_person_in_a_file_change_nothing_the_second_time(market):
    rows = [{"external_id": "A", "phone": phone} for phone in ("555-0142", "212-555-XXXX", "212-555-0142")]

    assert counts(import_rows(market, *rows)) == (1, 1, 1, 0)
    assert counts(import_rows(market, *rows)) == (0, 0, 3, 0)
    assert market.contacts.get().phone_e164 == "+12125550142"


def test_further_numbers_and_addresses_are_kept_once_in_their_order(market):
    row = {"email": "a@x.example; b@x.example", "phone": "212-555-0142 / 212-555-0143 / +12125550142"}

    for _ in range(2):
        import_rows(market, row)
    import_rows(market, row | {"phone": "212-555-0142 ::: (212) 555-0143 ::: 212-555-0144 x3"})

    contact = market.contacts.get()
    assert (contact.email, contact.phone_e164) == ("a@x.example", "+12125550142")
    assert list(contact.contact_points.values_list("kind", "position", "typed", "phone_e164", "extension")) == [
        ("email", 1, "b@x.example", "", ""),
        ("phone", 1, "212-555-0143", "+12125550143", ""),
        ("phone", 2, "212-555-0144 x3", "+12125550144", "3"),
    ]


def test_nobody_of_another_workspace_is_found_or_named(market):
    elsewhere = ContactFactory(workspace=WorkspaceFactory(), external_id="A", email="ann@people.example")

    result = import_rows(market, {"external_id": "A", "email": "ann@people.example"})

    assert counts(result) == (1, 0, 0, 0)
    assert not MarketContact.objects.filter(contact=elsewhere).exists()


def test_a_completed_campaign_is_refused_before_anything_is_written(market):
    campaign = active_campaign(market=market)
    change_status(campaign=campaign, to="completed", by=None, reason="Enough")
    before = Contact.objects.count()

    with pytest.raises(CampaignClosed, match="follow-up"):
        import_rows(market, {"external_id": "A"}, campaign=campaign)

    assert Contact.objects.count() == before


def test_a_dry_run_counts_the_same_and_leaves_nothing(market):
    campaign = CampaignFactory(market=market)
    known = member(campaign, external_id="A", city="Boston").contact
    rows = [{"external_id": "A", "city": "Rome"}, {"external_id": "B"}, {"full_name": "Nobody"}]

    with rolled_back(really=True):
        dry = import_rows(market, *rows, campaign=campaign)

    known.refresh_from_db()
    assert (Contact.objects.count(), campaign.members.count(), known.city) == (1, 1, "Boston")
    assert dry == import_rows(market, *rows, campaign=campaign)

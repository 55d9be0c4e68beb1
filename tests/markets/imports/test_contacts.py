import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.lifecycle import change_status
from campaigns.membership import CampaignClosed
from markets.imports.contacts import OnDuplicate
from markets.imports.counts import ImportCounts, rolled_back
from markets.imports.fields import CONTACT_FIELDS
from markets.imports.mapping import ColumnMapping
from markets.models import Contact, ImportedContact, MarketContact
from markets.suppressions.services import suppress
from tests.factories import CampaignFactory, ContactFactory, WorkspaceFactory, active_campaign, member
from tests.importing import import_people, new_job, run_import

HEADER = ["external_id", "full_name", "email", "phone", "firm", "city"]


def import_rows(market, *rows, **options):
    """Imports rows given as dicts of fields; returns the counts, with every rejection."""
    columns = ColumnMapping(HEADER, CONTACT_FIELDS)
    cells = [(line, [row.get(name, "") for name in HEADER]) for line, row in enumerate(rows, start=2)]
    return import_people(market=market, rows=cells, columns=columns, **options)


def counts(result):
    return result.created, result.updated, result.unchanged, result.rejected


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
        ({"external_id": "A", "phone": "4.47E+11"}, "phone"),
        ({"external_id": "A", "city": "x" * 121}, "city"),
        ({"external_id": "A", "full_name": "ﷺ" * 200}, "full_name"),
    ],
)
def test_a_row_that_cannot_be_is_rejected_and_the_others_are_in(market, row, code):
    result = import_rows(market, {"external_id": "B"}, row, {"external_id": "C"})

    assert counts(result) == (2, 0, 0, 1)
    assert [(each.line, each.code) for each in result.rejections] == [(3, code)]


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


class Poisoned:
    """Takes every row but one, which the database refuses whatever stands beside it."""

    chunk = 10
    tables = ()

    def __init__(self):
        self.asked = []

    def prepare(self, rows):
        return list(rows)

    def write(self, rows):
        self.asked.append(len(rows))
        if any(cells == ["poison"] for _, cells in rows):
            raise IntegrityError
        result = ImportCounts()
        result.count("created", len(rows))
        return result


def test_a_chunk_that_the_database_refuses_is_tried_again_and_then_halved_down_to_the_row(workspace):
    writer = Poisoned()

    total = run_import(new_job(workspace), [(2, ["a"]), (3, ["poison"]), (4, ["b"])], writer)

    assert writer.asked == [3, 3, 1, 2, 2, 1, 1, 1]
    assert counts(total) == (2, 0, 0, 1)
    assert [(each.line, each.code) for each in total.rejections] == [(3, "not_written")]


def test_a_chunk_takes_a_handful_of_statements(market, django_assert_max_num_queries):
    rows = [{"external_id": f"A{n}", "email": f"p{n}@people.example", "phone": f"212 555 {n:04}"} for n in range(5000)]

    with django_assert_max_num_queries(35):
        import_rows(market, *rows, campaign=CampaignFactory(market=market))


row = st.fixed_dictionaries(
    {
        "external_id": st.sampled_from(["", "", "A", "B"]),
        "full_name": st.sampled_from(["", "Ann", "ann", "Bob"]),
        "email": st.sampled_from(["", "", "a@x.example", "b@x.example"]),
        "phone": st.sampled_from(["", "", "212 555 0100", "+1 212-555-0100", "212 555 0101", "12"]),
        "firm": st.sampled_from(["", "Smith", "SMITH", "Wood"]),
        "city": st.sampled_from(["", "Rome", "Boston"]),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(row, max_size=8))
def test_any_rows_add_up_and_the_same_again_changes_nothing(market, rows):
    with rolled_back(really=True):
        first = import_rows(market, *rows)
        stored = list(Contact.objects.order_by("pk").values())
        second = import_rows(market, *rows)

        assert first.rows == second.rows == len(rows) == sum(counts(first)) == sum(counts(second))
        assert (second.created, second.updated) == (0, 0)
        assert list(Contact.objects.order_by("pk").values()) == stored


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_a_row_that_was_refused_keeps_its_say_when_a_later_one_adds_the_key_that_it_names(market, chunk):
    rows = [
        {"email": "b@x.example", "phone": "212 555 0100"},
        {"external_id": "B", "email": "a@x.example", "phone": "212 555 0100"},
        {"external_id": "B", "phone": "212 555 0100"},
        {"external_id": "B", "full_name": "Ann"},
    ]

    first = import_rows(market, *rows, chunk=chunk)
    again = import_rows(market, *rows, chunk=chunk)

    assert (counts(first), counts(again)) == ((1, 1, 0, 2), (0, 0, 2, 2))
    assert [each.line for each in first.rejections] == [each.line for each in again.rejections] == [3, 5]
    assert "by the number, without a name; this one names them “Ann”. Name them in both." in again.rejections[1].message


def test_who_is_not_to_be_called_is_counted_once_however_many_chunks_name_them(market):
    ann = ContactFactory(workspace=market.workspace, external_id="A")
    suppress(contact=ann, by=None, reason="Asked")
    rows = [{"external_id": "A"}, {"external_id": "B"}, {"external_id": "A", "city": "Rome"}]

    assert [import_rows(market, *rows, chunk=chunk).do_not_call for chunk in (1, 2, 3)] == [1, 1, 1]


@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_the_line_that_first_names_somebody_is_kept_though_its_row_was_refused(market, chunk):
    for name in "AB":
        ContactFactory(workspace=market.workspace, external_id=name, email=f"{name}@people.example".lower())
    rows = [{"external_id": "A", "email": "b@people.example"}, {"external_id": "C"}, {"external_id": "A"}]

    import_rows(market, *rows, chunk=chunk)

    lines = ImportedContact.objects.values_list("contact__external_id", "line", "outcome")
    assert sorted(lines) == [("A", 2, "="), ("B", 2, "n"), ("C", 3, "c")]

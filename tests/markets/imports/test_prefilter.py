"""Rows that are settled together end as if each had been taken by itself, whatever stands beside them."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets.imports import contacts
from markets.imports.counts import rolled_back
from markets.imports.fields import CONTACT_FIELDS
from markets.imports.mapping import ColumnMapping
from markets.imports.prefilter import Given, Screened, screen
from markets.models import Contact, ContactMerge, ImportedContact, MarketContact
from markets.models.merges import FormerKey
from tests.factories import ContactFactory, WorkspaceFactory
from tests.importing import import_people

HEADER = ["external_id", "full_name", "email", "phone", "firm", "city"]

row = st.fixed_dictionaries(
    {
        "external_id": st.sampled_from(["", "", "A", "B", "C", "D"]),
        "full_name": st.sampled_from(["", "Ann", "ann", "Bob"]),
        "email": st.sampled_from(["", "", "a@x.example", "b@x.example", "c@x.example"]),
        "phone": st.sampled_from(["", "", "212 555 0100", "+1 212-555-0100", "212 555 0101", "212 555 0102"]),
        "firm": st.sampled_from(["", "Smith", "Wood"]),
        "city": st.sampled_from(["", "Rome", "Boston"]),
    }
)


def bring(market, rows, **options):
    cells = [(line, [row[name] for name in HEADER]) for line, row in enumerate(rows, start=2)]
    return import_people(market=market, rows=cells, columns=ColumnMapping(HEADER, CONTACT_FIELDS), **options)


def stored():
    """Everything but ids and moments, as those depend on the order of writing."""
    people = Contact.objects.values_list("name_key", "city", *HEADER)
    said = ImportedContact.objects.values_list(
        *("contact__external_id", "contact__email", "contact__phone", "contact__name_key"),
        *("contact__firm", "contact__city", "job", "outcome", "field_mask", "is_placed"),
    )
    return sorted(people), MarketContact.objects.count(), sorted(said)


def outcomes(market, before, rows, **options):
    """What an import into a market that knows some people comes to; nothing of it stays."""
    with rolled_back():
        bring(market, before)
        tally = bring(market, rows, **options)
        refused = [(each.line, each.code) for each in tally.rejections]
        kept = stored()
    jobs = sorted({each[6] for each in kept[2]})
    return tally.counts, refused, kept[0], kept[1], [(*each[:6], jobs.index(each[6]), *each[7:]) for each in kept[2]]


def nothing_together(workspace, given):
    return Screened(hard=list(range(len(given.rows))))


def screened(workspace, rows):
    return screen(workspace.pk, Given.by(rows))


@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(row, max_size=4),
    rows=st.lists(row, max_size=9),
    on_duplicate=st.sampled_from(contacts.OnDuplicate),
    chunk=st.sampled_from([2, 3, 100]),
)
def test_settled_together_or_one_by_one_rows_end_alike(market, monkeypatch, before, rows, on_duplicate, chunk):
    together = outcomes(market, before, rows, on_duplicate=on_duplicate, chunk=chunk)
    with monkeypatch.context() as patched:
        patched.setattr(contacts, "screen", nothing_together)
        one_by_one = outcomes(market, before, rows, on_duplicate=on_duplicate, chunk=chunk)

    assert together == one_by_one


def test_strangers_and_people_of_whom_nothing_is_new_need_no_thought(workspace):
    known = ContactFactory(workspace=workspace, external_id="A", full_name="Ann", name_key="ann")

    found = screened(workspace, [{"external_id": "B"}, {"external_id": "A", "email": known.email}, {"email": "x@y"}])

    assert (found.new, found.same, found.hard) == ([0, 2], {1: known.pk}, [])


def test_people_of_another_workspace_are_strangers(workspace):
    ContactFactory(workspace=WorkspaceFactory(), external_id="A")

    assert screened(workspace, [{"external_id": "A"}]).new == [0]


def test_changes_and_what_they_touch_take_thought(workspace):
    known = ContactFactory(workspace=workspace, external_id="A", city="Rome")
    rows = [
        {"external_id": "A", "city": "Boston"},
        {"external_id": "B", "email": known.email},
        {"email": known.email},
        {"external_id": "C"},
    ]

    assert (screened(workspace, rows).hard, screened(workspace, rows).new) == ([0, 1, 2], [3])


def test_who_was_merged_is_no_stranger(workspace):
    kept = ContactFactory(workspace=workspace, external_id="A")
    merge = ContactMerge.objects.create(
        workspace=workspace, contact=kept, merged_id=kept.pk + 1, label="B", fields={"city": "Rome"}, moved={}
    )
    FormerKey.objects.create(workspace=workspace, merge=merge, kind="external_id", value="B")

    assert screened(workspace, [{"external_id": "B"}]).hard == [0]


def test_a_file_that_names_somebody_as_before_a_merge_changes_nothing(market):
    kept = ContactFactory(workspace=market.workspace, external_id="A", city="Boston")
    merge = ContactMerge.objects.create(
        workspace=market.workspace,
        contact=kept,
        merged_id=kept.pk + 1,
        label="B",
        fields={"external_id": "B", "city": "Rome", "email": "b@x.example"},
        moved={},
    )
    FormerKey.objects.create(workspace=market.workspace, merge=merge, kind="external_id", value="B")
    row = dict.fromkeys(HEADER, "") | {"external_id": "B", "city": "Rome", "email": "b@x.example"}

    tally = bring(market, [row])

    assert (tally.unchanged, tally.created, tally.updated) == (1, 0, 0)

"""Rows that the prefilter settles together have the outcome that matching each of them would have."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets.imports.contacts import writer
from markets.imports.contacts.prefilter import PrefilterResult, prefilter
from markets.imports.counts import rolled_back
from markets.imports.fields import CONTACT_FIELDS
from markets.imports.mapping import ColumnMapping
from markets.models import Contact, ContactMerge, ImportedContact, MarketContact
from markets.models.history.merges import FormerKey
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


def import_rows(market, rows, **options):
    cells = [(line, [row[name] for name in HEADER]) for line, row in enumerate(rows, start=2)]
    return import_people(market=market, rows=cells, columns=ColumnMapping(HEADER, CONTACT_FIELDS), **options)


def stored():
    """Everything but ids and times, which depend on the order of writing."""
    stored_contacts = Contact.objects.values_list("name_key", "city", *HEADER)
    imported = ImportedContact.objects.values_list(
        *("contact__external_id", "contact__email", "contact__phone", "contact__name_key"),
        *("contact__firm", "contact__city", "job", "outcome", "field_mask", "is_placed"),
    )
    return sorted(stored_contacts), MarketContact.objects.count(), sorted(imported)


def outcomes(market, before, rows, **options):
    """The result of an import into a market that has some contacts; rolled back."""
    with rolled_back():
        import_rows(market, before)
        result = import_rows(market, rows, **options)
        refused = [(each.line, each.code) for each in result.rejections]
        kept = stored()
    jobs = sorted({each[6] for each in kept[2]})
    return result.counts, refused, kept[0], kept[1], [(*each[:6], jobs.index(each[6]), *each[7:]) for each in kept[2]]


def match_all(workspace, rows, decided, corrected):
    return PrefilterResult(needs_matching=list(range(len(rows))))


def prefiltered(workspace, rows):
    return prefilter(workspace.pk, rows)


@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(row, max_size=4),
    rows=st.lists(row, max_size=9),
    on_duplicate=st.sampled_from(writer.OnDuplicate),
    chunk=st.sampled_from([2, 3, 100]),
)
def test_rows_settled_together_end_as_if_matched_one_by_one(market, monkeypatch, before, rows, on_duplicate, chunk):
    together = outcomes(market, before, rows, on_duplicate=on_duplicate, chunk=chunk)
    with monkeypatch.context() as patched:
        patched.setattr(writer, "prefilter", match_all)
        one_by_one = outcomes(market, before, rows, on_duplicate=on_duplicate, chunk=chunk)

    assert together == one_by_one


def test_new_and_unchanged_stored_contacts_need_no_matching(workspace):
    known = ContactFactory(workspace=workspace, external_id="A", full_name="Ann", name_key="ann")

    found = prefiltered(workspace, [{"external_id": "B"}, {"external_id": "A", "email": known.email}, {"email": "x@y"}])

    assert (found.new, found.unchanged, found.needs_matching) == ([0, 2], {1: known.pk}, [])


def test_stored_contacts_of_another_workspace_are_new(workspace):
    ContactFactory(workspace=WorkspaceFactory(), external_id="A")

    assert prefiltered(workspace, [{"external_id": "A"}]).new == [0]


def test_changes_and_rows_they_touch_need_matching(workspace):
    known = ContactFactory(workspace=workspace, external_id="A", city="Rome")
    rows = [
        {"external_id": "A", "city": "Boston"},
        {"external_id": "B", "email": known.email},
        {"email": known.email},
        {"external_id": "C"},
    ]

    assert (prefiltered(workspace, rows).needs_matching, prefiltered(workspace, rows).new) == ([0, 1, 2], [3])


def test_a_merged_contact_is_not_new(workspace):
    kept = ContactFactory(workspace=workspace, external_id="A")
    merge = ContactMerge.objects.create(
        workspace=workspace, contact=kept, merged_id=kept.pk + 1, label="B", fields={"city": "Rome"}, moved={}
    )
    FormerKey.objects.create(workspace=workspace, merge=merge, kind="external_id", value="B")

    assert prefiltered(workspace, [{"external_id": "B"}]).needs_matching == [0]


def test_a_file_with_values_from_before_a_merge_changes_nothing(market):
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

    result = import_rows(market, [row])

    assert (result.unchanged, result.created, result.updated) == (1, 0, 0)

from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.db import bulk
from markets.imports.counts import rolled_back
from markets.models import Contact, ImportPreset
from tests.factories import ContactFactory

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.one_of(text, st.sampled_from(["\\N", "\\.", "a\tb", "a\\tb", "\r\n", "None"])), max_size=5))
def test_any_text_is_written_as_it_is(workspace, names):
    with rolled_back():
        ids = bulk.new_ids(Contact, len(names))
        moment = now()
        blank = [each.column for each in Contact._meta.concrete_fields if each.get_internal_type() == "CharField"]
        others = [name for name in blank if name not in ("full_name", "external_id")]
        bulk.insert(
            Contact,
            ["id", "workspace_id", "full_name", "external_id", "created_at", "updated_at", *others],
            [
                (pk, workspace.pk, name, f"X{pk}", moment, moment, *("" for _ in others))
                for pk, name in zip(ids, names, strict=True)
            ],
        )
        assert list(workspace.contacts.order_by("pk").values_list("full_name", flat=True)) == names


def test_nothing_is_written_as_null(workspace, manager):
    columns = ["workspace_id", "kind", "header_key", "name", "options", "updated_at", "updated_by_id"]
    row = [workspace.pk, "people", "key", "Leads", "{}", now()]

    bulk.insert(ImportPreset, columns, [[*row, None]])

    assert ImportPreset.objects.get().updated_by is None


def test_rows_are_found_among_thousands_of_keys_of_one_workspace(workspace):
    keys = ["A", "'", '"', "\\", '\\"', "{}", ",", "NULL"]
    mine = [ContactFactory(workspace=workspace, external_id=key) for key in keys]
    other = ContactFactory(external_id="A")
    keys += [f"X{number}" for number in range(3000)]

    found = bulk.select(Contact, ["id"], key="external_id", values=keys, workspace_id=workspace.pk)

    assert sorted(found) == [(each.pk,) for each in mine]
    assert bulk.select(Contact, ["id"], key="id", values={other.pk}, workspace_id=workspace.pk) == []
    assert bulk.select(Contact, ["id"], key="id", values=[], workspace_id=workspace.pk) == []


def test_texts_are_set_by_id(workspace):
    first, second, third = (ContactFactory(workspace=workspace, city="Rome") for _ in range(3))

    bulk.update(Contact, ["city", "firm"], [(first.pk, "O'Hara \\ {x}", "A"), (second.pk, "", "B")], title="Partner")

    found = Contact.objects.order_by("pk").values_list("city", "firm", "title")
    assert list(found) == [("O'Hara \\ {x}", "A", "Partner"), ("", "B", "Partner"), ("Rome", third.firm, "")]

"""The contact's page, the call screen, the edit form and the admin."""

import pytest
from django.urls import reverse

from markets.custom_fields.fields import MAX_CUSTOM_FIELDS
from markets.models import Contact, ContactChange, CustomField
from tests.factories import ContactFactory, WorkspaceFactory, active_campaign, member_of
from tests.importing import finished_import

XSS = "<script>alert(1)</script>"


@pytest.fixture
def fields(workspace):
    kinds = {"size": "number", "joined": "date", "team": "choice", "remark": "text", "secret": "text"}
    return {
        key: CustomField.objects.create(
            workspace=workspace,
            key=key,
            name=key.title(),
            kind=kind,
            position=9 - place,
            choices=["Blue", "Red"] if kind == "choice" else [],
            is_hidden=key == "secret",
        )
        for place, (key, kind) in enumerate(kinds.items())
    }


@pytest.fixture
def ann(workspace, fields):
    custom = {"size": 42.5, "joined": "2024-01-31", "team": "Red", "remark": XSS, "secret": "Zanzibar", "gone": "Oslo"}
    return ContactFactory(workspace=workspace, full_name="Ann Lee", external_id="A1", custom=custom)


def page_of(client, contact):
    return client.get(reverse("contacts:detail", args=["acme", contact.pk])).content.decode()


def test_the_contacts_page_has_the_values_in_their_order_and_none_that_are_hidden(as_viewer, ann):
    page = page_of(as_viewer, ann)

    places = [page.index(f"<dt>{name}</dt>") for name in ("Remark", "Team", "Joined", "Size")]
    assert places == sorted(places)
    assert "<dd>42.5</dd>" in page
    assert "<dd>31 Jan 2024</dd>" in page
    assert not {"Zanzibar", "Oslo", XSS} & {text for text in ("Zanzibar", "Oslo", XSS) if text in page}


def test_the_call_screen_has_them_too(as_caller, market, ann):
    campaign = active_campaign(market=market)
    member_of(campaign, ann)

    page = as_caller.get(reverse("campaigns:call", args=["acme", campaign.pk, ann.pk])).content.decode()

    assert "<dd>42.5</dd>" in page
    assert "Zanzibar" not in page


def edit_page(client, contact):
    return reverse("contacts:edit", args=["acme", contact.pk])


def posted(client, contact, **changes):
    form = client.get(edit_page(client, contact)).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    return client.post(edit_page(client, contact), values | {f"custom.{key}": text for key, text in changes.items()})


def test_a_person_can_correct_and_clear_values(as_manager, manager, ann):
    assert posted(as_manager, ann, size="44", joined="", team="Blue", remark="=1+1").status_code == 302

    ann.refresh_from_db()
    assert ann.custom == {"size": 44, "team": "Blue", "remark": "=1+1", "secret": "Zanzibar", "gone": "Oslo"}
    change = ContactChange.objects.get()
    assert change.changed_by == manager
    assert change.before["custom.size"] == "42.5"
    assert change.after == {"custom.size": "44", "custom.joined": "", "custom.team": "Blue", "custom.remark": "=1+1"}


@pytest.mark.parametrize(("key", "text"), [("size", "tall"), ("joined", "soon"), ("team", "Green")])
def test_a_value_of_another_kind_is_refused_with_a_sentence(as_manager, ann, key, text):
    page = posted(as_manager, ann, **{key: text})

    assert page.status_code == 200
    assert text in str(page.context["form"].errors[f"custom.{key}"])


def test_a_form_that_was_opened_before_the_field_existed_leaves_its_value(as_manager, workspace, ann):
    form = as_manager.get(edit_page(as_manager, ann)).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    CustomField.objects.create(workspace=workspace, key="gone", name="Gone")

    assert as_manager.post(edit_page(as_manager, ann), values | {"firm": "New LLP"}).status_code == 302

    ann.refresh_from_db()
    assert (ann.firm, ann.custom["gone"]) == ("New LLP", "Oslo")


def test_a_form_and_an_import_at_once_lose_nothing(as_manager, market, ann):
    form = as_manager.get(edit_page(as_manager, ann)).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    finished_import(market.workspace, "External ID,Size,Team", f"{ann.external_id},43,Blue", market=market.pk)

    stale = as_manager.post(edit_page(as_manager, ann), values | {"custom.size": "44"})

    assert stale.status_code == 409
    assert "43" in stale.content.decode()
    assert Contact.objects.get(pk=ann.pk).custom["size"] == 43


def test_a_new_contact_may_have_values(as_manager, workspace, fields):
    as_manager.post(reverse("contacts:create", args=["acme"]), {"email": "bob@x.example", "custom.size": "40"})

    assert workspace.contacts.get().custom == {"size": 40}


def test_values_of_a_field_of_another_workspace_are_not_shown(as_viewer, workspace):
    CustomField.objects.create(workspace=WorkspaceFactory(), key="size", name="Size")
    ann = ContactFactory(workspace=workspace, custom={"size": "Zanzibar"})

    assert "Zanzibar" not in page_of(as_viewer, ann)


def change(client, field, **values):
    url = reverse("admin:markets_customfield_change", args=[field.pk])
    form = client.get(url).context["adminform"].form
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    return client.post(url, typed | values)


def test_ops_rename_hide_and_order_fields(as_ops, fields):
    assert change(as_ops, fields["size"], name="Shoe size", position=1, is_hidden="on").status_code == 302

    field = CustomField.objects.get(key="size")
    assert (field.name, field.position, field.is_hidden, field.kind) == ("Shoe size", 1, True, "number")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "E-Mail"}, "is a field of the portal"),
        ({"name": "JOINED!"}, "too much like another custom field"),
        ({"kind": "date"}, "can only become a text"),
    ],
)
def test_a_name_or_kind_that_would_mislead_imports_is_refused(as_ops, fields, values, sentence):
    page = change(as_ops, fields["size"], **values)

    assert sentence in page.content.decode()
    assert CustomField.objects.get(key="size").name == "Size"


def test_ops_may_make_a_field_before_the_first_file(as_ops, workspace):
    typed = {"workspace": workspace.pk, "name": "Shoe  size", "kind": "number", "position": 1}
    as_ops.post(reverse("admin:markets_customfield_add"), typed)

    field = workspace.custom_fields.get()
    assert (field.key, field.name, field.kind) == ("shoesize", "Shoe size", "number")


def test_the_fields_of_another_workspace_neither_bar_a_name_nor_fill_the_room(as_ops, workspace):
    other = WorkspaceFactory()
    names = ["size", *(f"field{number}" for number in range(1, MAX_CUSTOM_FIELDS))]
    CustomField.objects.bulk_create(
        CustomField(workspace=other, key=name, name=name, kind="text", position=place)
        for place, name in enumerate(names)
    )

    typed = {"workspace": workspace.pk, "name": "Size", "kind": "number", "position": 1}
    as_ops.post(reverse("admin:markets_customfield_add"), typed)

    assert workspace.custom_fields.get().name == "Size"

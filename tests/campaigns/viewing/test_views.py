import pytest
from django.urls import reverse

from campaigns.audience.links import decode_rule, encode_rule
from campaigns.models import DefaultView, SavedView
from markets.models import Contact
from signals.contacts.erasure import erase
from tests.factories import ContactFactory, UserFactory, WorkspaceFactory

CONTACTS = "/w/acme/contacts/"


@pytest.fixture
def view(workspace):
    """A view of the workspace."""
    return workspace.saved_views.create(name="Firms", list_name="contacts", columns=["firm"], query={"sort": ["-firm"]})


def save(client, name="Late", query="q=Ann&sort=firm&columns=firm&columns=city&page=3", **fields):
    data = {"list": "contacts", "name": name, "query": query, "next": CONTACTS, **fields}
    return client.post(reverse("views:save", args=["acme"]), data, follow=True)


def change(client, view, **fields):
    return client.post(reverse("views:change", args=["acme", view.pk]), fields, follow=True)


def said(page):
    return [str(each) for each in page.context["messages"]]


def test_a_view_keeps_columns_filters_and_order_and_leads_back_to_them(as_viewer, viewer, workspace):
    page = save(as_viewer)

    view = workspace.saved_views.get()
    assert (view.owner, view.columns, view.query) == (viewer, ["firm", "city"], {"q": ["Ann"], "sort": ["firm"]})
    assert said(page) == ["View “Late” saved."]
    assert [column.name for column in page.context["table"].columns] == ["full_name", "firm", "city"]
    assert [chip.value for chip in page.context["chips"]] == ["Ann"]
    assert page.context["views"].open == view


def test_saving_under_the_same_name_replaces_the_view(as_viewer, workspace):
    save(as_viewer)
    save(as_viewer, name=" LATE ", query="columns=email")

    view = workspace.saved_views.get()
    assert (view.name, view.columns, view.query) == ("LATE", ["email"], {})


def test_managers_save_views_for_everybody_and_others_do_not(as_viewer, workspace, client, manager):
    page = save(as_viewer, shared="yes")
    assert "Only managers" in said(page)[0]
    assert not workspace.saved_views.exists()

    client.force_login(manager)
    save(client, shared="yes")
    assert workspace.saved_views.get().owner is None


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "x" * 61}, "Enter a name"),
        ({"list": "trees"}, "can't be saved"),
    ],
)
def test_a_view_without_a_name_or_of_no_list_is_refused(as_viewer, workspace, fields, problem):
    page = save(as_viewer, **fields)

    assert problem in said(page)[0]
    assert not workspace.saved_views.exists()


def test_the_menu_has_own_views_and_those_of_the_workspace_for_this_list(as_viewer, viewer, workspace, view):
    workspace.saved_views.create(name="Mine", list_name="contacts", owner=viewer)
    workspace.saved_views.create(name="Of somebody else", list_name="contacts", owner=UserFactory())
    workspace.saved_views.create(name="Of members", list_name="members")
    WorkspaceFactory().saved_views.create(name="Elsewhere", list_name="contacts")

    menu = as_viewer.get(CONTACTS).context["views"]

    assert [link.view.name for link in menu.own] == ["Mine"]
    assert [link.view.name for link in menu.shared] == ["Firms"]
    assert [row[0].name for row in as_viewer.get("/w/acme/views/").context["rows"]] == ["Firms", "Mine", "Of members"]


def test_own_views_are_renamed_and_deleted(as_viewer, workspace):
    save(as_viewer)
    view = workspace.saved_views.get()

    assert said(change(as_viewer, view, do="rename", name="Early")) == ["View renamed to “Early”."]
    assert said(change(as_viewer, view, do="delete")) == ["View “Early” deleted."]
    assert not workspace.saved_views.exists()


def test_two_views_have_different_names(as_manager, workspace, view):
    other = workspace.saved_views.create(name="Cities", list_name="contacts")

    assert "already" in said(change(as_manager, other, do="rename", name="firms"))[0]


@pytest.mark.parametrize("do", ["rename", "delete"])
def test_a_view_of_the_workspace_is_changed_by_managers_alone(as_viewer, view, do):
    page = change(as_viewer, view, do=do, name="Other")

    assert "Only managers" in said(page)[0]
    assert SavedView.objects.get().name == "Firms"


def test_a_view_of_somebody_else_or_of_another_workspace_does_not_exist(as_manager, workspace):
    others = workspace.saved_views.create(name="Theirs", list_name="contacts", owner=UserFactory())
    elsewhere = WorkspaceFactory().saved_views.create(name="Elsewhere", list_name="contacts")

    assert change(as_manager, others, do="delete").status_code == 404
    assert change(as_manager, elsewhere, do="default").status_code == 404
    assert SavedView.objects.count() == 2


def test_lists_open_with_the_columns_and_order_of_the_default_and_with_everybody(as_viewer, workspace, view):
    SavedView.objects.update(query={"sort": ["-firm"], "q": ["Nobody"]})
    ContactFactory(workspace=workspace)
    assert "open with" in said(change(as_viewer, view, do="default"))[0]

    page = as_viewer.get(CONTACTS, follow=True)

    assert page.redirect_chain == [(f"{CONTACTS}?sort=-firm&columns=firm", 302)]
    assert page.context["table"].paginator.count == 1
    assert not as_viewer.get(CONTACTS, {"q": "Ann"}).context["views"].redirect

    change(as_viewer, view, do="no_default")
    assert as_viewer.get(CONTACTS).status_code == 200


def test_deleting_a_view_ends_the_defaults(as_manager, viewer, workspace, view):
    workspace.default_views.create(user=viewer, list_name="contacts", view=view)

    change(as_manager, view, do="delete")

    assert not DefaultView.objects.exists()


def test_a_rule_is_stored_as_such(as_viewer, workspace):
    rule = {"version": 1, "match": "all", "conditions": [{"kind": "search", "text": "Vale"}]}

    page = save(as_viewer, query=f"rule={encode_rule(rule)}")

    assert workspace.saved_views.get().query == {"rule": rule}
    (link,) = page.context["views"].links
    encoded = link.url.partition("rule=")[2].partition("&")[0]
    assert decode_rule(encoded) == rule


def test_an_erased_person_is_no_longer_in_views(workspace):
    contact = ContactFactory(workspace=workspace, full_name="Zelda Quarrington", email="zelda@v.example")
    rule = {"version": 1, "match": "all", "conditions": [{"kind": "search", "text": "quarringt"}]}
    for number, query in enumerate(({"q": ["quarringt"]}, {"q": ["Zelda Quarrington"]}, {"rule": rule})):
        workspace.saved_views.create(name=f"Zelda Quarrington {number}", list_name="contacts", query=query)

    erase(contact=Contact.objects.get(pk=contact.pk), by=None, reason="Request 204")

    stored = str(list(SavedView.objects.values_list("name", "query"))).lower()
    assert "quarr" not in stored


def test_the_way_back_stays_in_the_portal(as_viewer, view):
    answer = as_viewer.post(
        reverse("views:change", args=["acme", view.pk]), {"do": "default", "next": "https://elsewhere.example/"}
    )

    assert answer.url == "/w/acme/views/"

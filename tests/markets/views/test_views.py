import pytest
from django.urls import reverse
from django.utils.html import escape

from markets.models import Contact, Market, Suppression
from markets.suppressions.services import suppress
from tests.factories import (
    ContactFactory,
    MarketFactory,
    MembershipFactory,
    WorkspaceFactory,
    call,
    member,
    member_of,
    now,
    signal,
    timedelta,
)
from tests.reading import metric, version


def test_home_goes_straight_on_when_there_is_one_workspace(as_viewer):
    assert as_viewer.get("/")["Location"] == reverse("dashboard", args=["acme"])


def test_home_lists_the_users_own_workspaces(as_viewer, viewer):
    MembershipFactory(user=viewer, workspace__name="Second firm")
    WorkspaceFactory(name="Somebody else")

    page = as_viewer.get("/").content.decode()

    assert "Acme" in page
    assert "Second firm" in page
    assert "Somebody else" not in page


def test_a_manager_creates_a_market_once(as_manager, workspace):
    url = reverse("markets:create", args=["acme"])

    assert as_manager.post(url, {"practice_area": " Tax ", "geography": "Rome"}).status_code == 302
    again = as_manager.post(url, {"practice_area": "TAX", "geography": "rome"})

    assert "already has a market" in again.content.decode()
    assert [str(market) for market in Market.objects.all()] == ["Tax -- Rome"]


def test_a_new_contact_is_stored_normalised_and_placed_in_its_market(as_manager, market):
    url = reverse("contacts:create", args=["acme"]) + f"?market={market.pk}"

    as_manager.post(url, {"full_name": "  Ann   O’Neil ", "email": "Ann@Firm.Example", "phone": "(212) 555-0142"})

    contact = Contact.objects.get()
    assert (contact.full_name, contact.email) == ("Ann O’Neil", "ann@firm.example")
    assert (contact.phone, contact.phone_e164) == ("(212) 555-0142", "+12125550142")
    assert list(contact.markets.all()) == [market]


def test_a_phone_that_cannot_be_called_is_kept_as_typed_and_the_page_says_why(as_manager):
    typed = {"email": "ann@people.example", "phone": "555-0142"}

    page = as_manager.post(reverse("contacts:create", args=["acme"]), typed, follow=True).content.decode()

    assert (Contact.objects.get().phone, Contact.objects.get().phone_e164) == ("555-0142", "")
    assert "cannot be called. The area code is missing." in page


def test_further_numbers_can_be_typed_into_the_same_field(as_manager):
    typed = {"email": "ann@people.example", "phone": "212-555-0142 x7 / +44 20 7946 0142"}

    page = as_manager.post(reverse("contacts:create", args=["acme"]), typed, follow=True).content.decode()

    assert 'href="tel:+12125550142;ext=7"' in page
    assert 'href="tel:+442079460142"' in page
    assert 'America/New_York <span class="soft">by the number</span>' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"full_name": "Ann"}, "Nothing tells this person apart"),
        ({"phone": "12"}, "“12” is not a phone number"),
        ({"phone": "4.47E+11"}, "rounded by a spreadsheet"),
        ({"email": "ann at firm"}, "is not an email address"),
        ({"email": "ann@firm.example ::: ann at firm"}, "is not an email address"),
        ({"email": "a@b.example", "timezone": "New York"}, "“New York” is not a time zone"),
        ({"email": "a@b.example", "profile_url": "javascript:alert(1)"}, "is not a web address"),
        ({"email": "taken@b.example"}, "has that email address already"),
        ({"email": "a@b.example", "full_name": "ﷺ" * 150}, "The name is too long"),
    ],
)
def test_what_is_wrong_with_a_person_is_said(as_manager, workspace, fields, sentence):
    ContactFactory(workspace=workspace, email="taken@b.example")

    answer = as_manager.post(reverse("contacts:create", args=["acme"]), fields)

    assert sentence in answer.content.decode()
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("name", ["Ann Lee", ""])
@pytest.mark.parametrize("page", ["create", "edit"])
def test_a_person_of_a_name_and_number_that_somebody_has_is_refused_with_a_sentence(as_manager, campaign, page, name):
    one = member(campaign, full_name=name, name_key=name.lower(), phone="2125550190").contact
    other = member(campaign, full_name=name, name_key=name.lower(), phone="2125550191").contact
    url, people = f"/w/acme/contacts/{'new' if page == 'create' else f'{other.pk}/edit'}/", Contact.objects.count()

    posted = {"full_name": name, "phone": one.phone, "email": "ann@new.example"}

    answer = as_manager.post(url, posted | {"version": version(as_manager.get(url))})

    assert "Somebody of that name has that phone number in this workspace already." in answer.content.decode()
    other.refresh_from_db()
    assert (other.phone, Contact.objects.count()) == ("2125550191", people)


def test_a_number_that_somebody_of_that_name_has_is_refused_with_a_sentence(as_caller, campaign):
    one, other = (member(campaign, full_name="Ann Lee", phone=phone).contact for phone in ("2125550190", "2125550191"))

    page = as_caller.post(reverse("contacts:repair", args=["acme", one.pk]), {"phone": other.phone}, follow=True)

    assert "Somebody of that name has that phone number in this workspace already." in page.content.decode()
    one.refresh_from_db()
    assert one.phone == "2125550190"


def test_a_caller_repairs_a_number(as_caller, campaign):
    contact = call(campaign, disposition="incorrect_number").contact
    url = reverse("contacts:repair", args=["acme", contact.pk])

    same = as_caller.post(url, {"phone": contact.phone}, follow=True)
    assert "turned out to be incorrect" in same.content.decode()
    assert not campaign.members.callable().filter(contact=contact).exists()

    as_caller.post(url, {"phone": "212 555 0188"})
    assert campaign.members.callable().filter(contact=contact).exists()


def test_a_caller_suppresses_and_a_manager_lifts_with_a_reason(client, caller, manager, campaign):
    contact = campaign.members.first().contact
    client.force_login(caller)
    client.post(reverse("contacts:suppress", args=["acme", contact.pk]), {"reason": "Asked by mail"})
    assert not campaign.members.callable().filter(contact=contact).exists()

    client.force_login(manager)
    lift = reverse("suppressions:lift", args=["acme", Suppression.objects.get().pk])
    assert "Say why" in client.post(lift, follow=True).content.decode()
    assert not campaign.members.callable().filter(contact=contact).exists()
    client.post(lift, {"reason": "Asked to be called again"})

    assert campaign.members.callable().filter(contact=contact).exists()
    assert Suppression.objects.get().lifted_by == manager


@pytest.mark.parametrize("key", ["phone", "email"])
def test_a_number_or_address_keeps_whoever_has_it_from_being_called(as_caller, campaign, key):
    contact = campaign.members.first().contact

    as_caller.post(
        reverse("suppressions:create", args=["acme"]), {key: getattr(contact, key), "reason": "On the firm's list"}
    )

    assert not campaign.members.callable().filter(contact=contact).exists()
    assert campaign.members.callable().count() == 2


def test_a_suppression_of_nobody_is_refused(as_caller):
    answer = as_caller.post(reverse("suppressions:create", args=["acme"]), {"reason": "Hm"})

    assert "Say whom" in answer.content.decode()
    assert not Suppression.objects.exists()


def test_a_suppression_of_another_workspace_does_not_count_here(campaign):
    contact = campaign.members.first().contact
    twin = ContactFactory(workspace=WorkspaceFactory(), phone=contact.phone, email=contact.email)

    suppress(contact=twin, by=None, reason="Elsewhere")

    assert campaign.members.callable().count() == 3


def test_contacts_are_found_by_name_firm_and_number(as_viewer, workspace):
    ContactFactory(workspace=workspace, full_name="Zoë Ångström", firm="North LLP", phone="(212) 555-0177")
    ContactFactory(workspace=workspace, full_name="Bob", firm="South LLP", phone="(212) 555-0111")

    for text in ("ZOË å", "north", "555-0177", "5550177"):
        page = as_viewer.get(reverse("contacts:list", args=["acme"]), {"q": text})
        assert metric(page, "rows") == 1, text


def test_the_landscape_holds_who_is_in_no_campaign_too(as_viewer, campaign):
    person = ContactFactory(workspace=campaign.workspace)
    campaign.market.market_contacts.create(workspace=campaign.workspace, contact=person)

    landscape = as_viewer.get(reverse("markets:landscape", args=["acme", campaign.market.pk]))
    market = as_viewer.get(reverse("markets:detail", args=["acme", campaign.market.pk]))

    assert metric(landscape, "rows") == 4
    assert metric(market, "contact_count", f"market:{campaign.market.pk}") == 3


def test_what_the_market_says_is_each_persons_newest_signal(as_viewer, campaign):
    contact = campaign.members.first().contact
    for days, value in [(9, "Not Moving"), (3, "Active")]:
        made = call(campaign, contact, disposition="future_potential", started_at=now() - timedelta(days=days))
        signal(made, value=value)

    page = as_viewer.get(reverse("signals:list", args=["acme"]), {"current": "yes"})

    assert metric(page, "rows") == 1
    assert "Active" in page.content.decode()


def test_one_person_in_two_markets_is_one_contact(as_viewer, campaign):
    other = MarketFactory(workspace=campaign.workspace)
    contact = campaign.members.first().contact
    other.market_contacts.create(workspace=campaign.workspace, contact=contact)
    assert member_of(campaign, contact).contact == contact

    page = as_viewer.get(reverse("contacts:detail", args=["acme", contact.pk])).content.decode()

    assert escape(other) in page
    assert escape(campaign.market) in page


def test_htmx_gets_the_table_alone(as_viewer, campaign):
    url = reverse("campaigns:list", args=["acme"])

    whole = as_viewer.get(url)
    part = as_viewer.get(url, headers={"HX-Request": "true", "HX-Target": "table"})

    assert whole.content.decode().startswith("<!doctype html>")
    assert part.content.decode().lstrip().startswith('<div id="table"')
    assert "HX-Request" in part["Vary"]

"""Choosing people for a campaign: what is ticked stays ticked, until people are added."""

import pytest
from django.urls import reverse

from campaigns.audience.links import encode_rule
from campaigns.audience.selection import Selection
from campaigns.lifecycle.transitions import delete_draft
from campaigns.models import SelectedContact
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests import factories
from tests.campaigns.audience.test_rule import rule
from tests.campaigns.rule_pages import fields_of, people_found, press
from tests.reading import metric

NORTH = rule({"kind": "firm", "op": "is", "values": ["North LLP"]})


@pytest.fixture
def draft(market):
    return factories.CampaignFactory(market=market, name="Draft")


@pytest.fixture
def people(market):
    """60 people: the first ten of North LLP, the others of South LLP."""
    contacts = [
        factories.ContactFactory(
            workspace=market.workspace,
            full_name=f"P {number:03}",
            email=f"p{number:03}@people.example",
            phone=f"(646) 555-8{number:03}",  # no digits of another's name, which a search would find
            firm="North LLP" if number < 10 else "South LLP",
        )
        for number in range(60)
    ]
    for contact in contacts:
        market.market_contacts.create(workspace=market.workspace, contact=contact)
    return contacts


@pytest.fixture
def url(draft):
    return reverse("campaigns:choose", args=["acme", draft.pk])


def send(client, url, page, button="", *, tick=(), untick=(), **fields):
    """Sends the page's form by a button, after some boxes were ticked or unticked."""
    posted = fields_of(page)
    ticked = {*posted.get("contact", []), *(str(each.pk) for each in tick)} - {str(each.pk) for each in untick}
    posted["contact"] = sorted(ticked)
    return client.post(url, posted | fields | ({"do": button} if button else {}), follow=True)


def members(campaign):
    return set(campaign.members.current().values_list("contact", flat=True))


def test_what_is_ticked_survives_paging_sorting_and_filtering(as_manager, draft, people, url):
    page = send(as_manager, url, as_manager.get(url), tick=people[:2], to="?page=2")
    assert page.redirect_chain[-1][0].endswith("?page=2")
    page = send(as_manager, url, page, tick=[people[55]], to="?sort=-full_name")
    page = send(as_manager, url, page, "show", tick=[people[59]], q="P 001")
    assert metric(page, "rows") == 1
    assert fields_of(page)["contact"] == [str(people[1].pk)]
    page = send(as_manager, url, page, "show", untick=[people[1]], q="")
    assert metric(page, "selected") == 3

    send(as_manager, url, page, "add")

    assert members(draft) == {people[place].pk for place in (0, 55, 59)}
    assert not SelectedContact.objects.exists()


def test_a_page_and_all_who_match_can_be_selected_and_nobody_again(as_manager, draft, people, url):
    page = send(as_manager, url, as_manager.get(url), "page")
    assert metric(page, "selected") == 50
    north = f"{url}?rule={encode_rule(NORTH)}"
    page = send(as_manager, north, page, "clear")
    assert metric(page, "selected") == 0
    page = send(as_manager, north, page, "all")
    assert metric(page, "selected") == metric(page, "rows") == 10

    page = send(as_manager, north, page, "all")
    assert metric(page, "selected") == 10


def test_each_tick_is_kept_at_once(as_manager, draft, people):
    tick = reverse("campaigns:tick", args=["acme", draft.pk])
    shown = [each.pk for each in people[:50]]

    answer = as_manager.post(tick, {"shown": shown, "contact": shown[:7]}, headers={"HX-Request": "true"})
    assert metric(answer, "selected") == 7
    answer = as_manager.post(tick, {"shown": shown, "contact": shown[5:6]}, headers={"HX-Request": "true"})
    assert metric(answer, "selected") == 1


def test_a_selection_is_of_one_user_and_one_campaign(as_manager, manager, draft, people, url):
    other = factories.CampaignFactory(market=draft.market)
    Selection(draft, factories.UserFactory()).add([people[0].pk])
    Selection(other, manager).add([people[1].pk])

    assert metric(as_manager.get(url), "selected") == 0


def test_only_people_of_the_landscape_are_selected(as_manager, draft, people, url):
    stranger = factories.ContactFactory(workspace=draft.workspace)

    as_manager.post(url, {"do": "page", "shown": [stranger.pk, factories.ContactFactory().pk, "x", people[0].pk]})

    assert SelectedContact.objects.get().contact == people[0]


def test_whoever_joins_the_campaign_meanwhile_is_not_selected_any_more(as_manager, manager, draft, people, url):
    Selection(draft, manager).add([people[0].pk, people[1].pk])
    factories.member_of(draft, people[0])

    assert metric(as_manager.get(url), "selected") == 1
    assert people[0].full_name not in as_manager.get(url).content.decode()


def test_nobody_ticked_adds_nobody_and_says_so(as_manager, draft, people, url):
    page = as_manager.post(url, {"do": "add"}, follow=True)

    assert "Nobody was added. Tick people first" in page.content.decode()
    assert not draft.members.exists()


def test_people_chosen_by_a_rule_know_why_and_the_draft_keeps_it(as_manager, draft, people, url):
    north = f"{url}?rule={encode_rule(NORTH)}"
    send(as_manager, north, as_manager.get(north), "add", tick=[people[0], people[1]])

    assert set(draft.members.values_list("contact", "added_reason")) == {
        (people[0].pk, "Firm is North LLP"),
        (people[1].pk, "Firm is North LLP"),
    }
    draft.refresh_from_db()
    assert draft.rule == NORTH


def test_a_rule_gives_no_reason_to_those_who_do_not_match_it(as_manager, manager, draft, people, url):
    Selection(draft, manager).add([people[50].pk])
    north = f"{url}?rule={encode_rule(NORTH)}"

    send(as_manager, north, as_manager.get(north), "add", tick=[people[0]])

    assert set(draft.members.values_list("added_reason", flat=True)) == {"Firm is North LLP", ""}


def test_a_draft_keeps_its_first_rule_and_an_active_campaign_takes_none(as_manager, market, draft, people, url):
    def add_by(rule, campaign, person):
        address = reverse("campaigns:choose", args=["acme", campaign.pk]) + f"?rule={encode_rule(rule)}"
        send(as_manager, address, as_manager.get(address), "add", tick=[person])
        campaign.refresh_from_db()
        return campaign.rule

    active = factories.active_campaign(market=market)

    assert add_by(NORTH, draft, people[0]) == NORTH
    assert add_by(rule({"kind": "number"}), draft, people[1]) == NORTH
    assert add_by(NORTH, active, people[2]) is None


def test_everybody_of_a_rule_is_added_at_once(as_manager, draft, people, url):
    as_manager.post(f"{url}?rule={encode_rule(NORTH)}", {"everybody": "yes"})

    assert draft.members.exclude(added_reason="").count() == 10


def test_a_rule_is_edited_on_the_page_and_applied_with_the_filters(as_manager, draft, people, url):
    page = press(as_manager, url, as_manager.get(url), "add:rule", contact=[people[57].pk])
    page = press(as_manager, url, page, "update", rule__0__kind="firm")
    page = send(as_manager, url, page, "show", seniority="", q="P 00", **{"rule-0-values": ["North LLP"]})

    assert metric(page, "rows") == 10
    assert people_found(page) == 10
    assert metric(page, "selected") == 1
    assert "q=P" in page.redirect_chain[-1][0]


@pytest.mark.parametrize(
    ("query", "rows"), [("", 10), ("&page=2", 10), ("&q=P+003", 1), ("&q=nobody", 0), ("&firm=South", 0)]
)
def test_the_editor_counts_the_people_of_its_rule_whatever_else_filters_the_list(as_manager, people, url, query, rows):
    page = as_manager.get(f"{url}?rule={encode_rule(NORTH)}{query}")

    assert (people_found(page), metric(page, "rows")) == (10, rows)


def test_a_rule_that_nobody_matches_counts_nobody(as_manager, people, url):
    nobody = rule({"kind": "firm", "op": "is", "values": ["East LLP"]})

    assert people_found(as_manager.get(f"{url}?rule={encode_rule(nobody)}")) == 0


def test_an_unfinished_rule_is_not_applied(as_manager, people, url):
    page = press(as_manager, url, as_manager.get(url), "show", **{"rule__0__kind": "market"})

    assert page.status_code == 200
    assert "Finish or remove the conditions that aren&#x27;t complete." in page.content.decode()
    assert metric(page, "rows") == 60


def test_one_starts_from_a_saved_audience_and_saves_another(as_manager, workspace, draft, people, url):
    audience = workspace.audiences.create(name="Northerners", rule=NORTH)

    page = send(as_manager, url, as_manager.get(url), "start", start=audience.pk)
    assert metric(page, "rows") == 10
    assert fields_of(page)["rule-0-values"] == ["North LLP", ""]
    page = send(as_manager, url, page, "save", **{"rule-0-values": ["South LLP"]})
    assert fields_of(page)["rule-0-values"] == ["South LLP", ""]
    create = page.redirect_chain[-1][0]
    page = send(as_manager, create, page, "save", name="Southerners")

    saved = workspace.audiences.get(name="Southerners")
    assert page.redirect_chain[-1][0] == f"{url}?audience={saved.pk}"
    assert metric(page, "rows") == 50


def test_whoever_cannot_be_called_is_shown_with_the_reason(as_manager, market, url):
    words = {"Do not call": {}, "Off-limits": {}, "Number to repair": {"phone_problem": "too_short"}}
    for name, extra in [*words.items(), ("No number", {"phone": "", "phone_e164": ""}), ("Fine", {})]:
        contact = factories.ContactFactory(workspace=market.workspace, full_name=f"The {name} person", **extra)
        market.market_contacts.create(workspace=market.workspace, contact=contact)
        if name == "Do not call":
            factories.SuppressionFactory(workspace=market.workspace, contact=contact)
        if name == "Off-limits":
            market.workspace.off_limits.create(contact=contact, reason="A client")

    page = as_manager.get(url)

    assert metric(page, "rows") == 5
    rows = page.content.decode().split("<tr")[2:]
    for word in [*words, "No number"]:
        assert [f"The {word} person" in row for row in rows if f">{word}</span>" in row] == [True]
    assert not [row for row in rows if "The Fine person" in row and "</span>" in row]


@pytest.mark.parametrize("to", ["?page=9999", "https://evil.example/", "//evil.example", "\x00", "?q=%00&sort=no"])
def test_a_button_stays_on_the_page(as_manager, people, url, to):
    answer = as_manager.post(url, {"to": to})

    assert answer["Location"].startswith(f"{url}?")
    assert as_manager.get(answer["Location"], follow=True).status_code == 200


def test_a_completed_campaign_takes_nobody(as_manager, manager, campaign):
    campaign.status = "completed"
    campaign.save()
    person = factories.ContactFactory(workspace=campaign.workspace)
    campaign.market.market_contacts.create(workspace=campaign.workspace, contact=person)

    page = as_manager.post(
        reverse("campaigns:choose", args=["acme", campaign.pk]), {"contact": [person.pk]}, follow=True
    )

    assert "is Completed and keeps its people" in page.content.decode()


def test_what_is_ticked_ends_with_a_draft_a_merge_or_an_erasure(manager, draft, people):
    selection = Selection(draft, manager)
    selection.add([each.pk for each in people[:3]])

    merge(keep=people[5], merged=people[0], by=manager, reason="Same person")
    assert selection.count() == 2
    erase(contact=people[1], by=manager, reason="Asked")
    assert selection.count() == 1
    delete_draft(campaign=draft)
    assert not SelectedContact.objects.exists()


def test_erasing_somebody_empties_why_they_were_chosen(manager, campaign):
    campaign.members.update(added_reason="Found by searching “Ann”")
    member = campaign.members.first()

    erase(contact=member.contact, by=manager, reason="Asked")

    member.refresh_from_db()
    assert "Ann" not in member.added_reason


def test_members_who_are_closed_or_protected_offer_no_call(as_caller, campaign):
    fine, closed, protected = campaign.members.order_by("pk")
    campaign.members.filter(pk=closed.pk).update(is_closed=True)
    factories.SuppressionFactory(workspace=campaign.workspace, contact=protected.contact)

    text = as_caller.get(reverse("campaigns:members", args=["acme", campaign.pk])).content.decode()

    calls = [
        reverse("campaigns:call", args=["acme", campaign.pk, each.contact_id]) for each in (fine, closed, protected)
    ]
    assert [call in text for call in calls] == [True, False, False]


def test_who_may_change_nobody_chooses_no_members(as_viewer, campaign):
    text = as_viewer.get(reverse("campaigns:members", args=["acme", campaign.pk])).content.decode()

    assert "data-check-all" not in text


def test_one_box_ticks_all_members_of_the_page(as_manager, campaign):
    text = as_manager.get(reverse("campaigns:members", args=["acme", campaign.pk])).content.decode()

    assert text.count("data-check-all") == 1
    assert "Choose everyone on this page" in text

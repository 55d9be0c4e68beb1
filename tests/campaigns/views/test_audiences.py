import json
from hashlib import sha256

import pytest
from django.urls import reverse

from campaigns.audience.links import encode_rule
from campaigns.models import Audience
from markets.models import AuditEvent
from tests import factories
from tests.campaigns.audience.test_rule import rule
from tests.campaigns.rule_pages import fields_of, people_found, press
from tests.factories import WorkspaceFactory
from tests.reading import metric, version

CREATE, EXPLORE, LIST = (reverse(f"audiences:{name}", args=["acme"]) for name in ("create", "explore", "list"))
NORTH = {"kind": "firm", "op": "contains", "values": ["North"]}


@pytest.fixture
def people(market):
    """Two of North LLP, one of whom is in no market, and one of South LLP."""
    firms = {"Ann": "North LLP", "Bea": "North LLP", "Cy": "South LLP"}
    made = {
        name: factories.ContactFactory(workspace=market.workspace, full_name=name, firm=firm)
        for name, firm in firms.items()
    }
    for name in ("Ann", "Cy"):
        market.market_contacts.create(workspace=market.workspace, contact=made[name])
    return made


@pytest.fixture
def audience(workspace, people):
    return workspace.audiences.create(name="Northerners", rule=rule(NORTH))


def edit_url(audience):
    return reverse("audiences:edit", args=["acme", audience.pk])


def test_a_rule_is_built_without_scripts_and_saved(as_manager, manager, people):
    page = as_manager.get(CREATE)
    page = press(as_manager, CREATE, page, "update", rule__0__kind="firm")
    page = press(as_manager, CREATE, page, "update", rule__0__op="contains")
    page = press(as_manager, CREATE, page, "add:rule", rule__0__values=["North"])
    assert people_found(page) == 2
    page = press(as_manager, CREATE, page, "update", rule__1__kind="number")
    page = press(as_manager, CREATE, page, "group:rule", rule__1__negated="yes")
    page = press(as_manager, CREATE, page, "remove:rule-2")
    page = press(as_manager, CREATE, page, "remove:rule-1")
    answer = press(as_manager, CREATE, page, "save", name=" The  North ")

    saved = Audience.objects.get()
    assert answer["Location"] == LIST
    assert (saved.name, saved.rule, saved.created_by) == ("The North", rule(NORTH), manager)


def test_the_page_goes_on_at_the_row_that_was_added(as_manager, workspace):
    page = press(as_manager, CREATE, as_manager.get(CREATE), "add:rule")

    text = page.content.decode()
    assert text.count("autofocus") == 1
    assert (
        text.index('id="id_rule-1-kind"') < text.index("autofocus") < text.index("</select>", text.index("rule-1-kind"))
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "New"}, "Add at least one condition."),
        ({"name": "New", "rule-0-kind": "market"}, "Finish or remove the conditions that aren&#x27;t complete."),
        ({"name": "", "rule-0-kind": "number"}, "This field is required."),
        ({"name": "northerners", "rule-0-kind": "number"}, "This workspace has an audience of that name already."),
    ],
)
def test_what_is_wrong_with_an_audience_is_said_and_nothing_is_lost(as_manager, audience, fields, sentence):
    page = as_manager.post(CREATE, {"rule-match": "any", "do": "save", **fields})

    assert sentence in page.content.decode()
    assert Audience.objects.count() == 1
    again = fields_of(page)
    assert again["rule-match"] == ["any"]
    assert again.get("rule-0-kind", [""]) == [fields.get("rule-0-kind", "")]


def test_a_number_of_people_opens_exactly_them(as_viewer, people):
    page = as_viewer.post(reverse("audiences:draft", args=["acme"]), fields(NORTH), headers=HTMX)

    count = people_found(page)
    link = page.content.decode().split('href="')[1].split('"')[0]
    assert metric(as_viewer.get(link), "rows") == count == 2


HTMX = {"HX-Request": "true", "HX-Target": "rule-result"}


def fields(condition, **extra):
    return {"rule-match": "all", **{f"rule-0-{name}": value for name, value in condition.items()}, **extra}


def test_a_change_swaps_the_sentence_and_the_count_or_the_whole_editor(as_viewer, people):
    url = reverse("audiences:draft", args=["acme"])

    result = as_viewer.post(url, fields(NORTH), headers=HTMX).content.decode()
    editor = as_viewer.post(url, fields(NORTH), headers=HTMX | {"HX-Target": "rule-editor"}).content.decode()

    assert "Firm contains “North”" in result
    assert "<select" not in result
    assert "<html" not in editor
    assert "rule-0-kind" in editor


@pytest.mark.parametrize(("scope", "count"), [("in_market", 1), ("in_campaign", 0), ("", 2)])
def test_people_are_counted_where_the_rule_is_used(as_viewer, market, people, scope, count):
    campaign = factories.CampaignFactory(market=market)
    factories.member_of(campaign, people["Ann"])
    query = {"in_market": f"?in_market={market.pk}", "in_campaign": f"?in_campaign={campaign.pk}"}.get(scope, "")

    page = as_viewer.post(reverse("audiences:draft", args=["acme"]) + query, fields(NORTH), headers=HTMX)

    assert people_found(page) == count


def test_the_place_where_a_rule_is_used_is_one_of_the_workspace(as_viewer, workspace):
    foreign = factories.CampaignFactory()

    for query in (f"in_campaign={foreign.pk}", f"in_market={foreign.market_id}", "in_campaign=x", "in_market=0"):
        assert as_viewer.get(f"{EXPLORE}?{query}").status_code == 404


def test_viewers_find_people_and_save_nothing(as_viewer, people):
    answer = as_viewer.post(EXPLORE, fields(NORTH, do="show"))

    assert metric(as_viewer.get(answer["Location"]), "rows") == 2
    assert "Save as audience" not in as_viewer.get(EXPLORE).content.decode()
    assert as_viewer.post(CREATE, fields(NORTH, do="save", name="Mine")).status_code == 403


def test_an_unfinished_rule_shows_nobody_yet(as_viewer, people):
    page = as_viewer.post(EXPLORE, {"rule-match": "all", "rule-0-kind": "market", "do": "show"})

    assert page.status_code == 200
    assert "Not counted yet. Market: Choose markets." in page.content.decode()


def test_the_editor_begins_with_the_rule_of_the_address(as_viewer, audience):
    for query in ({"rule": encode_rule(rule(NORTH))}, {"rule": json.dumps(rule(NORTH))}, {"audience": audience.pk}):
        page = as_viewer.get(EXPLORE, query)

        assert fields_of(page)["rule-0-values"] == ["North", ""]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"rule": "%%%"}, "The rule in this address can&#x27;t be read."),
        ({"rule": '{"version": 9}'}, "This audience has version 9"),
        ({"audience": "999999"}, "There is no audience “999999”."),
        ({"audience": "x"}, "There is no audience “x”."),
    ],
)
def test_an_address_without_a_rule_to_read_says_so(as_viewer, workspace, query, sentence):
    assert sentence in as_viewer.get(EXPLORE, query).content.decode()


def test_the_rule_of_an_audience_of_another_workspace_cannot_be_read(as_viewer):
    foreign = WorkspaceFactory().audiences.create(name="Theirs", rule=rule(NORTH))

    page = as_viewer.get(EXPLORE, {"audience": foreign.pk})

    assert f"There is no audience “{foreign.pk}”." in page.content.decode()


def test_a_rule_too_long_for_an_address_is_counted_and_has_to_be_saved(as_viewer, people):
    values = [sha256(str(number).encode()).hexdigest() * 3 for number in range(95)]  # which hardly compress

    page = as_viewer.post(reverse("audiences:draft", args=["acme"]), fields(NORTH | {"values": values}), headers=HTMX)

    assert people_found(page) == 0
    assert "too long for an address" in page.content.decode()


def test_a_changed_audience_says_who_changed_it(as_manager, manager, audience):
    page = as_manager.get(edit_url(audience))
    answer = press(as_manager, edit_url(audience), page, "save", rule__0__values=["South"])

    audience.refresh_from_db()
    assert answer["Location"] == LIST
    assert audience.rule == rule(NORTH | {"values": ["South"]})
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.summary) == ("audience_changed", manager, "Changed an audience")


def test_an_audience_saved_as_it_was_leaves_no_event(as_manager, audience):
    press(as_manager, edit_url(audience), as_manager.get(edit_url(audience)), "save")

    assert not AuditEvent.objects.exists()


def test_of_two_who_change_the_rule_the_second_sees_both(as_manager, audience):
    page = as_manager.get(edit_url(audience))
    Audience.objects.update(rule=rule(NORTH | {"values": ["East"]}))

    answer = press(as_manager, edit_url(audience), page, "save", rule__0__values=["South"])

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "“<mark>East</mark>”" in text or "East" in text
    assert fields_of(answer)["rule-0-values"] == ["South", ""]
    audience.refresh_from_db()
    assert audience.rule == rule(NORTH | {"values": ["East"]})

    press(as_manager, edit_url(audience), answer, "save")
    audience.refresh_from_db()
    assert audience.rule == rule(NORTH | {"values": ["South"]})


def test_whoever_changes_the_name_alone_keeps_the_rule_of_others(as_manager, audience):
    page = as_manager.get(edit_url(audience))
    Audience.objects.update(rule=rule(NORTH | {"values": ["East"]}))

    press(as_manager, edit_url(audience), page, "save", name="Compass")

    audience.refresh_from_db()
    assert (audience.name, audience.rule) == ("Compass", rule(NORTH | {"values": ["East"]}))


def test_an_editor_button_changes_no_audience(as_manager, audience):
    url = edit_url(audience)
    page = press(as_manager, url, as_manager.get(url), "remove:rule-0")

    assert "Firm contains" not in page.content.decode().split("</h1>")[1]
    audience.refresh_from_db()
    assert audience.rule == rule(NORTH)
    assert version(page)


def test_a_deleted_audience_is_in_the_audit_log_without_the_texts_of_its_rule(as_manager, audience):
    as_manager.post(reverse("audiences:delete", args=["acme", audience.pk]))

    assert not Audience.objects.exists()
    assert AuditEvent.objects.get().details == {"conditions": 1}


def test_the_list_shows_sentences_and_counts_on_demand(as_viewer, audience):
    text = as_viewer.get(LIST).content.decode()
    assert "Firm contains “North”" in text
    assert f"{reverse('contacts:list', args=['acme'])}?audience={audience.pk}" in text

    count = as_viewer.get(reverse("audiences:count", args=["acme", audience.pk]), headers={"HX-Request": "true"})
    assert people_found(count) == 2


def test_an_audience_whose_field_was_removed_says_so_everywhere(as_manager, workspace):
    broken = rule({"kind": "custom", "field": "gone", "op": "given"})
    audience = workspace.audiences.create(name="Broken", rule=broken)

    pages = [
        as_manager.get(LIST),
        as_manager.get(edit_url(audience)),
        as_manager.get(reverse("contacts:list", args=["acme"]), {"audience": audience.pk}),
    ]

    for page in pages:
        assert page.status_code == 200
        assert "Custom field: the field “gone” doesn&#x27;t exist any more." in page.content.decode()
    assert metric(pages[-1], "rows") == 0
    counted = as_manager.get(reverse("audiences:count", args=["acme", audience.pk]))
    assert "Can't be counted" in counted.content.decode()


def test_the_list_is_exported_with_its_sentences(as_viewer, audience):
    answer = as_viewer.get(LIST, {"_export": "csv"})

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[1].startswith("Northerners,All of these: Firm contains “North”")

"""What each bulk action does, whom it skips and why, and what its undo gives back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from campaigns.callers.services import add_callers
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import enroll, remove
from campaigns.models import Absence, BulkAction, BulkActionPerson
from campaigns.tags.services import delete_tag, tag_contacts, untag
from markets.models import AuditEvent, ContactTag
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests import factories
from tests.campaigns.bulk.pages import act, press, said, undo_last
from tests.factories import call
from tests.reading import metric


@pytest.fixture
def draft(market):
    return factories.CampaignFactory(market=market, name="Draft")


def current(campaign):
    return set(campaign.members.current().values_list("contact", flat=True))


def select(client, url, people, button):
    """The page of an action, after the people were ticked."""
    return press(client, client.get(url), button, tick=people)


def test_people_are_added_and_others_skipped_with_the_reason(as_manager, draft, people, contacts_url):
    workspace = draft.workspace
    outside = factories.ContactFactory(workspace=workspace, full_name="Aaron Outside")
    enroll(campaign=draft, contacts=[people[0].pk], by=None)
    factories.SuppressionFactory(workspace=workspace, contact=people[1])
    factories.SuppressionFactory(workspace=workspace, contact=people[0])
    workspace.off_limits.create(contact=people[2], reason="A client")
    page = select(as_manager, contacts_url, [outside, *people[:6]], "add")
    assert metric(page, "selected") == 7

    page = act(as_manager, page, campaign=draft.pk)

    assert said(page) == [
        "3 people added to Draft. 1 skipped: not in the campaign’s market. 1 skipped: in the campaign already. "
        "1 skipped: on the do-not-call list. 1 skipped: off-limits."
    ]
    assert current(draft) == {people[number].pk for number in (0, 3, 4, 5)}
    action = workspace.bulk_actions.get()
    assert set(action.people.values_list("contact", flat=True)) == {each.pk for each in people[3:6]}
    assert sum(action.skipped.values()) + action.people_count == 7
    assert metric(page, "selected") == 0
    event = AuditEvent.objects.get(action="people_added")
    assert (event.subject_id, event.details["people"]) == (draft.pk, 3)


def test_an_added_person_leaves_again_unless_somebody_used_them_since(
    as_manager, manager, campaign, people, contacts_url
):
    was_out = campaign.members.first().contact
    remove(campaign=campaign, contacts=[was_out.pk], by=manager, reason="Moved")
    before = list(campaign.members.order_by("pk").values())
    campaign.market.market_contacts.get_or_create(workspace=campaign.workspace, contact=was_out)
    page = select(as_manager, contacts_url, [was_out, *people[:4]], "add")
    act(as_manager, page, campaign=campaign.pk)
    assert len(current(campaign)) == 7
    call(campaign, people[0])
    campaign.members.filter(contact=people[1]).update(assigned_to=manager)

    page = undo_last(as_manager, campaign.workspace)

    assert said(page) == ["Undone for 3 people. 2 people were changed since and stay as they are."]
    kept = {people[0].pk, people[1].pk}
    assert list(campaign.members.exclude(contact__in=kept).order_by("pk").values()) == before
    assert not Absence.objects.exists()
    assert said(undo_last(as_manager, campaign.workspace)) == ["This was undone already."]


def test_the_page_that_chooses_people_can_be_undone_too(as_manager, draft, people):
    page = as_manager.post(
        reverse("campaigns:choose", args=["acme", draft.pk]), {"contact": [people[0].pk, people[1].pk]}, follow=True
    )
    assert said(page) == ["2 people added to Draft. Next: activate it."]
    assert 'id="undo"' in page.content.decode()

    undo_last(as_manager, draft.workspace)
    assert not draft.members.exists()


def test_removed_people_come_back_as_they_were(as_manager, manager, campaign, members_url):
    before = list(campaign.members.order_by("pk").values())
    people = [each.contact for each in campaign.members.order_by("pk")]
    page = act(as_manager, select(as_manager, members_url, people, "remove"), reason="Wrong list")
    assert said(page) == ["3 people removed from Ongoing coverage; their calls stay counted."]
    enroll(campaign=campaign, contacts=[people[0].pk], by=manager)
    remove(campaign=campaign, contacts=[people[0].pk], by=manager, reason="Again")

    page = undo_last(as_manager, campaign.workspace)

    assert said(page) == ["Undone for 2 people. 1 person was changed since and stays as they are."]
    assert list(campaign.members.order_by("pk").values())[1:] == before[1:]
    assert campaign.members.get(contact=people[0]).removed_reason == "Again"


def test_assigned_people_go_back_to_whoever_had_them(as_manager, manager, caller, campaign, members_url):
    add_callers(campaign=campaign, users=[manager, caller], by=manager)
    one, two, three = (each.contact for each in campaign.members.order_by("pk"))
    campaign.members.filter(contact=one).update(assigned_to=manager)
    campaign.members.filter(contact=three).update(assigned_to=caller)
    page = act(as_manager, select(as_manager, members_url, [one, two, three], "assign"), to=caller.pk)
    assert said(page) == ["2 people assigned in Ongoing coverage. 1 skipped: assigned so already."]
    campaign.members.filter(contact=two).update(assigned_to=manager)  # somebody else, since

    page = undo_last(as_manager, campaign.workspace)

    whose = dict(campaign.members.values_list("contact", "assigned_to"))
    assert whose == {one.pk: manager.pk, two.pk: manager.pk, three.pk: caller.pk}
    assert said(page) == ["Undone for 1 person. 1 person was changed since and stays as they are."]


def test_a_spread_is_undone_likewise(as_manager, manager, caller, campaign):
    add_callers(campaign=campaign, users=[manager, caller], by=manager)
    url = reverse("campaigns:spread", args=["acme", campaign.pk])
    as_manager.post(url, {"how": "evenly", "which": "all", "among": [manager.pk, caller.pk]})
    assert campaign.members.filter(assigned_to=None).count() == 0

    undo_last(as_manager, campaign.workspace)
    assert campaign.members.filter(assigned_to=None).count() == 3


def test_people_are_left_to_all_callers_and_given_back(as_manager, manager, campaign, members_url):
    one, two, _ = (each.contact for each in campaign.members.order_by("pk"))
    campaign.members.filter(contact=one).update(assigned_to=manager)
    page = act(as_manager, select(as_manager, members_url, [one, two], "assign"), to="")
    assert said(page) == ["1 person assigned in Ongoing coverage. 1 skipped: assigned so already."]

    undo_last(as_manager, campaign.workspace)
    assert campaign.members.get(contact=one).assigned_to == manager


def test_tags_are_put_on_and_taken_off_again(as_caller, caller, workspace, people, contacts_url):
    tag_contacts(workspace=workspace, contacts=people[:1], name="Hot", by=None)
    page = act(as_caller, select(as_caller, contacts_url, people[:5], "tag"), name=" hot ")
    assert said(page) == ["4 people tagged “Hot”. 1 skipped: tagged already."]
    tag = workspace.tags.get()
    untag(people[1], tag, by=None)
    tag_contacts(workspace=workspace, contacts=people[1:2], name="Hot", by=None)  # somebody else, since

    page = undo_last(as_caller, workspace)

    assert said(page) == ["Undone for 3 people. 1 person was changed since and stays as they are."]
    assert set(tag.contact_tags.values_list("contact", flat=True)) == {people[0].pk, people[1].pk}


def test_tags_that_were_taken_off_come_back_as_they_were(as_manager, manager, workspace, people, contacts_url):
    tag = tag_contacts(workspace=workspace, contacts=people[:3], name="Hot", by=manager)
    before = list(ContactTag.objects.order_by("contact").values("contact", "added_at", "added_by"))
    page = act(as_manager, select(as_manager, contacts_url, people[:5], "untag"), tag=tag.pk)
    assert said(page) == ["Tag “Hot” removed from 3 people. 2 skipped: without the tag."]

    undo_last(as_manager, workspace)

    assert list(ContactTag.objects.order_by("contact").values("contact", "added_at", "added_by")) == before


def test_a_deleted_tag_comes_back_for_nobody(as_manager, manager, workspace, people, contacts_url):
    tag = tag_contacts(workspace=workspace, contacts=people[:3], name="Hot", by=manager)
    act(as_manager, select(as_manager, contacts_url, people[:5], "untag"), tag=tag.pk)
    delete_tag(tag=tag, by=manager)

    assert said(undo_last(as_manager, workspace)) == [
        "Undone for 0 people. 3 people were changed since and stay as they are."
    ]


@pytest.mark.parametrize(("whom", "count"), [("number", 3), ("person", 2)])
def test_people_are_not_called_any_more_until_a_manager_lifts_it(
    client, manager, caller, workspace, people, contacts_url, whom, count
):
    number = "+12125559999"
    workspace.contacts.filter(pk__in=[people[0].pk, people[9].pk]).update(phone_e164=number)
    factories.SuppressionFactory(workspace=workspace, contact=people[1])
    client.force_login(caller)
    page = select(client, contacts_url, people[:3], "suppress")
    page = act(client, page, whom=whom, reason="Asked us to stop")
    assert said(page) == ["2 people are on the do-not-call list now. 1 skipped: on the do-not-call list."]
    assert "Undo" not in str(next(iter(page.context["messages"])))
    assert workspace.contacts.suppressed().count() == count + 1
    assert undo_last(client, workspace).status_code == 403
    workspace.suppressions.filter(contact=people[0]).update(lifted_at=now(), lift_reason="A mistake")

    client.force_login(manager)
    page = undo_last(client, workspace)

    assert said(page) == ["Undone for 1 person. 1 person was changed since and stays as they are."]
    assert list(workspace.contacts.suppressed()) == [people[1]]


def test_people_are_off_limits_until_it_is_lifted(as_manager, workspace, people, contacts_url):
    workspace.off_limits.create(contact=people[0], reason="A client")
    page = select(as_manager, contacts_url, people[:3], "off_limits")
    fields = {"reason": "New client", "requested_by": "Ann", "last_day": workspace.today() + timedelta(days=5)}
    page = act(as_manager, page, **fields)
    assert said(page) == ["2 people are off-limits now. 1 skipped: off-limits."]
    assert workspace.contacts.off_limits().count() == 3

    undo_last(as_manager, workspace)
    assert list(workspace.contacts.off_limits()) == [people[0]]


def test_a_day_that_is_over_is_refused(as_manager, workspace, people, contacts_url):
    page = select(as_manager, contacts_url, people[:3], "off_limits")
    page = act(as_manager, page, reason="New client", last_day="2020-01-01")

    assert "1 Jan 2020 is over" in page.content.decode()
    assert not workspace.bulk_actions.exists()


def test_all_that_match_are_changed_and_the_counts_are_those_of_a_recount(as_manager, workspace, people, contacts_url):
    page = press(as_manager, as_manager.get(f"{contacts_url}?firm=South+LLP"), "all")
    late = factories.ContactFactory(workspace=workspace, firm="South LLP")
    page = press(as_manager, page, "tag", untick=[people[10]])
    assert metric(page, "selected") == 50

    page = act(as_manager, page, name="South")

    south = workspace.contacts.filter(firm="South LLP").exclude(pk=people[10].pk)
    action = workspace.bulk_actions.get()
    assert action.people_count == ContactTag.objects.count() == action.people.count() == south.count() == 50
    assert ContactTag.objects.filter(contact=late).exists()


def test_statements_do_not_grow_with_the_people(
    as_manager, workspace, people, contacts_url, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(query):
        page = press(as_manager, as_manager.get(f"{contacts_url}?{query}"), "all")
        page = press(as_manager, page, "tag")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            act(as_manager, page, name=query)
        undo = workspace.bulk_actions.first()
        with CaptureQueriesContext(connection) as undone:
            as_manager.post(reverse("selection:undo", args=["acme", undo.pk]))
        return len(captured), len(undone)

    assert statements("firm=North+LLP") == statements("firm=South+LLP")


def test_nobody_selected_is_said_and_changes_nothing(as_manager, workspace, people, contacts_url):
    url = reverse("selection:tag", args=["acme"])

    assert "Nobody is selected" in as_manager.get(url).content.decode()
    answer = as_manager.post(url, {"name": "Hot"})
    assert answer.status_code == 400
    assert not workspace.tags.exists()


def test_a_completed_campaign_keeps_its_people_and_its_undo_is_refused(
    as_manager, manager, campaign, people, members_url
):
    page = select(as_manager, members_url, [campaign.members.first().contact], "remove")
    act(as_manager, page, reason="Wrong list")
    page = as_manager.get(members_url)
    change_status(campaign=campaign, to="completed", by=manager, reason="Done")

    assert "is Completed and keeps its people" in said(undo_last(as_manager, campaign.workspace))[0]
    assert "Remove from campaign" not in as_manager.get(members_url).content.decode()
    page = press(as_manager, page, "remove", tick=[campaign.members.last().contact])
    assert "Nobody is selected" in page.content.decode()
    assert campaign.members.current().count() == 2


def test_callers_are_offered_what_they_may_do(client, caller, campaign, contacts_url, members_url):
    client.force_login(caller)

    for url in (contacts_url, members_url):
        text = client.get(url).content.decode()
        assert [f'value="{each}"' in text for each in ("tag", "untag", "suppress", "off_limits", "export")] == [
            True
        ] * 5
        assert [f'value="{each}"' in text for each in ("add", "assign", "remove")] == [False] * 3
    for name in ("add", "assign", "remove"):
        assert client.get(reverse(f"selection:{name}", args=["acme"])).status_code == 403


def test_a_caller_undoes_their_own_tags_only(as_caller, caller, manager, workspace, people):
    from campaigns.bulk.tagging import tag_people

    tag_people(workspace=workspace, contacts=[people[0].pk], name="Hot", by=manager)
    assert undo_last(as_caller, workspace).status_code == 403
    tag_people(workspace=workspace, contacts=[people[1].pk], name="Hot", by=caller)
    assert said(undo_last(as_caller, workspace)) == ["Undone for 1 person."]


def test_an_action_of_another_workspace_does_not_exist(as_manager, workspace):
    other = factories.WorkspaceFactory()
    foreign = BulkAction.objects.create(workspace=other, kind="tag")

    assert as_manager.post(reverse("selection:undo", args=["acme", foreign.pk])).status_code == 404


def test_after_thirty_days_nothing_is_undone_and_nobody_is_kept(as_manager, manager, workspace, people):
    from campaigns.bulk.tagging import tag_people

    old = tag_people(workspace=workspace, contacts=[people[0].pk], name="Hot", by=manager)
    BulkAction.objects.filter(pk=old.pk).update(done_at=now() - timedelta(days=31))
    assert "more than 30 days old" in said(undo_last(as_manager, workspace))[0]

    tag_people(workspace=workspace, contacts=[people[1].pk], name="Hot", by=manager)
    assert list(BulkActionPerson.objects.values_list("contact", flat=True)) == [people[1].pk]
    assert workspace.bulk_actions.count() == 2


def test_merged_and_erased_people_are_left_as_they_are(as_manager, manager, workspace, people):
    from campaigns.bulk.tagging import tag_people

    tag_people(workspace=workspace, contacts=[each.pk for each in people[:4]], name="Hot", by=manager)
    merge(keep=people[5], merged=people[0], by=manager, reason="Same person")
    erase(contact=people[1], by=manager, reason="Asked")

    assert said(undo_last(as_manager, workspace)) == [
        "Undone for 2 people. 2 people were changed since and stay as they are."
    ]


def test_the_list_of_actions_says_what_was_done_and_undone(as_manager, manager, workspace, people):
    from campaigns.bulk.tagging import tag_people

    tag_people(workspace=workspace, contacts=[people[0].pk], name="Hot", by=manager)
    tag_people(workspace=workspace, contacts=[people[1].pk], name="Cold", by=manager)
    undo_last(as_manager, workspace)

    page = as_manager.get(reverse("selection:actions", args=["acme"]))

    assert metric(page, "rows") == 2
    text = " ".join(page.content.decode().split())
    assert "1 person tagged “Hot”." in text
    assert "Undone for 1 by" in text
    assert text.count("/undo/") == 1


def test_in_german_it_says_the_same(as_manager, manager, workspace, people, contacts_url):
    manager.language = "de"
    manager.save()
    tag_contacts(workspace=workspace, contacts=people[:1], name="Hot", by=None)

    page = act(as_manager, select(as_manager, contacts_url, people[:5], "tag"), name="Hot")
    assert said(page) == ["4 Personen mit „Hot“ versehen. 1 übersprungen: hat das Schlagwort schon."]

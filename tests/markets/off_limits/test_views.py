"""The off-limits list, putting a person or firm off-limits, and where the portal shows it apart from do-not-call."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from markets.models import OffLimits
from markets.off_limits.services import lift_off_limits, put_off_limits
from tests.factories import ContactFactory, call, member_of
from tests.reading import metric

LIST = reverse("off_limits:list", args=["acme"])
CREATE = reverse("off_limits:create", args=["acme"])


@pytest.fixture
def ann(campaign):
    contact = ContactFactory(workspace=campaign.workspace, full_name="Ann Person", firm="Quillon LLP")
    return member_of(campaign, contact).contact


@pytest.fixture
def entry(workspace, ann):
    return put_off_limits(workspace=workspace, firm="Quillon LLP", reason="Our best client", by=None)


def page_of(contact):
    return reverse("contacts:detail", args=["acme", contact.pk])


def test_a_caller_puts_a_firm_off_limits(as_caller, caller, ann):
    page = as_caller.post(CREATE, {"firm": "quillon llp", "reason": "A client", "requested_by": "Dana"}, follow=True)

    made = OffLimits.objects.get()
    assert (made.firm, made.requested_by, made.created_by) == ("quillon llp", "Dana", caller)
    assert "quillon llp is off-limits. 1 person left out of every queue." in page.text
    assert metric(page, "covered", f"off_limits:{made.pk}") == 1


def test_a_person_is_put_off_limits_from_their_page_alone_or_with_their_firm(as_caller, ann):
    assert "Everyone at Quillon LLP" in as_caller.get(page_of(ann)).text

    page = as_caller.post(f"{CREATE}?contact={ann.pk}", {"whom": "person", "reason": "A friend"}, follow=True)

    assert "Off-limits:" in page.text
    assert OffLimits.objects.get().contact == ann
    as_caller.post(f"{CREATE}?contact={ann.pk}", {"whom": "firm", "reason": "A client"})
    assert OffLimits.objects.get(contact=None).firm == "Quillon LLP"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"firm": "", "reason": "A client"}, "This field is required."),
        ({"firm": "Quillon LLP", "reason": "A client", "last_day": "2020-01-31"}, "Choose today or a later day"),
        ({"firm": "Quillon LLP", "reason": "A client", "last_day": "soon"}, "Enter a valid date."),
        ({"firm": "Quillon\0 LLP", "reason": "A client"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_read_is_said(as_caller, workspace, fields, sentence):
    page = as_caller.post(CREATE, fields)

    assert sentence in page.text
    assert not OffLimits.objects.exists()


def test_a_manager_lifts_an_entry_with_a_reason_and_a_caller_cannot(client, manager, caller, entry):
    lift = reverse("off_limits:lift", args=["acme", entry.pk])
    client.force_login(caller)
    assert client.post(lift, {"reason": "So"}).status_code == 403
    assert "Lift…" not in client.get(LIST).text
    client.force_login(manager)
    assert "Lift…" in client.get(LIST).text
    assert "Enter a reason" in client.post(lift, {"reason": ""}, follow=True).text

    page = client.post(lift, {"reason": "They agreed"}, follow=True)

    assert "Quillon LLP is no longer off-limits" in page.text
    assert "They agreed" in page.text


def test_the_list_is_filtered_by_state_and_exported(as_viewer, workspace, entry):
    put_off_limits(workspace=workspace, firm="Sterling LLP", reason="Over", by=None)
    workspace.off_limits.filter(firm="Sterling LLP").update(expires_at=now())
    lifted = put_off_limits(workspace=workspace, firm="Otto LLP", reason="Gone", by=None)
    lift_off_limits(entry=lifted, by=None, reason="Mistake")

    def shown(state):
        page = as_viewer.get(LIST, {"state": state}, follow=True)
        return {name for name in ("Quillon", "Sterling", "Otto") if f"{name} LLP" in page.text}

    assert [shown(state) for state in ("open", "expired", "lifted", "")] == [
        {"Quillon"},
        {"Sterling"},
        {"Otto"},
        {"Quillon", "Sterling", "Otto"},
    ]
    export = as_viewer.get(LIST, {"_export": "csv", "state": "open"}).getvalue().decode()
    assert "Quillon LLP" in export
    assert "Our best client" in export


def test_the_number_of_people_opens_them(as_viewer, entry, ann):
    ContactFactory(workspace=entry.workspace, firm="QUILLON LLP")
    ContactFactory(workspace=entry.workspace, firm="Sterling LLP")
    people = as_viewer.get(reverse("contacts:list", args=["acme"]), {"off_limits_by": entry.pk})

    assert metric(as_viewer.get(LIST), "covered", f"off_limits:{entry.pk}") == metric(people, "rows") == 2
    assert metric(as_viewer.get(reverse("contacts:list", args=["acme"]), {"off_limits": "yes"}), "rows") == 2


@pytest.mark.parametrize("name", ["contacts:list", "markets:landscape", "campaigns:members"])
def test_lists_of_people_mark_who_is_off_limits(as_manager, campaign, entry, name):
    owner = {"markets:landscape": [campaign.market_id], "campaigns:members": [campaign.pk]}.get(name, [])
    page = as_manager.get(reverse(name, args=["acme", *owner]))

    assert page.text.count('caution">Off-limits<') == 1
    assert 'caution">Do not call<' not in page.text


def test_choosing_people_marks_who_is_off_limits(as_manager, campaign, entry, ann):
    campaign.members.filter(contact=ann).delete()

    page = as_manager.get(reverse("campaigns:choose", args=["acme", campaign.pk]))

    assert page.text.count('caution">Off-limits<') == 1


def test_the_call_form_says_so_and_a_call_that_was_made_is_recorded(as_caller, campaign, entry, ann):
    page = as_caller.get(reverse("campaigns:call", args=["acme", campaign.pk, ann.pk]))

    assert "Off-limits, like everyone at Quillon LLP" in page.text
    assert "tel:" not in page.text
    call(campaign, ann)
    assert campaign.calls.filter(contact=ann).count() == 1


def test_the_timeline_tells_when_somebody_was_put_off_limits_and_why_it_ended(as_viewer, entry, ann):
    lift_off_limits(entry=entry, by=None, reason="They agreed")

    page = as_viewer.get(page_of(ann), {"kind": "off_limits"})

    assert metric(page, "rows") == 2
    assert "Our best client" in page.text
    assert "They agreed" in page.text


def test_a_comparison_of_two_people_says_who_is_off_limits(as_viewer, workspace, entry, ann):
    other = ContactFactory(workspace=workspace)

    page = as_viewer.get(reverse("contacts:duplicate", args=["acme", *sorted([ann.pk, other.pk])]))

    assert page.text.count('<strong class="bad">Yes</strong>') == 1

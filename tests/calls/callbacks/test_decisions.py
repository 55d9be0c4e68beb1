"""Callbacks that a stopped campaign owes stay listed until a manager decides about each."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import now

from calls.callbacks.decisions import decide
from calls.callbacks.handover import hand_over, remove_from_campaign, to_hand_over, undecided
from calls.callbacks.owed import owed_count
from calls.callbacks.status_steps import take_step
from calls.metrics.callbacks import CallbackState, count_by_state, with_state
from calls.models import Call, CallbackDecision
from calls.queue.leases import lease_next
from campaigns.callers.services import CallerRefused, add_callers
from campaigns.lifecycle.transitions import TransitionIncomplete
from markets.models import AuditEvent
from markets.workspaces.invitations import change_role, remove_member
from tests.factories import MembershipFactory, call, member
from tests.reading import metric

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def promised(campaign, caller):
    """Two callbacks that the caller promised, one due and one upcoming."""
    return [
        call(
            campaign,
            member(campaign).contact,
            disposition="callback_requested",
            started_at=now() - timedelta(days=1),
            callback_at=now() + timedelta(hours=hours),
            caller=caller,
        )
        for hours in (-2, 30)
    ]


def test_only_managers_are_offered_the_decision(client, campaign, promised, manager, caller):
    take_step(campaign=campaign, to="paused", by=manager, reason="Holidays")
    offered = {}
    for user in (manager, caller):
        client.force_login(user)
        page = client.get(reverse("callbacks:list", args=["acme"]), {"state": "owed"})
        offered[user] = (page.context["decision"] is not None, 'name="call"' in page.content.decode())

    assert offered == {manager: (True, True), caller: (False, False)}


def test_who_left_other_workspaces_hides_nobody_who_left_this_one(promised, manager, caller):
    remove_member(membership=caller.memberships.get(), by=manager)
    (departure,) = undecided(manager.memberships.get().workspace)
    other = MembershipFactory().workspace
    AuditEvent.objects.bulk_create(
        AuditEvent(workspace=other, action=departure.action, details={"callbacks": [number]}) for number in range(20)
    )

    assert undecided(departure.workspace) == [departure]


def counts_are_right():
    call_command("rebuild_tallies", check=True, stdout=StringIO())


def test_a_pause_leaves_callbacks_owed_until_somebody_decides(campaign, promised, manager, as_manager):
    assert owed_count(campaign.workspace) == 0
    take_step(campaign=campaign, to="paused", by=manager, reason="Holidays")
    assert owed_count(campaign.workspace) == 2
    page = as_manager.get(reverse("callbacks:list", args=["acme"]), {"state": "owed"})
    assert metric(page, "rows") == 2

    answer = as_manager.post(
        reverse("callbacks:decide", args=["acme"]), {"callbacks": "kept", "call": promised[0].pk}, follow=True
    )
    assert "1 callback kept until the campaign resumes." in answer.content.decode()
    assert owed_count(campaign.workspace) == 1
    as_manager.post(reverse("callbacks:decide", args=["acme"]), {"callbacks": "kept", "everybody": "yes"})
    assert owed_count(campaign.workspace) == 0
    decided = Call.objects.get(pk=promised[1].pk)
    assert (decided.callback_decision, decided.callback_decided_by) == ("kept", manager)


def test_a_decision_holds_until_the_status_changes_again(campaign, promised, manager, noon):
    take_step(campaign=campaign, to="paused", by=manager, reason="Holidays", callbacks="kept")
    assert owed_count(campaign.workspace) == 0

    noon.shift(timedelta(minutes=1))
    take_step(campaign=campaign, to="completed", by=manager, reason="Over")
    assert owed_count(campaign.workspace) == 2


def test_what_is_released_is_not_due_any_more_and_stays_so(campaign, promised, manager, noon):
    take_step(campaign=campaign, to="paused", by=manager, reason="Holidays", callbacks="released")

    assert count_by_state(with_state(campaign.workspace))[CallbackState.RELEASED] == 2
    assert not campaign.members.exclude(callback_due_at=None).exists()
    counts_are_right()
    noon.shift(timedelta(minutes=1))
    take_step(campaign=campaign, to="active", by=manager)
    call(campaign, promised[0].contact, started_at=now())
    counts_are_right()
    assert Call.objects.get(pk=promised[0].pk).fulfilled_at is None


def test_what_is_handed_over_is_due_for_its_new_caller_alone(campaign, promised, manager, other, caller, noon):
    take_step(campaign=campaign, to="paused", by=manager, reason="Ill", callbacks="handed_over", callbacks_to=other)
    noon.shift(timedelta(minutes=1))
    take_step(campaign=campaign, to="active", by=manager)

    assert lease_next(campaign=campaign, by=other).contact == promised[0].contact
    assert lease_next(campaign=campaign, by=caller).contact != promised[0].contact
    counts_are_right()


def test_a_completed_campaign_leaves_its_callbacks_to_a_follow_up_or_releases_them(campaign, promised, manager):
    take_step(campaign=campaign, to="completed", by=manager, reason="Over")
    keys = [made.pk for made in promised]

    kept = decide(workspace=campaign.workspace, calls=keys, decision=CallbackDecision.KEPT, by=manager)
    assert (kept.count, len(kept.refusals)) == (0, 1)
    assert "is Completed: its callbacks can't be kept" in kept.refusals[0]
    left = decide(workspace=campaign.workspace, calls=keys, decision=CallbackDecision.FOLLOW_UP, by=manager)
    assert left.count == 2
    again = decide(workspace=campaign.workspace, calls=keys, decision=CallbackDecision.RELEASED, by=manager)
    assert (again.count, again.refusals) == (0, []), "somebody has decided already"
    assert owed_count(campaign.workspace) == 0


def test_a_step_whose_decision_is_not_possible_is_not_taken(campaign, promised, manager, viewer):
    with pytest.raises(TransitionIncomplete, match="is not a caller"):
        take_step(
            campaign=campaign, to="paused", by=manager, reason="Ill", callbacks="handed_over", callbacks_to=viewer
        )
    campaign.refresh_from_db()
    assert campaign.status == "active"


def test_callbacks_of_a_removed_caller_are_handed_over_as_the_manager_says(
    campaign, promised, manager, caller, other, as_manager
):
    add_callers(campaign=campaign, users=[caller, other], by=manager)
    url = reverse("campaigns:remove_caller", args=["acme", campaign.pk, caller.pk])

    page = as_manager.post(url, follow=True)
    assert metric(page, "rows") == 2
    assert "2 callbacks need somebody to make them." in page.content.decode()
    answer = as_manager.post(page.redirect_chain[-1][0], {"how": "one", "to": caller.pk})
    assert "does not call in Ongoing coverage" in answer.content.decode()

    as_manager.post(page.redirect_chain[-1][0], {"how": "one", "to": other.pk})
    assert set(campaign.members.exclude(assigned_to=None).values_list("assigned_to", flat=True)) == {other.pk}
    assert "It is decided" in as_manager.get(page.redirect_chain[-1][0]).content.decode()


def test_callbacks_are_spread_evenly_over_those_who_call(campaign, promised, manager, caller, other):
    add_callers(campaign=campaign, users=[caller, other, manager], by=manager)
    event = remove_from_campaign(campaign=campaign, user=caller, by=manager)

    takers = hand_over(workspace=campaign.workspace, event=event, to=None, evenly=True, by=manager)

    assert takers == {other.pk: 1, manager.pk: 1}
    assert not to_hand_over(campaign.workspace, event).exists()


@pytest.mark.parametrize("how", ["removed", "viewer"])
def test_who_leaves_the_team_leaves_every_campaign(campaign, promised, caller, manager, how):
    add_callers(campaign=campaign, users=[caller], by=manager)
    membership = caller.memberships.get()

    if how == "removed":
        (event,) = remove_member(membership=membership, by=manager)
    else:
        (event,) = change_role(membership=membership, role="viewer", by=manager)

    assert sorted(event.details["callbacks"]) == sorted(made.pk for made in promised)
    assert not campaign.callers.exists()
    with pytest.raises(CallerRefused):
        hand_over(workspace=campaign.workspace, event=event, to=caller, by=manager)


def test_who_becomes_a_manager_keeps_everything(campaign, promised, caller, manager):
    add_callers(campaign=campaign, users=[caller], by=manager)

    assert change_role(membership=caller.memberships.get(), role="manager", by=manager) == []
    assert campaign.callers.count() == 1

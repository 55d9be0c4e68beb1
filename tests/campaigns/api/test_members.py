"""Members of a campaign over the API: added and removed by the rules of the pages."""

import pytest

from campaigns.bulk.undo import undo
from campaigns.models import BulkAction
from markets.models import AuditAction
from markets.off_limits.services import put_off_limits
from markets.suppressions.services import suppress
from tests.factories import CampaignFactory, ContactFactory, WorkspaceFactory, completed_campaign
from tests.markets.api.clients import MISSING, api_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def crm(workspace):
    return api_client(workspace)


@pytest.fixture
def spring(market):
    return CampaignFactory(market=market, workspace=market.workspace, name="Spring")


@pytest.fixture
def people(workspace, market):
    """Four people of the market."""
    found = ContactFactory.create_batch(4, workspace=workspace)
    for contact in found:
        market.market_contacts.create(workspace=workspace, contact=contact)
    return found


def send(crm, campaign, contacts, path="members", **more):
    return crm.post(f"campaigns/{campaign.pk}/{path}", {"contacts": [getattr(c, "pk", c) for c in contacts]} | more)


def current(campaign):
    return set(campaign.members.current().values_list("contact", flat=True))


def test_only_people_of_the_market_who_may_be_called_are_added(crm, workspace, spring, people, manager):
    free, suppressed, barred, member = people
    suppress(contact=suppressed, by=manager, reason="Asked for it")
    put_off_limits(workspace=workspace, contact=barred, firm="", reason="A client", by=manager)
    send(crm, spring, [member])
    outside, foreign = ContactFactory(workspace=workspace), ContactFactory(workspace=WorkspaceFactory())

    answer = send(crm, spring, [*people, outside, foreign, MISSING])

    assert answer.status_code == 200
    assert answer.json() == {
        "contacts": [free.pk],
        "skipped": {"unknown": 2, "outside_market": 1, "member": 1, "suppressed": 1, "off_limits": 1},
    }
    assert current(spring) == {member.pk, free.pk}


def test_people_are_removed_for_a_reason_and_a_manager_can_undo_it(crm, workspace, spring, people, manager):
    send(crm, spring, people)

    assert send(crm, spring, people[:1], "members/removals").status_code == 422
    assert send(crm, spring, people[:1], "members/removals", reason=" ").status_code == 422
    answer = send(crm, spring, [*people[:1], MISSING], "members/removals", reason="Left the firm").json()

    assert answer == {"contacts": [people[0].pk], "skipped": {"unknown": 1}}
    assert current(spring) == {each.pk for each in people[1:]}
    assert spring.members.get(contact=people[0]).removed_reason == "Left the firm"
    undo(action=BulkAction.objects.get(kind="remove"), by=manager)
    assert people[0].pk in current(spring)


def test_nobody_who_is_no_member_is_removed(crm, spring, people):
    answer = send(crm, spring, people, "members/removals", reason="Left").json()

    assert answer == {"contacts": [], "skipped": {"no_member": 4}}
    assert not BulkAction.objects.exists()


@pytest.mark.parametrize("path", ["members", "members/removals"])
def test_a_completed_campaign_keeps_its_people(crm, market, people, path):
    done = completed_campaign(market=market)
    before = current(done)

    answer = send(crm, done, people, path, **({"reason": "Left"} if "removals" in path else {}))

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert "is Completed and keeps its people" in answer.json()["detail"]
    assert current(done) == before


def test_the_audit_log_names_the_token(crm, workspace, spring, people, as_manager):
    send(crm, spring, people)

    event = workspace.audit_events.get(action=AuditAction.PEOPLE_ADDED)
    assert (event.user, event.details["people"]) == (None, 4)
    assert event.details["api_token"] == workspace.api_tokens.get().pk
    row = as_manager.get("/w/acme/audit/?action=people_added").content.decode()
    assert str(workspace.api_tokens.get()) in row


def test_what_a_user_does_names_no_token(workspace, spring, people, manager):
    from campaigns.bulk.members import add_people

    add_people(campaign=spring, contacts=[each.pk for each in people], by=manager)

    assert "api_token" not in workspace.audit_events.get(action=AuditAction.PEOPLE_ADDED).details

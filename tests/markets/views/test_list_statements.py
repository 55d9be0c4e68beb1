"""What lists ask of the database: costly conditions once, and conditions on people in a form that can be joined."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.audience import Rule
from markets.models import Contact
from markets.models.landscape import may_be_called
from markets.models.off_limits import is_off_limits
from markets.models.suppressions import is_suppressed
from tests.factories import ContactFactory, SuppressionFactory, call


def asked(client, name, query):
    """The page, and the statements that it takes."""
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse(name, args=["acme"]), query)
    assert page.status_code == 200
    return page, [each["sql"] for each in queries]


@pytest.fixture
def called(campaign):
    """Three people: called three times, twice and once."""
    for times, member in enumerate(campaign.members.order_by("pk")[:3], start=1):
        for _ in range(times):
            call(campaign, member.contact)
    return campaign


def test_people_of_a_rule_are_searched_and_counted_in_one_statement(as_viewer, called):
    rule = {"version": 1, "match": "all", "conditions": [{"kind": "attempts", "op": "at_least", "count": 2}]}
    audience = called.workspace.audiences.create(name="Called twice", rule=rule)

    page, statements = asked(as_viewer, "contacts:list", {"audience": audience.pk})
    beyond, _ = asked(as_viewer, "contacts:list", {"audience": audience.pk, "page": 2})

    assert sum("HAVING" in each for each in statements) == 1
    assert page.context["table"].paginator.count == len(page.context["table"].page.object_list.data) == 2
    assert beyond.context["notices"] == ["There is no page “2”; this list has 1 page. This is the first."]


def test_calls_of_an_attempt_are_numbered_once_to_count_and_to_find_them(as_viewer, called):
    page, statements = asked(as_viewer, "calls:list", {"attempt": "2", "counted": "yes"})
    narrower, narrowed = asked(as_viewer, "calls:list", {"attempt": "2", "direction": "outbound"})

    assert sum("ROW_NUMBER" in each for each in statements) == 1
    assert sum("ROW_NUMBER" in each for each in narrowed) == 1
    for shown in (page.context["table"], narrower.context["table"]):
        assert shown.paginator.count == len(shown.page.object_list.data) == 2


def test_attempts_are_numbered_among_all_calls_whatever_else_is_filtered(as_viewer, called):
    person = called.members.order_by("pk")[1].contact
    call(called, person, disposition="meeting_booked")

    third, _ = asked(as_viewer, "calls:list", {"attempt": "3", "meeting": "yes"})
    first, _ = asked(as_viewer, "calls:list", {"attempt": "1", "meeting": "yes"})

    assert [row.contact for row in third.context["table"].page.object_list.data] == [person]
    assert list(first.context["table"].page.object_list.data) == []


def test_who_may_be_called_is_neither_suppressed_nor_off_limits(workspace):
    free, by_key, by_phone, by_email, by_firm, by_person = (
        ContactFactory(workspace=workspace, phone_e164=phone, email=email, firm=firm)
        for phone, email, firm in [
            ("", "", "Free LLP"),
            ("+12125550101", "", "Some LLP"),
            ("+12125550102", "", "Some LLP"),
            ("+12125550103", "a@b.example", "Some LLP"),
            ("+12125550104", "", "Client Bank"),
            ("+12125550105", "", "Some LLP"),
        ]
    )
    SuppressionFactory(workspace=workspace, contact=by_key)
    SuppressionFactory(workspace=workspace, phone_e164=by_phone.phone_e164)
    SuppressionFactory(workspace=workspace, email=by_email.email)
    workspace.off_limits.create(firm="client bank", reason="Client")
    workspace.off_limits.create(contact=by_person, reason="Client")

    may = set(Contact.objects.filter(may_be_called()))

    assert may == set(Contact.objects.filter(~is_suppressed(), ~is_off_limits())) == {free}
    assert by_firm not in may
    assert set(Contact.objects.filter(Q(pk__isnull=False))) > may  # control: there are others


def test_running_campaigns_of_a_past_day_are_looked_up_before_their_people(workspace, campaign):
    day = workspace.today() - timedelta(days=1)
    conditions = [{"kind": "member", "of": "running", "negated": True}]
    rule = Rule.parse({"version": 1, "match": "all", "conditions": conditions}, workspace)

    people = str(workspace.contacts.filter(rule.condition(workspace, day)).query)
    running = str(workspace.campaigns.as_of(workspace, day).filter(status="active").query)

    assert "campaigns_statuschange" not in people
    assert "campaigns_statuschange" in running  # control: its status is found by the changes since

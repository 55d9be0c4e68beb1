"""Tags, tasks and off-limits entries written at the same moment, in threads with connections of their own."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from campaigns.models import Task
from campaigns.tags.services import rename_tag, tag_contacts
from campaigns.tasks.services import set_done
from markets.models import ContactTag, OffLimits, Tag
from markets.off_limits.services import lift_off_limits, put_off_limits
from tests.campaigns.test_races import at_once
from tests.factories import ContactFactory, MembershipFactory, WorkspaceFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers"),
]
CLIENTS = 6


@pytest.fixture
def workspace():
    return WorkspaceFactory()


def test_a_new_tag_that_several_add_at_once_exists_once(workspace):
    people = [ContactFactory(workspace=workspace) for _ in range(CLIENTS)]

    def tag(contact):
        return lambda: tag_contacts(workspace=workspace, contacts=[contact], name="Alumni", by=None)

    assert len({each.pk for each in at_once(*map(tag, people))}) == 1
    assert (Tag.objects.count(), ContactTag.objects.count()) == (1, CLIENTS)


def test_two_tags_that_get_the_same_name_at_once_become_one(workspace):
    tags = [workspace.tags.create(name=f"Tag {number}") for number in range(2)]
    contact = ContactFactory(workspace=workspace)
    for tag in tags:
        tag_contacts(workspace=workspace, contacts=[contact], name=tag.name, by=None)

    at_once(*((lambda tag=tag: rename_tag(tag=tag, name="Alumni", by=None)) for tag in tags))

    assert [tag.name for tag in Tag.objects.all()] == ["Alumni"]
    assert ContactTag.objects.count() == 1


def test_a_firm_that_several_put_off_limits_at_once_has_one_entry(workspace):
    def put():
        return put_off_limits(workspace=workspace, firm="Quillon LLP", reason="A client", by=None)

    results = at_once(*[put] * CLIENTS)

    assert OffLimits.objects.count() == 1
    assert sum(isinstance(each, ValidationError) for each in results) == CLIENTS - 1


def test_an_entry_is_lifted_once(workspace):
    entry = put_off_limits(workspace=workspace, firm="Quillon LLP", reason="A client", by=None)

    def lift(number):
        return lambda: lift_off_limits(entry=entry, by=None, reason=f"Reason {number}")

    results = at_once(*map(lift, range(CLIENTS)))

    assert results.count(None) == 1


def test_of_those_who_do_a_task_at_once_one_is_named(workspace):
    users = [MembershipFactory(workspace=workspace).user for _ in range(CLIENTS)]
    task = workspace.tasks.create(title="Call")

    results = at_once(*((lambda user=user: set_done(task=task, is_done=True, by=user)) for user in users))

    assert results.count(True) == 1
    assert Task.objects.get().done_by == users[results.index(True)]

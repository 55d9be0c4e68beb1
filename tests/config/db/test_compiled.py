from datetime import timedelta

import pytest
from django.db.models import Count
from django.utils.timezone import now

from config.db.compiled import CompiledQuery
from markets.models import Workspace
from tests.factories import ContactFactory, WorkspaceFactory


def contacts_since(workspace, moment):
    return Workspace.objects.filter(pk=workspace, contacts__created_at__gt=moment).values(number=Count("contacts"))


def test_each_call_gets_the_row_of_its_own_parameters(db):
    one, other = WorkspaceFactory(), WorkspaceFactory()
    ContactFactory.create_batch(2, workspace=one)
    ContactFactory.create_batch(3, workspace=other)
    ContactFactory(workspace=other, created_at=now() - timedelta(days=2))
    query = CompiledQuery(contacts_since)

    for workspace in (one, other, one):
        for days in (1, 3):
            moment = now() - timedelta(days=days)
            assert query.get(workspace.pk, moment) == contacts_since(workspace.pk, moment).get()


def test_the_query_is_built_once(workspace, django_assert_num_queries):
    built = []
    query = CompiledQuery(lambda pk: built.append(pk) or Workspace.objects.filter(pk=pk).values("name"))

    with django_assert_num_queries(2):
        assert query.get(workspace.pk) == query.get(workspace.pk) == {"name": "Acme"}
    assert len(built) == 1


def test_a_query_that_ignores_a_parameter_is_refused(workspace):
    query = CompiledQuery(lambda pk, moment: Workspace.objects.filter(pk=pk).values("name"))

    with pytest.raises(AssertionError, match="does not use each of its parameters"):
        query.get(workspace.pk, now())

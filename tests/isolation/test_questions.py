"""A question about a workspace has the same answer whoever else is there: with the same words, or our own people."""

from copy import deepcopy
from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from calls.log.services import amend
from campaigns.dispositions import Disposition
from campaigns.notes.services import write_note
from markets.imports.presets.sources import header_key
from markets.models import Contact
from markets.workspaces import api_tokens
from signals.suggestions.services import suggest
from tests.access_rows import CANARY
from tests.factories import MembershipFactory, call, signal
from tests.firms import firm, shared_by_a_module
from tests.isolation.jobs import campaign_of, person
from tests.isolation.questions import QUESTIONS
from tests.isolation.twins import make_alike
from tests.isolation.walk import start_ids, undone


@pytest.fixture(scope="module")
def ours_and_answers(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker), time_machine.travel(now(), tick=False):
        start_ids()
        ours = firm_with_more("Lisbon", "ours")
        answers = {question: answer_of(question, ours) for question in QUESTIONS}
        other, twin = firm_with_more(CANARY, "theirs"), firm_with_more("Lisbon", "twin")
        make_alike(twin, ours)
        neglect_more(twin)
        let_our_manager_work_in(other, ours.manager)
        yield ours, answers


def firm_with_more(word, slug):
    """A firm with what is only asked for now and then."""
    made = firm(word, slug)
    workspace, campaign = made.workspace, campaign_of(made)
    api_tokens.issue(workspace=workspace, name=f"{word} token", by=made.manager)
    workspace.custom_fields.create(key="desk", name=f"{word} desk", kind="text", position=1)
    Contact.objects.filter(pk=made.ids["contact"]).update(custom={"desk": f"{word} room"})
    workspace.import_presets.create(kind="people", header_key=header_key([word]), name=f"{word} second preset")
    for days, heard in ((9, "Not Moving"), (5, "Active")):
        with time_machine.travel(now() - timedelta(days=days), tick=False):
            old = call(campaign, person(made), disposition=Disposition.FUTURE_POTENTIAL, notes=word)
            signal(old, value=heard)
    amend(call=old, by=made.manager, reason="Earlier", started_at=old.started_at - timedelta(hours=1))
    return made


def neglect_more(twin):
    long_ago, workspace = now() - timedelta(days=900), twin.workspace
    workspace.signals.update(current_campaign=None)
    workspace.calls.exclude(callback_at=None).update(fulfilled_at=long_ago)
    workspace.audience_proposals.update(made_at=long_ago)
    workspace.imports.update(created_at=long_ago)
    workspace.imports.exclude(finished_at=None).update(finished_at=long_ago)


def let_our_manager_work_in(other, manager):
    """Our manager, a caller there, too, is mentioned, has a task and has just called; their callbacks are due."""
    workspace = other.workspace
    MembershipFactory(workspace=workspace, user=manager, role="caller")
    write_note(workspace=workspace, text=f"@{manager} {CANARY}", by=None, contact=person(other))
    workspace.tasks.create(title=f"{CANARY} task", owner=manager, due_on=workspace.today())
    notes = {"notes": f"{CANARY}: underpaid.", "disposition": Disposition.FUTURE_POTENTIAL}
    assert suggest(call(campaign_of(other), person(other), caller=manager, **notes))
    workspace.campaign_contacts.update(callback_due_at=now() - timedelta(hours=1))


def answer_of(question, ours):
    with undone():
        return repr(question(deepcopy(ours)))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.__name__)
def test_a_question_has_the_same_answer_whoever_else_is_there(db, ours_and_answers, question):
    ours, answers = ours_and_answers

    assert answer_of(question, ours) == answers[question]

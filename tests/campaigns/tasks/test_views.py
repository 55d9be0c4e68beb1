"""Tasks: the list with its filters, creating, editing and doing them, and where they are counted."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.models import Task
from campaigns.tasks.services import set_done
from markets.models import Role
from markets.workspaces.access import Access, navigation_counts
from signals.contacts.merge import merge
from tests.factories import ContactFactory, MembershipFactory, member
from tests.forms import edit_form
from tests.reading import metric

LIST = reverse("tasks:list", args=["acme"])
CREATE = reverse("tasks:create", args=["acme"])


@pytest.fixture
def ann(campaign):
    return member(campaign, full_name="Ann Person").contact


@pytest.fixture
def add(workspace, caller):
    def add(title, due_in=None, **fields):
        due_on = None if due_in is None else workspace.today() + timedelta(days=due_in)
        return workspace.tasks.create(title=title, due_on=due_on, **{"owner": caller} | fields)

    return add


def edit(task):
    return reverse("tasks:edit", args=["acme", task.pk])


def done(task):
    return reverse("tasks:done", args=["acme", task.pk])


def rows(client, **filters):
    return metric(client.get(LIST, filters, follow=True), "rows")


def test_a_caller_adds_a_task_about_a_person_for_somebody(as_caller, workspace, ann, manager, caller):
    page = as_caller.get(f"{CREATE}?contact={ann.pk}")
    assert "Ann Person" in page.text

    fields = {"title": "  Prepare the   meeting ", "due_on": "2030-01-31", "owner": manager.pk}
    page = as_caller.post(f"{CREATE}?contact={ann.pk}", fields, follow=True)

    task = workspace.tasks.get()
    assert (task.title, task.contact, task.owner, task.created_by) == ("Prepare the meeting", ann, manager, caller)
    assert "Task “Prepare the meeting” added." in page.text
    assert metric(page, "rows")  # the person's page again


def test_a_task_may_be_about_a_campaign_or_nothing(as_caller, workspace, campaign):
    as_caller.post(f"{CREATE}?campaign={campaign.pk}", {"title": "Find numbers"})
    as_caller.post(CREATE, {"title": "Tidy up"})

    assert list(workspace.tasks.order_by("pk").values_list("campaign", flat=True)) == [campaign.pk, None]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": " "}, "This field is required."),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"title": "Call", "due_on": "2026-02-30"}, "Enter a valid date."),
        ({"title": "Call", "owner": "0"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_kept_is_said(as_caller, workspace, fields, sentence):
    assert sentence in as_caller.post(CREATE, fields).text
    assert not workspace.tasks.exists()


def test_nobody_of_another_workspace_owns_a_task_here(as_caller, outsider):
    page = as_caller.post(CREATE, {"title": "Call", "owner": outsider.pk})

    assert "Select a valid choice." in page.text
    assert str(outsider) not in as_caller.get(CREATE).text


def test_about_somebody_elses_person_there_is_no_task(as_caller, outsider):
    foreign = ContactFactory(workspace=outsider.memberships.get().workspace)

    assert as_caller.get(f"{CREATE}?contact={foreign.pk}").status_code == 404
    assert as_caller.get(f"{CREATE}?contact=x").status_code == 404


def test_the_list_is_filtered_by_state_and_owner(as_caller, caller, manager, add):
    add("Overdue", -1)
    add("Today", 0)
    add("Later", 1, owner=manager)
    add("Some day", owner=None)
    set_done(task=add("Done", -5), is_done=True, by=caller)

    counts = [rows(as_caller, state=state) for state in ("", "due", "overdue", "done", "any")]
    assert counts == [4, 2, 1, 1, 5]
    assert [rows(as_caller, whose=whose) for whose in ("", "mine", "nobody")] == [4, 2, 1]
    assert rows(as_caller, q="later") == 1
    assert rows(as_caller, state="gone") == 0


def test_the_navigation_counts_ones_own_due_tasks_and_opens_them(as_caller, workspace, caller, manager, add):
    add("Overdue", -1)
    add("Today", 0)
    add("Tomorrow", 1)
    add("Somebody else's", 0, owner=manager)
    set_done(task=add("Done", 0), is_done=True, by=caller)

    counts = navigation_counts(Access(workspace, Role.CALLER, caller.memberships.get()))

    assert counts["tasks"] == rows(as_caller, whose="mine", state="due") == 2


def test_one_click_marks_a_task_as_done_and_another_reopens_it(as_caller, caller, add):
    task = add("Call", 0)

    page = as_caller.post(done(task), {"done": "yes", "next": f"{LIST}?state=any"}, follow=True)
    assert page.redirect_chain == [(f"{LIST}?state=any", 302)]
    assert "“Call” is done." in page.text
    assert Task.objects.get().done_by == caller
    as_caller.post(done(task), {"done": "no"})

    assert Task.objects.get().done_at is None


@pytest.mark.parametrize(
    "back", ["https://evil.example/w/acme/", "//evil.example", "/w/other/tasks/", "/w/acme/\nX: y"]
)
def test_it_goes_back_to_a_page_of_the_workspace_alone(as_caller, add, back):
    answer = as_caller.post(done(add("Call")), {"done": "yes", "next": back})

    assert answer.url == LIST


def test_of_two_who_do_it_the_first_is_named(add, caller, manager):
    task = add("Call")

    assert [set_done(task=task, is_done=True, by=user) for user in (caller, manager)] == [True, False]
    assert Task.objects.get().done_by == caller


def test_of_two_edits_the_second_sees_both(as_caller, add):
    task = add("Call")
    form = edit_form(as_caller.get(edit(task)))
    Task.objects.update(title="Call twice")

    page = as_caller.post(edit(task), form | {"title": "Write"})

    assert page.status_code == 409
    assert "Call twice" in page.text


def test_an_edit_keeps_an_owner_who_is_still_there(as_caller, add, manager):
    task = add("Call")

    as_caller.post(edit(task), edit_form(as_caller.get(edit(task))) | {"owner": manager.pk})

    assert Task.objects.get().owner == manager


def test_a_viewer_reads_tasks_and_changes_none(as_viewer, add):
    task = add("Call")

    assert "Call" in as_viewer.get(LIST).text
    assert "New task" not in as_viewer.get(LIST).text
    assert as_viewer.post(done(task), {"done": "yes"}).status_code == 403
    assert as_viewer.get(edit(task)).status_code == 403


def test_tasks_of_a_person_are_on_their_page(as_caller, ann, add):
    task = add("Prepare the meeting", 3, contact=ann)
    url = reverse("contacts:detail", args=["acme", ann.pk])
    assert f'data-row="task:{task.pk}"' in as_caller.get(url).text

    as_caller.post(done(task), {"done": "yes", "next": url})

    assert f'data-row="task:{task.pk}"' not in as_caller.get(url).text


def test_a_merge_moves_tasks(workspace, ann, add):
    other = ContactFactory(workspace=workspace, full_name="Ann P")
    add("Call", contact=ann)

    merge(keep=other, merged=ann, by=None)

    assert other.tasks.get().title == "Call"


def test_the_list_is_exported(as_viewer, ann, add):
    MembershipFactory(workspace=ann.workspace)
    add("Call her", 0, contact=ann)

    export = as_viewer.get(LIST, {"_export": "csv"}).getvalue().decode()

    assert "Call her,Ann Person" in export

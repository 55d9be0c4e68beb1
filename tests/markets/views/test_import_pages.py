"""Pages of imports: what one shows while it waits and runs, how it is stopped, read otherwise, discarded and listed."""

from django.utils.timezone import now

from markets.models import Contact, ImportJob, ImportState
from tests.factories import MembershipFactory, ended_import, import_draft, timedelta
from tests.reading import metric
from tests.uploads import import_file, map_and_check, upload, url, work


def test_nothing_starts_before_somebody_saw_what_it_would_do(as_manager, market):
    job = upload(as_manager)

    page = as_manager.post(url("start", job.pk), follow=True)

    assert "Match the columns first" in page.content.decode()
    job.refresh_from_db()
    assert job.state == "draft"


def test_progress_comes_as_a_fragment_until_the_state_changes(as_viewer, workspace):
    job = import_draft(workspace, "Email", "a@b.example")
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.RUNNING, row_count=9, checkpoint=4, created=4)
    ask = {"headers": {"HX-Request": "true"}}

    whole = as_viewer.get(url("detail", job.pk)).content.decode()
    part = as_viewer.get(url("detail", job.pk) + "?seen=running&waited=2", **ask).content.decode()
    changed = as_viewer.get(url("detail", job.pk) + "?seen=waiting", **ask)

    assert 'hx-trigger="every 2s"' in whole
    assert ">Reload</a>" in whole
    assert part.strip().startswith("<section")
    assert "4</data> of 9 rows done" in part
    assert "waited=4" in part
    assert changed["HX-Refresh"] == "true"
    assert "Stop" not in part


def test_a_page_that_waits_in_vain_says_whom_to_ask(as_viewer, workspace):
    job = import_draft(workspace, "Email", "a@b.example")
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.WAITING)
    hint = "Ask whoever runs the portal to start one."

    assert hint not in as_viewer.get(url("detail", job.pk)).content.decode()
    assert hint in as_viewer.get(url("detail", job.pk) + "?waited=10").content.decode()
    busy = ended_import(MembershipFactory().workspace)
    ImportJob.objects.filter(pk=busy.pk).update(lease_until=now() + timedelta(seconds=20))
    assert hint not in as_viewer.get(url("detail", job.pk) + "?waited=10").content.decode()


def test_who_does_not_manage_watches_an_import_and_stops_none(as_viewer, workspace):
    job = import_draft(workspace, "Email")
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.WAITING)

    page = as_viewer.get(url("detail", job.pk)).content.decode()

    assert "Waiting for a worker" in page
    assert url("stop", job.pk) not in page


def test_an_import_is_stopped_from_its_page(as_manager, market):
    job = map_and_check(as_manager, upload(as_manager), market=market.pk)
    as_manager.post(url("start", job.pk))

    as_manager.post(url("stop", job.pk))
    work()
    page = as_manager.get(url("detail", job.pk)).content.decode()
    again = as_manager.post(url("stop", job.pk), follow=True).content.decode()

    assert "Stopped by" in page
    assert Contact.objects.count() == 0
    assert "this takes one that is" in again


def test_a_draft_is_discarded_with_its_file_and_nothing_else_is(as_manager, market, django_capture_on_commit_callbacks):
    draft, done = upload(as_manager), import_file(as_manager, market=market.pk)

    with django_capture_on_commit_callbacks(execute=True):
        as_manager.post(url("discard", draft.pk))
        page = as_manager.post(url("discard", done.pk), follow=True).content.decode()

    assert not draft.file.storage.exists(draft.file.name)
    assert list(ImportJob.objects.all()) == [done]
    assert "only a Draft can be changed or discarded" in page


def test_a_file_is_read_otherwise_where_it_was_not_found_out(as_manager, workspace):
    job = upload(as_manager, "Email|City\na@b.example|Rome\n")
    as_manager.post(url("reread", job.pk), {"delimiter": ";"})
    job.refresh_from_db()
    assert job.header == ["Email|City"]

    as_manager.post(url("reread", job.pk), {"delimiter": "|", "encoding": "utf-8"})
    refused = as_manager.post(url("reread", job.pk), {"delimiter": "x"}, follow=True).content.decode()

    job.refresh_from_db()
    assert (job.header, job.option("delimiter")) == (["Email", "City"], "|")
    assert "The file is read as before" in refused


def test_the_list_has_a_fixed_number_of_queries(as_viewer, workspace, manager, django_assert_num_queries):
    def queries():
        with django_assert_num_queries(7):
            return metric(as_viewer.get(url("list")), "rows")

    ended_import(workspace, created=3, rejected=2, by=manager)
    as_viewer.get(url("list"))  # the first time the session is noted
    assert queries() == 1
    for state in ("failed", "undone", "draft"):
        ended_import(workspace, created=1, by=manager, state=state)
    assert queries() == 4


def test_the_list_is_filtered_by_state_and_kind(as_viewer, workspace):
    ended_import(workspace, created=3)
    import_draft(workspace, "Phone", "212 555 0123", kind="suppressions", name="list.csv")

    assert metric(as_viewer.get(url("list") + "?state=completed"), "rows") == 1
    page = as_viewer.get(url("list") + "?kind=suppressions")
    assert "list.csv" in page.content.decode()
    assert metric(page, "rows") == 1

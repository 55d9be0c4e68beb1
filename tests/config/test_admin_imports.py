"""What ops staff see of imports, and how they stop one."""

from django.urls import reverse

from markets.models import ImportJob, ImportState
from tests.factories import ended_import, import_draft


def test_ops_stop_an_import_once(as_ops, ops, workspace):
    job = import_draft(workspace, "Email", "a@b.example")
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.WAITING)
    url = reverse("admin:markets_importjob_stop", args=[job.pk])

    as_ops.post(url)
    again = as_ops.post(url).content.decode()

    job.refresh_from_db()
    assert job.state == "failed"
    assert job.failure.startswith(f"Stopped by {ops}")
    assert "this takes one that is" in again


def test_ops_find_imports_by_state_and_read_why_rows_were_refused(as_ops, workspace):
    job = ended_import(workspace, name="done.csv", created=1, rejected=1)
    job.rejections.create(workspace=workspace, line=3, code="email", message="“x” is not an address", cells=["x"])
    import_draft(workspace, "Email", "a@b.example", name="draft.csv")

    listed = as_ops.get(reverse("admin:markets_importjob_changelist") + "?state__exact=completed").content.decode()
    opened = as_ops.get(reverse("admin:markets_importjob_change", args=[job.pk])).content.decode()

    assert "done.csv" in listed
    assert "draft.csv" not in listed
    assert "“x” is not an address" in opened

"""The steps of an import in the browser."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from markets.imports.jobs import worker_name
from markets.imports.perform import work_once
from markets.models import ImportJob
from tests.reading import metric

PEOPLE = "Email,Name,Firm,Shoe size\nann@f.example,Ann,Firm LLP,38\nbob@f.example,Bob,Firm LLP,44\nno address,Cy,,40\n"


def url(name, *ids):
    return reverse(f"imports:{name}", args=["acme", *ids])


def post_file(client, content=PEOPLE, *, kind="people", name="people.csv", query=""):
    uploaded = SimpleUploadedFile(name, content.encode())
    return client.post(url("create") + query, {"kind": kind, "file": uploaded})


def upload(client, content=PEOPLE, **how):
    answer = post_file(client, content, **how)
    assert answer.status_code == 302, answer.content.decode()
    return ImportJob.objects.latest("pk")


def initial_fields(page):
    """The form's fields with their initial values, as a browser would send them back."""
    values = {field.html_name: field.value() for field in page.context["form"]}
    return {name: value for name, value in values.items() if value not in (None, False)}


def map_and_check(client, job, **chosen):
    page = client.get(url("map", job.pk))
    answer = client.post(url("map", job.pk), initial_fields(page) | chosen)
    assert answer.status_code == 302, page.context["form"].errors or answer.content.decode()
    work()
    job.refresh_from_db()
    return job


def work():
    while work_once(worker=worker_name()):
        pass


def import_file(client, content=PEOPLE, *, kind="people", name="people.csv", **chosen):
    job = map_and_check(client, upload(client, content, kind=kind, name=name), **chosen)
    client.post(url("start", job.pk))
    work()
    job.refresh_from_db()
    return job


def shown_counts(page, job):
    names = ["rows", "created", "updated", "unchanged", "rejected"]
    return [int(metric(page, name, f"import:{job.pk}")) for name in names]

"""Where a file and a person disagree, on the page of the import and in the command's report."""

import json

from django.urls import reverse

from tests.commands import run_command
from tests.edits import edit
from tests.reading import metric


def test_the_command_and_the_page_name_both_values(as_manager, manager, market, tmp_path):
    path = tmp_path / "monthly.csv"
    path.write_text("External ID,Name,Phone\nr1,Rep One,212-555-0910\n")
    words = ("import_contacts", path, "--workspace", market.workspace.slug, "--market", str(market), "--format", "json")
    run_command(*words)
    rep = market.contacts.get()
    edit(rep, manager, phone="212-555-0999")

    output = run_command(*words)

    sentence = "File and person disagree: Rep One, phone: here 212-555-0999, in the file 212-555-0910."
    assert sentence in output
    assert json.loads(output.splitlines()[-1])["disagreements"] == 1
    job = market.workspace.imports.first()
    page = as_manager.get(reverse("imports:detail", args=[market.workspace.slug, job.pk]))
    assert metric(page, "disagreements") == 1
    assert reverse("contacts:detail", args=[market.workspace.slug, rep.pk]) in page.content.decode()
    assert "in the file: 212-555-0910" in page.content.decode()

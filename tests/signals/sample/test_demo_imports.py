"""The demo runs imports itself, without a separate worker."""

from threading import Event, Timer

import pytest
from django.urls import reverse

from markets.imports.files.uploads import save_options
from markets.imports.jobs import request_start
from signals.management.commands.demo import run_imports
from tests.factories import import_draft


@pytest.mark.django_db(transaction=True)  # it closes its connection between two looks, as threads must
def test_the_demo_does_imports_while_it_is_served(as_manager, market, manager):
    job = import_draft(market.workspace, "Email", "a@b.example")
    options = {"map": {"Email": "email"}, "market": market.pk, "campaign": None, "on_duplicate": "update"}
    save_options(job=job, options=options, by=manager)
    request_start(job=job, by=manager)
    until = Event()
    Timer(2.5, until.set).start()

    run_imports(until)

    page = as_manager.get(reverse("imports:detail", args=["acme", job.pk])).content.decode()
    assert "Completed" in page
    assert [contact.email for contact in market.contacts.all()] == ["a@b.example"]

"""From an empty workspace to ongoing coverage, in a real browser: validation, follow-up, coverage."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.core.management import call_command
from django.db import connection
from django.utils.timezone import now
from playwright.sync_api import expect

from markets.imports.perform import work_once
from tests.browsers import needs_browser, sign_in

pytestmark = needs_browser

PEOPLE = 50
OUTCOMES = ["no_answer"] * 24 + ["not_interested"] * 8 + ["future_potential"] * 9 + ["meeting_booked"] * 3
OUTCOMES += ["callback_requested"] * 4 + ["do_not_contact"] * 2
INTERESTED = 9 + 3 + 4
CALLABLE = PEOPLE - 2
"""Without the two who asked not to be called."""


def elsewhere(function, *args, **kwargs):
    """Runs what needs the database in a thread of its own, as a worker would: playwright's loop runs in this one."""

    def run():
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as executor:
        return executor.submit(run).result()


def people_file():
    lines = ["First Name,Last Name,Firm,Email,Phone,City"]
    for number in range(PEOPLE):
        firm = f"Firm {'ABCDEFGHIJ'[number % 10]} LLP"
        lines.append(
            f"Ada,Person{number:02},{firm},person{number:02}@people.example,(212) 555-{2000 + number},New York"
        )
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


def calls_file(first, outcomes):
    """One call to each person from `first` on, now: while the campaign is active."""
    lines = ["call_id,contact,started_at,talk_seconds,disposition,notes"]
    for number, outcome in enumerate(outcomes):
        at = now() + timedelta(seconds=number)
        lines.append(f"c{first}-{number},person{first + number:02}@people.example,{at.isoformat()},60,{outcome},Talked")
    return {"name": "calls.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


def upload(page, query, file):
    page.goto(f"/w/acme/imports/new/?{query}")
    page.set_input_files("[name=file]", file)
    page.locator("main form button.primary").click()
    page.locator("form#import button.primary").click()
    elsewhere(work_once, worker="test")
    page.reload()
    page.get_by_role("button", name="Start the import").click()
    elsewhere(work_once, worker="test")
    page.reload()
    expect(page.get_by_text("Completed").first).to_be_visible()


def take_step(page, campaign_url, verb, reason=""):
    page.goto(campaign_url)
    page.get_by_role("link", name=f"{verb}…").click()
    expect(page.get_by_role("heading", name="What happens")).to_be_visible()
    if reason:
        page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name=verb, exact=True).click()
    expect(page).to_have_url(re.compile(f"{re.escape(campaign_url)}$"))


def create_campaign(page, name, kind):
    page.goto("/w/acme/campaigns/new/")
    page.get_by_label("Market", exact=True).select_option(label="M&A -- New York")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Kind").select_option(label=kind)
    page.locator("main form button.primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose people")
    return page.url.partition("contacts/add/")[0].partition("/w/")[2]


def number(page, metric, total=None):
    scope = page.locator(f"[data-total='{total}']") if total else page
    return float(scope.locator(f"data[data-metric='{metric}']").first.get_attribute("value"))


def expect_each_number_to_open_its_rows(page, address):
    """Every linked number of the page leads to a list of that length; a rate's link to those that it counts."""
    page.goto(address)
    found = page.eval_on_selector_all(
        "main a[href]:has(> data[data-metric])",
        "links => links.map(a => [a.href, a.firstElementChild.dataset.metric, a.firstElementChild.value])",
    )
    counts = {(href, float(value)) for href, metric, value in found if value and "." not in value}
    assert len(counts) > 15
    for href, count in counts:
        rows = re.search(r'data-metric="rows" value="(\d+)"', page.request.get(href).text())
        assert rows, href
        assert int(rows.group(1)) == count, href


def test_validate_then_follow_up_then_cover_in_one_market(browse, workspace, manager):
    with browse() as page:
        sign_in(page, manager)
        page.goto("/w/acme/markets/new/")
        page.get_by_label("Practice area").fill("M&A")
        page.get_by_label("Geography").fill("New York")
        page.locator("main form button.primary").click()
        market_url = page.url.partition("/w/")[1] + page.url.partition("/w/")[2].partition("?")[0]
        market = re.search(r"markets/(\d+)/", market_url).group(1)
        upload(page, f"kind=people&market={market}", people_file())

        # Validation: everybody is chosen, called once and reported.
        validation = "/w/" + create_campaign(page, "Market validation", "Validation")
        page.get_by_role("button", name=f"Add all {PEOPLE}").click()
        take_step(page, validation, "Activate")
        upload(page, f"kind=calls&campaign={validation.rstrip('/').rpartition('/')[2]}", calls_file(0, OUTCOMES))
        take_step(page, validation, "Complete")
        page.goto(f"{validation}report/1/")
        report = page.locator("main").text_content()  # with what is folded away
        assert f"{PEOPLE} calls" in report
        assert "Person35" in report

        # Follow-up: those who showed interest, though they were called today.
        page.goto(validation)
        page.get_by_role("link", name="Follow up").click()
        assert number(page, "fit") == 0
        page.get_by_label(re.compile("Called within")).uncheck()
        expect(page.locator("data[data-metric='fit']")).to_have_attribute("value", str(INTERESTED))
        page.get_by_role("button", name="Create Draft").click()
        follow_up = re.search(r"/w/acme/campaigns/\d+/", page.url).group()
        page.goto(f"{follow_up}contacts/")
        assert number(page, "rows") == INTERESTED
        expect(page.get_by_text("Future Potential on").first).to_be_visible()
        take_step(page, follow_up, "Activate")
        upload(
            page,
            f"kind=calls&campaign={follow_up.rstrip('/').rpartition('/')[2]}",
            calls_file(32, ["meeting_booked"] * 5),
        )
        take_step(page, follow_up, "Complete", reason="The others asked for time")

        # Ongoing coverage: a saved audience proposes who joins, a manager accepts.
        page.goto("/w/acme/audiences/new/")
        page.get_by_label("About").select_option("market")
        page.locator("details.pick summary").click()
        page.get_by_label("M&A -- New York").check()
        expect(page.locator("#rule-result")).to_contain_text(f"{PEOPLE} people")
        page.get_by_label("Name", exact=True).fill("New York")
        page.get_by_role("button", name="Save audience").click()
        coverage = "/w/" + create_campaign(page, "Ongoing coverage", "Ongoing coverage")
        page.locator("#candidates tbody input[type=checkbox]").first.check()
        page.get_by_role("button", name="Add selected").click()
        take_step(page, coverage, "Activate")
        page.goto(f"{coverage}audience/")
        page.get_by_label("Audience").select_option(label="“New York”")
        page.get_by_role("button", name="Turn on").click()
        elsewhere(call_command, "propose_audiences")
        page.reload()
        page.get_by_role("button", name=f"Accept all {CALLABLE - 1}").click()
        page.goto(f"{coverage}contacts/")
        assert number(page, "rows") == CALLABLE

        # The market compounds all three, each number opens its rows, and the first report still says what it said.
        expect_each_number_to_open_its_rows(page, market_url)
        page.goto(market_url)
        assert number(page, "calls_made", f"market:{market}") == PEOPLE + 5
        assert number(page, "contact_count", f"market:{market}") == PEOPLE
        assert number(page, "meetings_booked", f"market:{market}") == 3 + 5
        page.goto(f"{validation}report/1/")
        assert page.locator("main").text_content() == report

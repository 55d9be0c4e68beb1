"""Every page of a workspace and of an account in a real browser: axe finds nothing wrong, nothing shifts while the page
loads, and it fits a narrow window and one that is enlarged to 200 %.

`PAGES=2/6` visits the second of six shares. CI visits one with each commit: what one breaks is found five later.
"""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from tests.access_rows import ROWS, url_of
from tests.browsers import needs_browser
from tests.factories import PASSWORD
from tests.firms import firm
from tests.thorough import share_of

pytestmark = needs_browser

LONG_WORD = "Rechtsanwaltskostenrecht"
OF_ACCOUNTS = ["account_name", "account_sessions", "account_change_password", "mfa_index", "socialaccount_connections"]

REMEMBER_SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (!entry.hadRecentInput) shifts.push(entry.sources.map(each => each.node && each.node.nodeName).join(" "));
})).observe({type: "layout-shift", buffered: true});
"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL_RULES = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}
COLOURS = {"runOnly": ["color-contrast"]}
WIDTHS = [1440, 390]
NARROWEST, ENLARGED = 320, 1440 // 2


@pytest.fixture
def office(db):
    return firm(LONG_WORD, "office")


def addresses_of(office):
    """All pages that can be visited, or the share that PAGES names."""
    paths = [url_of(row, "office", office.ids) for row in ROWS if "GET" in row.methods.split()]
    paths += [reverse(name) for name in OF_ACCOUNTS]
    number, shares = share_of(os.environ.get("PAGES", "1/1"))
    return paths[number - 1 :: shares]


def is_page(page, path):
    """Neither a file nor a part of a page."""
    answer = page.request.get(path)
    return answer.ok and "text/html" in answer.headers["content-type"] and 'id="content"' in answer.text()


def too_wide(page, width):
    """What begins inside the window and ends outside, if the page scrolls sideways."""
    page.set_viewport_size({"width": width, "height": 900})
    return page.evaluate("""() => {
      const root = document.documentElement, width = root.clientWidth;
      if (root.scrollWidth <= width) return [];
      return [...document.querySelectorAll("body *")].filter(each => {
        const place = each.getBoundingClientRect();
        return place.left < width && place.right > width + 1;
      }).map(each => each.outerHTML.slice(0, 80)).slice(-2);
    }""")


def problems(page):
    found = [f"shifts: {moved}" for moved in page.evaluate("shifts")]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in (("light", ALL_RULES), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            broken = Axe().run(page, options=rules | {"resultTypes": ["violations"]}).response["violations"]
            found += [f"{each['id']} at {width}, {scheme}: {each['nodes'][0]['target']}" for each in broken]
    return found + [f"wider than {width}: {each}" for width in (NARROWEST, ENLARGED) for each in too_wide(page, width)]


def test_every_page_is_accessible_still_and_fits(browse, office):
    paths = addresses_of(office)
    found, visited = [], 0
    with browse() as page:
        page.add_init_script(REMEMBER_SHIFTS)
        page.goto("/")
        page.get_by_label("Email").fill(office.manager.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#sections")).to_be_attached()
        for path in paths:
            if not is_page(page, path):
                continue
            visited += 1
            page.set_viewport_size({"width": WIDTHS[0], "height": 900})
            page.goto(path)
            found += [f"{path}: {each}" for each in problems(page)]
    assert visited > len(paths) / 2
    assert not found, "\n".join(found)


def test_the_checks_find_what_they_look_for(browse):
    """What is wrong with this page: no language, a small target beside another, a wide line, and a late shift."""
    body = (
        "<p id='late'></p><p style='width:900px'>wide</p><p style='color:#aaa'>pale</p><p>"
        "<button style='font-size:6px;padding:0'>a</button><button style='font-size:6px;padding:0'>b</button></p>"
    )
    with browse() as page:
        page.add_init_script(REMEMBER_SHIFTS)
        page.route("**/wrong/", lambda route: route.fulfill(body=f"<main>{body}</main>", content_type="text/html"))
        page.goto("/wrong/")
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.evaluate("document.getElementById('late').innerHTML = '<br><br><br>'")
        page.wait_for_function("shifts.length > 0")
        words = " ".join(problems(page))
    for each in ("shifts", "html-has-lang", "color-contrast", "target-size", "wider than 320"):
        assert each in words

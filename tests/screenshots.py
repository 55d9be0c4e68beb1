"""Takes pictures of the sample workspace in a real browser: those of README and the tour, or of every page.

    uv run python -m tests.screenshots                  # docs/pictures, as README and docs/tour.md show them
    uv run python -m tests.screenshots --all FOLDER     # every page, wide and narrow, light and dark
    uv run python -m tests.screenshots --all FOLDER --only markets:detail contacts:detail

It makes the sample workspace in a database of its own and serves it meanwhile. Every page is found by following links
from the overview: the first address of each view. Pages that are wider than the window are named, as are errors.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

# ruff: noqa: S310, S603 - its own portal

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SCHEMES = ("light", "dark")
SHOWN = {
    "overview": "dashboard",
    "market": "markets:detail",
    "signals": "markets:signals",
    "call": "campaigns:call",
    "people": "contacts:list",
    "follow-up": "campaigns:follow_up",
    "report": "campaigns:report",
}
"""By the name of the picture, the view that README and the tour show."""
LINKS = "links => links.map(link => link.href.split('#')[0])"
MOST_VISITED = 400


@contextmanager
def sample_portal() -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a portal with the sample workspace, and the addresses and password of its users by role."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"LOCAL": "1", "DATABASE_URL": f"sqlite:///{folder}/sample.sqlite3"}
        environment |= {"IMPORTS_ROOT": f"{folder}/imports"}
        manage = [sys.executable, "manage.py"]
        made = subprocess.run(
            [*manage, "demo", "--no-serve", "--format", "json"],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            [*manage, "runserver", "--noreload", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield f"http://127.0.0.1:{port}", _users(json.loads(made.stdout))
        finally:
            server.terminate()
            server.wait()


def _users(report: dict) -> dict[str, str]:
    users = {each["role"]: each["email"] for each in report["users"]}
    return users | {"password": report["password"], "slug": report["workspace"]}


@contextmanager
def browser() -> Iterator[Page]:
    from tests.browsers import CHROMIUM, FLAGS  # needs the models

    assert CHROMIUM, "There is no Chromium on this machine."
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = opened.new_page(viewport=WIDE)
        page.set_default_timeout(30_000)
        yield page
        opened.close()


def sign_in(page: Page, url: str, users: dict[str, str]) -> None:
    _wait_for(url)
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Email").fill(users["manager"])
    page.get_by_label("Password").fill(users["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/**")


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            urlopen(f"{url}/livez")
            return
        except URLError:
            time.sleep(0.5)
    raise SystemExit("The portal did not start.")


def find_pages(page: Page, start: str, wanted: set[str] | None = None) -> dict[str, str]:
    """By the name of each view, the first address of it that links lead to, nearest to the overview first."""
    from django.urls import resolve

    found: dict[str, str] = {}
    waiting, visited = [start], set()
    while waiting and len(visited) < MOST_VISITED:
        address = waiting.pop(0)
        path = urlsplit(address).path
        if path in visited:
            continue
        name = resolve(path).view_name
        if name in found:
            continue
        visited.add(path)
        answer = page.goto(address)
        if answer is None or answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            print(f"{answer.status if answer else 'No answer'}: {path}")
            continue
        found[name] = address
        if wanted and wanted <= found.keys():
            break
        links = page.eval_on_selector_all("a[href]:not([download])", LINKS)
        waiting += [link for link in links if link.startswith(start) and "_export=" not in link]
    return found


def take(page: Page, address: str, path: Path, *, whole: bool = True) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=whole)


def take_all(page: Page, pages: dict[str, str], folder: Path) -> None:
    for name, address in sorted(pages.items()):
        for width, size in (("wide", WIDE), ("narrow", NARROW)):
            page.set_viewport_size(size)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                take(page, address, folder / f"{name.replace(':', '-')}-{width}-{scheme}.png")
            if (over := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                print(f"{name} is {over} pixels wider than {size['width']}")
    print(f"{len(pages)} pages in {folder}")


def take_shown(page: Page, pages: dict[str, str]) -> None:
    """The pictures of README and the tour: the first screen of each page, in the light scheme."""
    page.emulate_media(color_scheme="light")
    for picture, name in SHOWN.items():
        if name in pages:
            take(page, pages[name], PICTURES / f"{picture}.png", whole=False)
    missing = [picture for picture, name in SHOWN.items() if name not in pages]
    print(f"Pictures are in {PICTURES.relative_to(ROOT)}" + (f"; no link leads to {missing}" if missing else ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="pictures of every page")
    parser.add_argument("--only", nargs="+", help="the names of the views to visit")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    wanted = set(options.only or ([] if options.all else SHOWN.values())) or None
    with sample_portal() as (url, users), browser() as page:
        sign_in(page, url, users)
        pages = find_pages(page, f"{url}/w/{users['slug']}/", wanted)
        if options.all:
            take_all(page, {name: pages[name] for name in wanted & pages.keys()} if wanted else pages, options.all)
        else:
            take_shown(page, pages)


if __name__ == "__main__":
    main()

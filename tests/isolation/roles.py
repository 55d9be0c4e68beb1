"""What each role gets from each address, and what pages offer to whom."""

from html.parser import HTMLParser

from django.urls import resolve

from tests.access_rows import MISSING, ROWS, url_of
from tests.isolation.walk import visit

ROWS_BY_NAME = {row.name: row for row in ROWS}


ORDER = ["viewer", "caller", "manager"]
OF_ONE_OWN = {"selection:undo", "calls:void", "calls:undo", "calls:correct", "notes:edit", "notes:delete"}
"""Callers may do these with what is their own."""


def foreign_addresses(client, firms, row):
    """Ids of other workspaces in the address must be answered like ids that nobody has."""
    found = []
    for method in row.methods.split():
        data = {} if method == "POST" else None
        answers = {
            name: visit(
                client, url_of(row, slug, ids), data, elsewhere=firms.elsewhere if data is not None else ((), {})
            )
            for name, slug, ids in [
                ("foreign", "ours", firms.other.ids),
                ("the twin's", "ours", firms.twin.ids),
                ("unknown", "ours", dict.fromkeys(firms.ours.ids, MISSING)),
                ("of a foreign workspace", "twin", firms.twin.ids),
                ("of no workspace", "no-such-firm", firms.other.ids),
            ]
        }
        unknown = answers["unknown" if row.ids else "of no workspace"]
        for name, answer in answers.items():
            if (row.ids or name.startswith("of")) and (answer.status, answer.body) != (404, unknown.body):
                found.append(f"{method} with ids {name}: {answer.status}")
            found += [f"{table} of another workspace was changed" for table in answer.changed]
    # The versions of a report are counted by campaign, and are no ids.
    for name in [name for name in row.ids if len(row.ids) > 1 and name != "report_version"]:
        ids = firms.ours.ids | {name: firms.other.ids[name]}
        for method in row.methods.split():
            answer = visit(client, url_of(row, "ours", ids), {} if method == "POST" else None)
            found += [] if answer.status == 404 else [f"{method} with a foreign {name}: {answer.status}"]
    return found


def wrongly_answered(clients, firms, row):
    """Roles and methods that are not answered as the row says."""
    url = url_of(row, "ours", firms.ours.ids)
    found = []
    for role, client in clients.items():
        for method in ("GET", "POST"):
            status = visit(client, url, {} if method == "POST" else None).status
            if status not in (allowed := statuses(row, method, role)):
                found.append(f"{method} by {role}: {status}, not one of {sorted(allowed)}")
    return found


def statuses(row, method, role):
    if role in ("anonymous", "deactivated"):
        return {302}
    if role in ("outsider", "former member", "staff without a second factor", "somebody with a second factor"):
        return {404}
    rank = ORDER.index("manager" if role == "ops" else role)
    if rank < ORDER.index(row.role):
        return {403}
    if method not in row.methods.split():
        return {405}
    if row.name in OF_ONE_OWN and role == "caller":
        return {403}
    return {200, 302} if method == "GET" else {200, 302, 400, 409}


def offered_in_vain(client, firms, row, role):
    """Links and forms of a page that its reader's role may not use."""
    if ORDER.index(role) < ORDER.index(row.role) or "GET" not in row.methods:
        return []
    ids = firms.ours.ids
    # The page of somebody with a wrong number offers other things, and so does that of one's own call or note.
    own = {"call": ids[f"call_of_{role}"], "note": ids[f"note_of_{role}"]}
    several = [ids, *({name: other} for name, other in {**own, "contact": ids["wrong_number"]}.items())]
    urls = dict.fromkeys(url_of(row, "ours", ids | others) for others in several)
    states = [f"{url}?state={state}" for url in urls for state in sorted(firms.states.get(row.name, ()))]
    return [each for url in [*urls, *states] for each in offered_by(client, url, role, own)]


def offered_by(client, url, role, own):
    page = visit(client, url)
    if page.status != 200 or b"<main" not in page.body:
        return []
    found = []
    for method, address in addresses(page.body.decode(), url):
        target = ROWS_BY_NAME.get(resolve(address.split("?")[0]).view_name)
        if target is None or method not in target.methods:
            continue
        if ORDER.index(target.role) > ORDER.index(role):
            found.append(f"{method} {address} is for a {target.role}")
        elif (
            target.name in OF_ONE_OWN
            and role == "caller"
            and not {str(each) for each in own.values()} & set(address.split("/"))
        ):
            found.append(f"{method} {address} is for who wrote it")
    return found


class Addresses(HTMLParser):
    """Where the links and forms of a page lead: (method, address)."""

    def __init__(self, page):
        super().__init__()
        self.found = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.found.add((attrs.get("method", "get").upper(), attrs.get("action") or ""))
        if tag == "a" and attrs.get("href"):
            self.found.add(("GET", attrs["href"]))
        if tag in ("button", "input") and attrs.get("formaction"):
            self.found.add(("POST", attrs["formaction"]))
        for name, method in (("hx-get", "GET"), ("hx-post", "POST")):
            if attrs.get(name):
                self.found.add((method, attrs[name]))


def addresses(page, url):
    found = {(method, (address or url).split("#")[0] or url) for method, address in Addresses(page).found}
    return sorted((method, address) for method, address in found if address.startswith("/w/"))

"""What a page or a form of a workspace does beyond it, each in a few words: nothing."""

from tests.access_rows import CANARY, MISSING, url_of
from tests.isolation.walk import visit
from tests.role_table import requests_to

ASKED_FOR = {
    **{
        "reason": "A reason",
        "text": "A text",
        "name": "Something new",
        "title": "Something to do",
        "label": "A client",
    },
    **{"email": "lisbon@p.example", "phone": "+1 212 555 0199", "new_phone": "+1 212 555 0199", "tag": "Lisbon tag"},
    **{"full_name": "Lisbon person", "firm": "Lisbon LLP", "practice_area": "Tax", "geography": "Rome", "q": "Lisbon"},
    **{"disposition": "future_potential", "evidence": "Some words", "notes": "Some notes", "do": "", "value": "on"},
}
"""What is written into empty fields. Some of it is what the twin has, too."""

WITHOUT_FORM = {
    "contacts:repair": {"new_phone": "+1 212 555 0198"},
    "audiences:draft": {"rule-0-kind": "firm", "rule-0-values": "Lisbon LLP"},
    "campaigns:status": {"to": "paused", "seen": "active", "reason": "A reason"},
    "campaigns:bulk_status": {"campaign": "", "to": "paused", "reason": "A reason"},
    "campaigns:tick": {"contact": "", "shown": ""},
    "selection:change": {"contact": "", "shown": ""},
    "selection:assign": {"in_campaign": "", "to": ""},
    "selection:remove": {"in_campaign": "", "reason": ""},
    "callbacks:decide": {"call": "", "member": "", "decision": "keep"},
}
"""Query parameters for which no page has a form while the workspace is in this state."""

KINDS = {
    **dict.fromkeys(["contact", "people", "keep", "shown"], "contact"),
    **dict.fromkeys(["campaign", "in_campaign", "follows"], "campaign"),
    "in_market": "market",
    **dict.fromkeys(["owner", "caller", "users", "whom", "to"], "manager"),
    **dict.fromkeys(["audience", "among"], "audience"),
    **{"market": "market", "tag": "tag", "remove": "tag", "template": "template", "call": "call"},
}
"""Fields that name a row, and which kind of row."""


def forms_to(row, firms):
    """The forms of our pages that are posted there, with something in every field."""
    ids = firms.ours.ids
    forms = firms.forms.get(row.name) or [(url_of(row, "ours", ids), WITHOUT_FORM.get(row.name, {}))]
    return [
        (
            address,
            {
                name: value or (str(ids[KINDS[name]]) if name in KINDS else ASKED_FOR.get(name, ""))
                for name, value in data.items()
            },
        )
        for address, data in forms
    ]


def faults_of(answer):
    return [
        *([f"status {answer.status}"] if answer.status >= 500 else []),
        *(f"{table} of another workspace was changed" for table in answer.changed),
        *([f"it holds {CANARY}"] if CANARY.lower() in answer.everything.lower() else []),
        *(f"{table} is used across workspaces" for table, _ in answer.statements.faults),
    ]


def trespasses(client, firms, row):
    """What sending the forms of our pages does to other workspaces: as they are, and so that they are accepted."""
    answers = [visit(client, *form, elsewhere=firms.elsewhere) for form in forms_to(row, firms)]
    found = [fault for answer in answers for fault in faults_of(answer)]
    for request in requests_to(row, firms.ours, client):
        if request.data is not None:
            answer = visit(client, request.url, request.data, elsewhere=firms.elsewhere)
            is_accepted = answer.status in (200, 204, 302) and (answer.statements.written or not request.must_write)
            found += faults_of(answer) + ([] if is_accepted else [f"it is refused with {answer.status}"])
    return found


def betrayals(client, firms, row):
    """Fields in which the id of another workspace's row does what one that does not exist does not do."""
    found = []
    for address, data in forms_to(row, firms):
        for name in data.keys() & KINDS.keys():
            foreign = str(firms.other.ids[KINDS[name]])
            answer = visit(client, address, data | {name: foreign}, elsewhere=firms.elsewhere)
            found += faults_of(answer)
            unknown = visit(client, address, data | {name: str(MISSING)})
            if without(foreign, answer) != without(str(MISSING), unknown):
                found.append(f"{name}={foreign} is answered with {answer.status}, an unknown one with {unknown.status}")
    return found


ALSO_IN_ADDRESSES = {
    **{"campaign_market": "market", "in_market": "market", "in_campaign": "campaign", "imported_by": "import"},
    **{"user": "manager", "member": "contact", "preset": "preset"},
}


def wrong_parameters(client, firms, row):
    """Parameters in which the id of another workspace's row does what one that does not exist does not do."""
    url, kinds, found = url_of(row, "ours", firms.ours.ids), KINDS | ALSO_IN_ADDRESSES, []
    for name in sorted(firms.parameters.get(row.name, set()) & kinds.keys()):
        foreign = str(firms.other.ids[kinds[name]])
        answer = visit(client, f"{url}?{name}={foreign}")
        found += faults_of(answer)
        unknown = visit(client, f"{url}?{name}={MISSING}")
        if without(foreign, answer) != without(str(MISSING), unknown):
            found.append(f"?{name}={foreign} is answered with {answer.status}, an unknown one with {unknown.status}")
    return found


def without(number, answer):
    """Status, headers and body of an answer, without the number that was sent and what follows from it."""
    lines = [
        line
        for line in answer.everything.splitlines()
        if not line.startswith(("Content-Length", "Set-Cookie", "X-Request-Id"))
    ]
    return answer.status, "\n".join(lines).replace(number, "N")


def leaks(client, firms, row):
    """What a page betrays of other workspaces, each in a few words."""
    url = url_of(row, "ours", firms.ours.ids)
    page = visit(client, url)
    return [
        *(["it differs from what it was without the twin"] if page.body != firms.alone[url] else []),
        *([f"it holds {CANARY}"] if CANARY.lower() in page.everything.lower() else []),
        *(f"{table} is read across workspaces" for table, _ in page.statements.faults),
    ]

"""Three workspaces: ours, one with other words that was there before, and a twin with our own words that came later."""

import re
from copy import deepcopy
from dataclasses import dataclass
from http.cookies import SimpleCookie

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import resolve
from django.utils.timezone import now

from campaigns.models import Campaign
from campaigns.notes.services import write_note
from markets.workspaces.invitations import remove_member
from tests.access_rows import CANARY, ROWS, url_of
from tests.factories import MembershipFactory, UserFactory, call, make_it_noon
from tests.firms import Firm, firm, shared_by_a_module
from tests.isolation.twins import make_alike
from tests.isolation.walk import binding_columns, hashes_of, parameters_in, posted_forms, start_ids, visit

PAGES = [row for row in ROWS if "GET" in row.methods]
POSTED = [row for row in ROWS if "POST" in row.methods]


@dataclass
class Firms:
    ours: Firm
    other: Firm
    twin: Firm
    alone: dict[str, bytes]
    """What our pages held before the twin came, by address."""
    forms: dict[str, list[tuple[str, dict[str, str]]]]
    """By the name of the URL that they are posted to, the forms of our pages: their address, and what they send."""
    states: dict[str, set[str]]
    """By the name of a URL, what its links say of `state`: pages show other things then."""
    parameters: dict[str, set[str]]
    """By the name of a URL, the parameters that links and forms of our pages give it."""
    rows_elsewhere: dict[str, str]
    """By table, a hash of the rows of the others."""
    signed_in: dict[str, SimpleCookie]
    """By kind of visitor, the cookies of a browser in which one is signed in."""

    @property
    def elsewhere(self):
        return (self.other.workspace, self.twin.workspace), self.rows_elsewhere


@pytest.fixture(scope="module")
def all_firms(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker), time_machine.travel(now(), tick=False):
        start_ids()
        other, ours = firm(CANARY, "theirs"), firm("Lisbon", "ours")
        MembershipFactory(workspace=other.workspace, user=ours.manager, role="viewer")
        visitors = visitors_of(ours)
        add_what_roles_see(ours, visitors)
        client = Client()
        client.force_login(ours.manager)
        alone = {url: visit(client, url).body for row in PAGES for url in [url_of(row, "ours", ours.ids)]}
        twin = firm("Lisbon", "twin")
        make_alike(twin, ours)
        # Our manager, a member of the other workspace, too, gets something to do there.
        other.workspace.tasks.create(title=f"{CANARY} job", owner=ours.manager, due_on=other.workspace.today())
        write_note(
            workspace=other.workspace,
            text=f"@{ours.manager} {CANARY}",
            by=None,
            contact=other.workspace.contacts.first(),
        )
        elsewhere = hashes_of(other.workspace, twin.workspace, tables=binding_columns())
        signed_in = {kind: signed_in_as(user) for kind, user in visitors.items()} | {
            "outsider": signed_in_as(twin.manager)
        }
        read = forms_of(alone), states_of(alone), parameters_of(alone)
        yield Firms(ours, other, twin, alone, *read, elsewhere, signed_in)


def visitors_of(ours):
    """One of each kind of visitor that is signed in."""
    former = MembershipFactory(workspace=ours.workspace)
    remove_member(membership=former)
    stranger, ops = UserFactory(), UserFactory(is_staff=True)
    for user in (stranger, ops):
        TOTP.activate(user, generate_totp_secret())
    return {
        "somebody with a second factor": stranger,
        "deactivated": MembershipFactory(workspace=ours.workspace, role="manager", user__is_active=False).user,
        "former member": former.user,
        "staff without a second factor": UserFactory(is_staff=True, is_superuser=True),
        "viewer": MembershipFactory(workspace=ours.workspace, role="viewer").user,
        "caller": MembershipFactory(workspace=ours.workspace, role="caller").user,
        "manager": ours.manager,
        "ops": ops,
    }


def add_what_roles_see(ours, visitors):
    """Somebody to call now, and a call and a note of each who may have made them before their role was changed."""
    campaign = Campaign.objects.get(pk=ours.ids["campaign"])
    make_it_noon(campaign)
    for role in ("viewer", "caller"):
        ours.ids[f"call_of_{role}"] = call(campaign, caller=visitors[role], started_at=now()).pk
        note, _ = write_note(workspace=ours.workspace, text="Lisbon remark", by=visitors[role], campaign=campaign)
        ours.ids[f"note_of_{role}"] = note.pk


def signed_in_as(user):
    client = Client()
    client.force_login(user)
    return client.cookies


def forms_of(pages):
    """Of forms to one address with the same fields, the first."""
    found = {}
    for url, body in pages.items():
        for address, data in posted_forms(body.decode(errors="replace"), url):
            forms = found.setdefault(resolve(address.split("?")[0]).view_name, {})
            forms.setdefault((address, *sorted(data)), (address, data))
    return {name: list(forms.values()) for name, forms in found.items()}


def states_of(pages):
    found = {}
    for url, body in pages.items():
        states = re.findall(r"[?&;]state=([a-z_]+)", body.decode(errors="replace"))
        found.setdefault(resolve(url).view_name, set()).update(states)
    return found


def parameters_of(pages):
    found = {}
    for url, body in pages.items():
        for address, name in parameters_in(body.decode(errors="replace")):
            found.setdefault(resolve(address or url).view_name, set()).add(name)
    return found


@pytest.fixture
def firms(db, all_firms):
    return deepcopy(all_firms)


@pytest.fixture
def clients(firms):
    """A browser of each kind of visitor."""
    found = {"anonymous": Client()}
    for role, cookies in firms.signed_in.items():
        found[role] = Client()
        found[role].cookies.update(cookies)
    return found


@pytest.fixture
def as_ours(client, firms):
    client.force_login(firms.ours.manager)
    return client

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Any

from django.core.management.base import CommandParser
from django.db import connection, transaction
from django.utils.timezone import now
from tqdm import tqdm

from calls.models import Call, CampaignDay, CampaignHour
from campaigns.models import CampaignContact
from config.db import bulk
from markets.management.command import PortalCommand
from markets.models import Contact, MarketContact, Workspace
from signals import sample
from signals.models import Signal
from signals.sample.passwords import sample_password

AT_ONCE = 2
GROWN = (Contact, MarketContact, CampaignContact, Call, CampaignDay, CampaignHour, Signal)
"""The tables that a seed fills."""


@dataclass(frozen=True)
class Firm:
    """A workspace to be made: with a story, or as a crowd for trials of speed."""

    slug: str
    name: str
    size: sample.Size
    is_crowd: bool = False


def crowds(calls: int) -> tuple[Firm, ...]:
    """20 workspaces, the first with an eighth of the people, the last with a fiftieth; 500,000 people in all."""
    weights = [1 / (place + 3) for place in range(1, 21)]
    firms = []
    for place, weight in enumerate(weights, start=1):
        share = weight / sum(weights)
        size = sample.Size(
            people=round(500_000 * share),
            calls=round(calls * share),
            signals=round(300_000 * share),
            markets=max(2, round(50 * share)),
            campaigns=max(6, round(200 * share)),
        )
        firms.append(Firm(f"crowd-{place:02}", f"Crowd {place}", size, is_crowd=True))
    return tuple(firms)


SCALES = {
    "small": (
        Firm(
            "northgate", "Northgate Search", sample.Size(people=1200, calls=4900, signals=1200, markets=5, campaigns=12)
        ),
        Firm(
            "bellweather",
            "Bellweather Talent",
            sample.Size(people=600, calls=2400, signals=600, markets=4, campaigns=8),
        ),
        Firm(
            "quillmark", "Quillmark Partners", sample.Size(people=200, calls=800, signals=200, markets=2, campaigns=5)
        ),
    ),
    "reference": crowds(2_000_000),
    "ten": crowds(20_000_000),
}


class Command(PortalCommand):
    help = (
        "Makes workspaces of unequal size for trials, each with a year of calls. Those that are there already are "
        "left as they are. The password of their users is PORTAL_PASSWORD."
    )
    examples = """
        manage.py seed
        manage.py seed --scale small --rng 7
        manage.py seed --scale reference
        manage.py seed --scale ten --first 1
        PORTAL_PASSWORD=... manage.py seed --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale",
            choices=list(SCALES),
            default="small",
            help="small: 3 workspaces, 2,000 people, 8,000 calls; reference: 20 workspaces, 500,000 people, 2,000,000 "
            "calls, 300,000 signals; ten: the same people with ten times the calls",
        )
        parser.add_argument("--first", type=int, metavar="N", help="only the N largest workspaces of the scale")
        parser.add_argument("--rng", type=int, default=42, help="the same number makes the same data (default: 42)")

    def handle(self, *args: Any, **options: Any) -> None:
        firms = SCALES[options["scale"]][: options["first"]]
        calls = sum(firm.size.calls for firm in firms)
        with tqdm(total=calls, unit=" calls", disable=None, leave=False) as bar:
            made = _make_all(firms, options["rng"], bar)
        bulk.keep_plans_right(calls, GROWN)
        slugs = [firm.slug for firm in firms]
        there = {
            "contacts": Contact.objects.filter(workspace__slug__in=slugs).count(),
            "calls": Call.objects.filter(workspace__slug__in=slugs).count(),
            "signals": Signal.objects.filter(workspace__slug__in=slugs).count(),
        }
        what = ", ".join(f"{number:,} {name}" for name, number in there.items())
        state = f"Made {len(made)} of {len(firms)} workspaces" if made else "The workspaces are there already"
        signs_in = ", ".join(f"manager@{slug}.example" for slug in slugs)
        sentence = f"{state} ({', '.join(slugs)}): {what}. Sign in as {signs_in}."
        self.report(sentence, options, scale=options["scale"], made=len(made), workspaces=len(firms), **there)


def _make_all(firms: Sequence[Firm], rng: int, bar: tqdm) -> list[str]:
    """The slugs of those that were not there. Of crowds two are made at once where a database lets both write: each
    waits for it most of the time."""
    if not (bulk.on_postgresql() and len(firms) > 1 and all(firm.is_crowd for firm in firms)):
        return [firm.slug for firm in firms if _make(firm, rng, bar)]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="seed") as beside:
        # Where one fails, or somebody leaves off, `map` begins no more of them.
        made = beside.map(lambda firm: _make_beside(firm, rng, bar), firms)
        return [firm.slug for firm, is_new in zip(firms, made, strict=True) if is_new]


def _make_beside(firm: Firm, rng: int, bar: tqdm) -> bool:
    """In a thread, which has a connection of its own."""
    try:
        return _make(firm, rng, bar)
    finally:
        connection.close()


@transaction.atomic
def _make(firm: Firm, rng: int, bar: tqdm) -> bool:
    if Workspace.objects.filter(slug=firm.slug).exists():
        return False
    workspace, staff = sample.create_workspace(
        slug=firm.slug, name=firm.name, domain=f"{firm.slug}.example", password=sample_password()
    )
    fill = sample.build_bulk if firm.is_crowd else sample.build
    fill(
        workspace=workspace,
        staff=staff,
        size=firm.size,
        rng=Random(f"{rng} {firm.slug}"),  # noqa: S311 - a story, not a secret
        moment=now(),
        progress=bar.update,
    )
    return True

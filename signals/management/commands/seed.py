from dataclasses import dataclass
from random import Random
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.timezone import now
from tqdm import tqdm

from calls.models import Call
from markets.management.command import PortalCommand
from markets.models import Contact, Workspace
from signals import sample
from signals.management.trial import trial_password
from signals.models import Signal


@dataclass(frozen=True)
class Firm:
    slug: str
    name: str
    size: sample.Size


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
}


class Command(PortalCommand):
    help = (
        "Makes workspaces of unequal size for trials, each with a year of calls. Those that are there already are "
        "left as they are. The password of their users is PORTAL_PASSWORD."
    )
    examples = """
        manage.py seed
        manage.py seed --scale small --rng 7
        PORTAL_PASSWORD=... manage.py seed --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale",
            choices=list(SCALES),
            default="small",
            help="small: 3 workspaces, 2,000 people, 8,000 calls; larger scales are not made yet",
        )
        parser.add_argument("--rng", type=int, default=42, help="the same number makes the same data (default: 42)")

    def handle(self, *args: Any, **options: Any) -> None:
        firms = SCALES[options["scale"]]
        with tqdm(total=sum(firm.size.calls for firm in firms), unit=" calls", disable=None, leave=False) as bar:
            made = [firm.slug for firm in firms if _make(firm, options["rng"], bar)]
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


@transaction.atomic
def _make(firm: Firm, rng: int, bar: tqdm) -> bool:
    if Workspace.objects.filter(slug=firm.slug).exists():
        return False
    workspace, staff = sample.open_workspace(
        slug=firm.slug, name=firm.name, domain=f"{firm.slug}.example", password=trial_password()
    )
    sample.build(
        workspace=workspace,
        staff=staff,
        size=firm.size,
        rng=Random(f"{rng} {firm.slug}"),  # noqa: S311 - a story, not a secret
        moment=now(),
        progress=bar.update,
    )
    return True

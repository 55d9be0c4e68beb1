from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Any

from django.core.management.base import CommandParser
from django.db import connection, transaction
from django.utils.timezone import now
from tqdm import tqdm

from calls.models import Call
from config.db import bulk, table_statistics
from markets.management.command import PortalCommand
from markets.models import Contact, Workspace
from signals import sample
from signals.models import Signal
from signals.sample.bulk import SEEDED_MODELS
from signals.sample.passwords import sample_password

WORKERS = 2


@dataclass(frozen=True)
class SeedWorkspace:
    """A workspace to create: with a scenario like the demo's, or in bulk for performance tests."""

    slug: str
    name: str
    size: sample.Size
    is_bulk: bool = False


def bulk_workspaces(calls: int) -> tuple[SeedWorkspace, ...]:
    """20 workspaces with 500,000 people in all: an eighth of them in the first, a fiftieth in the last."""
    weights = [1 / (place + 3) for place in range(1, 21)]
    workspaces = []
    for place, weight in enumerate(weights, start=1):
        share = weight / sum(weights)
        size = sample.Size(
            people=round(500_000 * share),
            calls=round(calls * share),
            signals=round(300_000 * share),
            markets=max(2, round(50 * share)),
            campaigns=max(6, round(200 * share)),
        )
        workspaces.append(SeedWorkspace(f"crowd-{place:02}", f"Crowd {place}", size, is_bulk=True))
    return tuple(workspaces)


def many_workspaces(count: int) -> tuple[SeedWorkspace, ...]:
    """Workspaces of small firms, all of the same size."""
    size = sample.Size(people=500, calls=2_000, signals=300, markets=2, campaigns=6)
    return tuple(
        SeedWorkspace(f"firm-{place:03}", f"Firm {place}", size, is_bulk=True) for place in range(1, count + 1)
    )


SCALES = {
    "small": (
        SeedWorkspace(
            "northgate", "Northgate Search", sample.Size(people=1200, calls=4900, signals=1200, markets=5, campaigns=12)
        ),
        SeedWorkspace(
            "bellweather",
            "Bellweather Talent",
            sample.Size(people=600, calls=2400, signals=600, markets=4, campaigns=8),
        ),
        SeedWorkspace(
            "quillmark", "Quillmark Partners", sample.Size(people=200, calls=800, signals=200, markets=2, campaigns=5)
        ),
    ),
    "reference": bulk_workspaces(2_000_000),
    "ten": bulk_workspaces(20_000_000),
    "many": many_workspaces(200),
}


class Command(PortalCommand):
    help = (
        "Creates workspaces of different sizes for tests, each with a year of calls. Existing ones stay as they are. "
        "The password of their users is PORTAL_PASSWORD."
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
            "calls, 300,000 signals; ten: the same people with ten times the calls; many: 200 workspaces of 500 people "
            "and 2,000 calls",
        )
        parser.add_argument("--first", type=int, metavar="N", help="only the N largest workspaces of the scale")
        parser.add_argument(
            "--rng", type=int, default=42, help="the random seed: the same number creates the same data (default: 42)"
        )

    def handle(self, *args: object, **options: Any) -> None:
        seeds = SCALES[options["scale"]][: options["first"]]
        calls = sum(seed.size.calls for seed in seeds)
        with tqdm(total=calls, unit=" calls", disable=None, leave=False) as bar:
            made = _create_all(seeds, options["rng"], bar)
        table_statistics.analyze_grown_tables(calls, SEEDED_MODELS)
        slugs = [seed.slug for seed in seeds]
        there = {
            "contacts": Contact.objects.filter(workspace__slug__in=slugs).count(),
            "calls": Call.objects.filter(workspace__slug__in=slugs).count(),
            "signals": Signal.objects.filter(workspace__slug__in=slugs).count(),
        }
        what = ", ".join(f"{number:,} {name}" for name, number in there.items())
        state = f"Made {len(made)} of {len(seeds)} workspaces" if made else "The workspaces are there already"
        signs_in = ", ".join(f"manager@{slug}.example" for slug in slugs)
        sentence = f"{state} ({', '.join(slugs)}): {what}. Sign in as {signs_in}."
        self.report(sentence, options, scale=options["scale"], made=len(made), workspaces=len(seeds), **there)


def _create_all(seeds: Sequence[SeedWorkspace], rng: int, bar: "tqdm[Any]") -> list[str]:
    """Creates the missing workspaces and returns their slugs. PostgreSQL creates two bulk workspaces at a time, since
    each mostly waits for the database; SQLite allows only one writer."""
    if not (bulk.on_postgresql() and len(seeds) > 1 and all(seed.is_bulk for seed in seeds)):
        return [seed.slug for seed in seeds if _create(seed, rng, bar)]
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="seed") as executor:
        # If one fails or is interrupted, `map` starts no more of them.
        made = executor.map(lambda seed: _create_in_thread(seed, rng, bar), seeds)
        return [seed.slug for seed, is_new in zip(seeds, made, strict=True) if is_new]


def _create_in_thread(seed: SeedWorkspace, rng: int, bar: "tqdm[Any]") -> bool:
    """Closes the connection, as each thread has its own."""
    try:
        return _create(seed, rng, bar)
    finally:
        connection.close()


@transaction.atomic
def _create(seed: SeedWorkspace, rng: int, bar: "tqdm[Any]") -> bool:
    if Workspace.objects.filter(slug=seed.slug).exists():
        return False
    workspace, staff = sample.create_workspace(
        slug=seed.slug, name=seed.name, domain=f"{seed.slug}.example", password=sample_password()
    )
    fill = sample.build_bulk if seed.is_bulk else sample.build
    fill(
        workspace=workspace,
        staff=staff,
        size=seed.size,
        rng=Random(f"{rng} {seed.slug}"),  # noqa: S311 - sample data, not a secret
        moment=now(),
        progress=bar.update,
    )
    return True

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from markets.management.command import PortalCommand, readable_errors
from signals.contacts.erasure import erase
from signals.contacts.erasure_ledger import REASON, LedgerUnreadable, people_to_erase_again, read_ledger


class Command(PortalCommand):
    help = (
        "Erases again, after a restore, everybody who was erased since the backup was made: the ledger "
        "(ERASURE_LEDGER) lists them by number. Run it before anybody signs in. It can be run twice."
    )
    examples = """
        manage.py reapply_erasures --dry-run
        manage.py reapply_erasures
        manage.py reapply_erasures --ledger /mnt/other/erasures.jsonl --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ledger", type=Path, help="the file; ERASURE_LEDGER unless given")
        parser.add_argument("--dry-run", action="store_true", help="only count who would be erased")

    def handle(self, *args: object, **options: Any) -> None:
        with readable_errors(LedgerUnreadable):
            entries = list(read_ledger(options["ledger"] or settings.ERASURE_LEDGER))
        people = people_to_erase_again(entries)
        failed = [] if options["dry_run"] else [each.pk for each in people if not self.erase(each)]
        verb = "would be" if options["dry_run"] else "are"
        sentence = f"{len(people) - len(failed):,} people {verb} erased again; the ledger lists {len(entries):,}."
        self.report(sentence, options, erased=len(people) - len(failed), listed=len(entries), failed=failed)
        if failed:
            raise CommandError(f"{len(failed):,} people are being changed at this moment. Run it again.")

    def erase(self, person: Any) -> bool:
        try:
            erase(contact=person, by=None, reason=REASON)
        except ValidationError as error:
            self.stderr.write(f"Contact {person.pk}: {' '.join(error.messages)}")
            return False
        return True

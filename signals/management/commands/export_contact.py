from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from markets.management.command import PortalCommand
from signals.subject_export.document import export_person


class Command(PortalCommand):
    help = (
        "Writes all that is known of one person into two files, one for machines (JSON) and one to read (HTML). Read "
        "it before you hand it over: notes are as they were written and may mention others."
    )
    examples = """
        manage.py export_contact 17 --workspace acme
        manage.py export_contact 17 --workspace acme --folder /srv/requests --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, metavar="ID", help="the contact's ID, as in the URL of their page")
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--folder", type=Path, default=Path(), help="where to write; this folder unless given")

    def handle(self, *args: object, **options: Any) -> None:
        workspace = self.workspace(options["workspace"])
        contact = workspace.contacts.filter(pk=options["id"]).first()
        if contact is None:
            raise CommandError(f"There is no contact {options['id']} in {workspace}.")
        if not options["folder"].is_dir():
            raise CommandError(f"There is no folder {options['folder']}.")
        export = export_person(contact, by=None)
        files = [options["folder"] / f"contact-{contact.pk}.{ending}" for ending in ("json", "html")]
        for file, text in zip(files, (export.as_json(), export.as_page()), strict=True):
            file.touch(mode=0o600)
            file.write_text(text)
        self.report(f"Written to {files[0]} and {files[1]}.", options, files=list(map(str, files)))

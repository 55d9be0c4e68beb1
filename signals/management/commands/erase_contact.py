from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from markets.management.command import PortalCommand, readable_errors
from markets.models import Contact, ContactMerge, Workspace
from signals.contacts.erasure import erase


class Command(PortalCommand):
    help = (
        "Erases everything that identifies a person and names them “Erased person 17” or the like. Calls and counts "
        "stay, and suppressions stay in force, even if the person is imported again. This cannot be undone."
    )
    examples = """
        manage.py erase_contact 17 --workspace acme --reason "Asked by letter of 3 May"
        manage.py erase_contact 17 --workspace acme --reason "Request 204" --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, metavar="ID", help="the contact's ID, as in the URL of their page")
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--reason", required=True, help="stored permanently, so it must not identify the person")

    def handle(self, *args: object, **options: Any) -> None:
        workspace = self.workspace(options["workspace"])
        contact = self.contact(workspace, options["id"])
        again = contact.erasures.exists()
        with readable_errors(ValidationError):
            erase(contact=contact, by=None, reason=options["reason"])
        is_suppressed = Contact.objects.filter(pk=contact.pk).suppressed().exists()
        sentence = f"Contact {contact.pk} of {workspace} is erased{' again' if again else ''}; every number stays."
        if is_suppressed:
            sentence += " They are not to be called, and stay so when they are imported anew."
        self.report(sentence, options, contact=contact.pk, again=again, do_not_call=is_suppressed)

    def contact(self, workspace: Workspace, key: int) -> Contact:
        if contact := workspace.contacts.filter(pk=key).first():
            return contact
        if merge := ContactMerge.objects.filter(workspace=workspace).for_merged_contact(key).first():
            raise CommandError(f"Contact {key} was merged into contact {merge.contact_id}. Erase that one instead.")
        raise CommandError(f"There is no contact {key} in {workspace}. The number is in the address of their page.")

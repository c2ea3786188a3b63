"""`manage.py create_agency SLUG --name … --owner EMAIL`: a tenant, its owner invited."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from accounts import invitation_mail
from accounts.agencies import create_agency
from accounts.invitations import invite
from accounts.names import refuse_links
from accounts.roles import Role
from accounts.scope import across


class Command(BaseCommand):
    help = "Creates an agency and invites its owner by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the agency's address in the portal, such as agence-martin")
        parser.add_argument("--name", required=True, help="the agency's name")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="who is invited as its owner")
        parser.add_argument("--language", default="fr", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--time-zone", default="Europe/Paris", help="such as Europe/Paris")

    @across()
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["owner"])
            refuse_links(options["name"])
            with transaction.atomic():
                agency = create_agency(
                    options["name"],
                    options["slug"],
                    language=options["language"],
                    time_zone=options["time_zone"],
                )
                sealed = invite(agency, None, options["owner"], Role.OWNER)
        except ValidationError as refusal:
            raise CommandError(in_words(refusal)) from refusal
        self.stdout.write(f"Agency {agency.slug} is created.")
        if not invitation_mail.send(*sealed):
            raise CommandError("The owner's invitation stands, but the mail server did not take its mail.")
        self.stdout.write(f"{options['owner']} is invited as its owner.")


def in_words(refusal: ValidationError) -> str:
    if not hasattr(refusal, "error_dict"):
        return " ".join(refusal.messages)
    return " ".join(f"{field}: {' '.join(said)}" for field, said in refusal.message_dict.items())

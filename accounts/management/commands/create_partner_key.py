"""`manage.py create_partner_key SLUG --name … --scope …`: a partner's key, printed once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Agency, Scope
from accounts.partners.forms import PartnerKeyForm
from accounts.partners.keys import make
from accounts.scope import across


class Command(BaseCommand):
    help = "Makes a key to the partner API and prints it once, alone on standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the agency's address in the portal, such as agence-martin")
        parser.add_argument("--name", required=True, help="who uses it and for what")
        parser.add_argument(
            "--scope", required=True, action="append", choices=Scope.values, help="may be given several times"
        )
        parser.add_argument(
            "--last-day", default="", metavar="YYYY-MM-DD", help="without one it works until revoked"
        )
        parser.add_argument("--from", dest="networks", action="append", default=[], metavar="NETWORK")

    @across()
    def handle(self, *args: Any, **options: Any) -> None:
        agency = Agency.objects.filter(slug=options["slug"]).first()
        if agency is None:
            raise CommandError(f"There is no agency {options['slug']}.")
        timezone.activate(agency.time_zone)
        form = PartnerKeyForm(
            {
                "name": options["name"],
                "scopes": options["scope"],
                "ends_at": options["last_day"],
                "networks": " ".join(options["networks"]),
            }
        )
        if not form.is_valid():
            raise CommandError(
                " ".join(f"{name}: {' '.join(map(str, said))}" for name, said in form.errors.items())
            )
        key, token = make(agency, None, **form.cleaned_data)
        self.stderr.write(f"{key} is made for {agency.slug}. It is not shown again.")
        self.stdout.write(token)

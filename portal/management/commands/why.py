"""`manage.py why SLUG REFERENCE [--json]`: an estate's way to the public, and where that is broken."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone, translation

from accounts.models import Agency
from accounts.scope import across
from estates.catalogue.models import Estate
from portal.passport import Passport, passport_of
from portal.passport.hop import Standing

MARKS = {Standing.RIGHT: "✓", Standing.BROKEN: "✗", Standing.WAITING: "…", Standing.NONE: "–"}


class Command(BaseCommand):
    help = "Tells how an estate gets to the public; exits with 1 where its way is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the agency")
        parser.add_argument("reference", help="the estate's reference, or its id at Ts-Immo")
        parser.add_argument("--json", action="store_true", help="prints the way as JSON")

    @across()
    def handle(self, *args: Any, **options: Any) -> None:
        agency = Agency.objects.filter(slug=options["slug"]).first()
        if agency is None:
            raise CommandError(f"There is no agency {options['slug']}.")
        with translation.override("en"), timezone.override(agency.time_zone):
            found = [passport_of(estate) for estate in self.estates(agency, options["reference"])]
            if options["json"]:
                self.stdout.write(
                    json.dumps({"agency": agency.slug, "estates": [told(each) for each in found]})
                )
            else:
                for passport in found:
                    self.tell(passport)
        if any(passport.broken for passport in found):
            raise CommandError("The way is broken.", returncode=1)

    def estates(self, agency: Agency, reference: str) -> list[Estate]:
        """All of that reference: several accounts may list the same."""
        rows = Estate.objects.for_agency(agency).filter(Q(reference=reference) | Q(remote_id=reference))
        found = list(rows.select_related("connection", "agency").defer("search_text").order_by("pk"))
        if not found:
            raise CommandError(f"{agency.slug} has no estate {reference}.")
        return found

    def tell(self, passport: Passport) -> None:
        self.stdout.write(
            f"{passport.estate.reference} {passport.estate.title} ({passport.estate.connection})"
        )
        for hop in passport.hops:
            when = f"  [{timezone.localtime(hop.at):%Y-%m-%d %H:%M}]" if hop.at else ""
            self.stdout.write(f"  {MARKS[hop.standing]} {hop.title}: {hop.sentence}{when}")
            if hop.words:
                self.stdout.write(f"      {hop.words}")
        if passport.broken:
            self.stdout.write(
                f"  → {passport.broken.title}: {passport.broken.todo or passport.broken.sentence}"
            )


def told(passport: Passport) -> dict[str, Any]:
    return {
        "reference": passport.estate.reference,
        "id": passport.estate.remote_id,
        "account": str(passport.estate.connection),
        "broken": passport.broken.name if passport.broken else None,
        "hops": [
            {
                "name": hop.name,
                "title": str(hop.title),
                "standing": hop.standing.value,
                "sentence": str(hop.sentence),
                "words": hop.words,
                "at": hop.at.isoformat() if hop.at else None,
                "todo": str(hop.todo),
                "url": hop.url,
            }
            for hop in passport.hops
        ],
    }

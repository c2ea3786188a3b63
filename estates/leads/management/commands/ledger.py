"""`manage.py ledger SLUG [--json]`: what each source of leads gave against what is here."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Agency
from accounts.scope import across
from estates.leads.ledger.compare import Ledger, connections_of, ledger_of


class Command(BaseCommand):
    help = "Counts an agency's leads against what its sources gave in 30 days; exits with 1 on a difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the agency")
        parser.add_argument("--json", action="store_true", help="prints the ledgers as JSON")

    @across()
    def handle(self, *args: Any, **options: Any) -> None:
        agency = Agency.objects.filter(slug=options["slug"]).first()
        if agency is None:
            raise CommandError(f"There is no agency {options['slug']}.")
        found = self.ledgers(agency)
        if options["json"]:
            self.stdout.write(json.dumps({"agency": agency.slug, "sources": [told(each) for each in found]}))
        elif not found:
            self.stdout.write(f"{agency.slug}: no source has given anything yet")
        else:
            for each in found:
                self.tell(each)
        off = [each for each in found if not each.holds]
        if off:
            raise CommandError(f"{len(off)} of {len(found)} sources differ.", returncode=1)

    def ledgers(self, agency: Agency) -> list[Ledger]:
        """The ledger of each connection in turn, with a line that rewrites itself on a terminal."""
        rows, found = connections_of(agency), []
        for done, connection in enumerate(rows):
            self.progress(done, len(rows), str(connection))
            found.append(ledger_of(connection))
        self.progress(0, 0, "")
        return found

    def progress(self, done: int, total: int, words: str) -> None:
        if self.stderr.isatty():
            line = f"{'█' * (20 * done // total):░<20} {done}/{total} {words}" if total else ""
            self.stderr.write(f"\r\x1b[K{line}", ending="")

    def tell(self, ledger: Ledger) -> None:
        self.stdout.write(f"{ledger.connection}: {ledger.given} given, {ledger.here} here")
        for day in ledger.days:
            if day.given:
                self.stdout.write(f"  {day.day.isoformat()}  {day.given:>6} given  {day.here:>6} here")
            for key in day.missing:
                self.stdout.write(f"    not here: {key}")
        for batch in ledger.unread:
            self.stdout.write(f"  unreadable answer {batch.pk}: {batch}")


def told(ledger: Ledger) -> dict[str, Any]:
    return {
        "connection": str(ledger.connection),
        "system": ledger.connection.system,
        "given": ledger.given,
        "here": ledger.here,
        "holds": ledger.holds,
        "operations": ledger.operations,
        "missing": ledger.missing,
        "unread": [batch.pk for batch in ledger.unread],
        "days": [
            {"day": day.day.isoformat(), "given": day.given, "here": day.here, "missing": day.missing}
            for day in ledger.days
        ],
    }

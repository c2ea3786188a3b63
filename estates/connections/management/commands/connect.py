import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.views.decorators.debug import sensitive_variables

from accounts.models import Agency
from accounts.scope import across
from estates.connections.connect import KeyNotAccepted, connect
from estates.connections.forms import ConnectForm, default_label
from estates.connections.models import Connection, Environment, System
from estates.connections.store import LabelTaken


class Command(BaseCommand):
    help = "Checks a key of an agency and stores it. The key itself comes on standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the agency's address in the portal")
        parser.add_argument("system", choices=System.values)
        parser.add_argument("--label", default="", help="what people call it (default: the agency's name)")
        parser.add_argument("--environment", choices=Environment.values, default=Environment.PRODUCTION)
        parser.add_argument("--insist", action="store_true", help="store it whatever the check says")

    @sensitive_variables()
    @across()
    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        agency = Agency.objects.filter(slug=slug).first()
        if agency is None:
            raise CommandError(f"There is no agency {slug!r}.")
        given = {name: options[name] for name in ("system", "environment", "insist")}
        given |= {"label": options["label"] or default_label(agency), "key": read_key()}
        form = ConnectForm(given, agency=agency)
        if not form.is_valid():
            raise CommandError(
                "\n".join(f"{name}: {' '.join(map(str, words))}" for name, words in form.errors.items())
            )
        connection = self.connect(agency, form)
        self.stdout.write(f"{connection}: {connection.get_state_display()}")

    @sensitive_variables()
    def connect(self, agency: Agency, form: ConnectForm) -> Connection:
        data = dict(form.cleaned_data)
        secret = data.pop("key")
        try:
            return connect(agency, None, secret=secret, **data)
        except KeyNotAccepted as refusal:
            words = " ".join(filter(None, (str(refusal.verdict.outcome.label), refusal.verdict.words)))
            raise CommandError(f"Nothing was stored. {words}\nTo store it all the same: --insist") from None
        except LabelTaken:
            raise CommandError("label: another key of this system has this label already") from None


def read_key() -> str:
    """The key, typed unseen on a terminal or read whole from a pipe."""
    return getpass.getpass("Key: ") if sys.stdin.isatty() else sys.stdin.read(10_000)

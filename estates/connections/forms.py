import json
import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.connections.models import LABEL_LIMIT, Connection, Environment, System
from estates.remotes.aviv_token import PARTS, AvivCredential
from estates.remotes.secret import Secret

AROUND = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]+|[\s\u200b-\u200f\u2060\ufeff]+$")
"""What comes along when a key is copied from a page or a mail."""
LONGEST_KEY = 4096

SEEKI_PREFIXES = {"seeki_live_": Environment.PRODUCTION, "seeki_test_": Environment.SANDBOX}
"""seeki-import.txt: which environment a key is for can be read from its beginning."""


class KeyField(forms.Field):
    """A key, typed once and never shown again. Becomes a `Secret`."""

    widget = forms.PasswordInput(
        render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"}
    )
    default_error_messages = {
        "required": _("Paste the key here."),
        "inside": _(
            "A key has no spaces or line breaks inside. Copy the key alone, not the words around it."
        ),
        "letters": _("A key is made of plain letters, digits and signs. This one has others: copy it again."),
        "long": _("This is longer than any key. Copy the key alone."),
        "json": _("This begins like credentials in JSON but is cut short or mistyped. Copy all of it."),
    }

    def to_python(self, value: Any) -> Secret | None:
        text = AROUND.sub("", value or "")
        return self._secret(self._compact(text) if text.startswith("{") else text)

    def _compact(self, text: str) -> str:
        """Credentials, which people copy with the lines and spaces that JSON is shown with, in one line."""
        if len(text) > 4 * LONGEST_KEY:
            raise ValidationError(self.error_messages["long"], code="long")
        try:
            return json.dumps(json.loads(text), separators=(",", ":"))
        except (ValueError, RecursionError):
            raise ValidationError(self.error_messages["json"], code="json") from None

    def _secret(self, text: str) -> Secret | None:
        if not text:
            return None
        if len(text) > LONGEST_KEY:
            raise ValidationError(self.error_messages["long"], code="long")
        if not text.startswith("{") and re.search(r"[\s\x00-\x1f\x7f]", text):
            raise ValidationError(self.error_messages["inside"], code="inside")
        if not text.isascii():
            raise ValidationError(self.error_messages["letters"], code="letters")
        return Secret(text)


def refuse_contradiction(system: str, environment: str, secret: Secret) -> None:
    """Raises `ValidationError` for a key that says itself that it is for the other environment, or none."""
    if system == System.AVIV:
        refuse_half_credentials(secret)
    said = next((said for prefix, said in SEEKI_PREFIXES.items() if secret.reveal().startswith(prefix)), None)
    if system == System.SEEKI and said and said != environment:
        words = _("This is a key for the environment “%(said)s”, but “%(chosen)s” is chosen.")
        labels = {"said": said.label, "chosen": Environment(environment).label}
        raise ValidationError(words, params=labels, code="contradiction")


def refuse_half_credentials(secret: Secret) -> None:
    """Raises `ValidationError` for what is neither a token nor AVIV's three parts of credentials."""
    try:
        AvivCredential.parse(secret)
    except ValueError:
        words = _(
            "AVIV's credentials are a token, or JSON with exactly these fields, all filled: %(fields)s."
        )
        raise ValidationError(words, params={"fields": ", ".join(PARTS)}, code="credentials") from None


class ConnectForm(forms.Form):
    """A new connection of an agency."""

    system = forms.ChoiceField(label=_("System"), choices=System.choices)
    environment = forms.ChoiceField(
        label=_("Environment"),
        choices=Environment.choices,
        help_text=_("Only AVIV and Seeki have a sandbox, for trials that reach nobody."),
    )
    label = forms.CharField(
        label=_("Label"),
        max_length=LABEL_LIMIT,
        help_text=_("Tells several keys of one system apart, for instance by the office they belong to."),
    )
    key = KeyField(
        label=_("Key"),
        help_text=_(
            "It is stored encrypted and never shown again, to nobody. Of AVIV a token, or its credentials as JSON."
        ),
    )
    insist = forms.BooleanField(
        label=_("Store it anyway"),
        required=False,
        help_text=_("The key is stored although its check did not succeed."),
    )

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        system, environment = cleaned.get("system"), cleaned.get("environment")
        if system and environment and (system, environment) not in settings.REMOTE_URLS:
            words = _("%(system)s has no sandbox: choose “%(production)s”.")
            labels = {"system": System(system).label, "production": Environment.PRODUCTION.label}
            self.add_error("environment", ValidationError(words, params=labels, code="environment"))
        elif system and environment and cleaned.get("key"):
            try:
                refuse_contradiction(system, environment, cleaned["key"])
            except ValidationError as refusal:
                self.add_error("key", refusal)
        if system and environment and cleaned.get("label"):
            twin = Connection(agency=self.agency, system=system, environment=environment)
            refuse_taken(self, twin, cleaned["label"])
        return cleaned


def default_label(agency: Agency) -> str:
    """What a connection is called unless somebody has a better name."""
    return agency.name[:LABEL_LIMIT]


class LabelForm(forms.Form):
    """A new name for a connection."""

    label = forms.CharField(label=_("Label"), max_length=LABEL_LIMIT)

    def __init__(self, data: Any = None, *, connection: Connection) -> None:
        super().__init__(data, initial={"label": connection.label})
        self.connection = connection

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        refuse_taken(self, self.connection, label)
        return label


class ReplaceForm(forms.Form):
    """A new key for a connection."""

    key = KeyField(
        label=_("New key"), help_text=_("It is stored encrypted and never shown again, to nobody.")
    )

    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection = connection

    def clean_key(self) -> Secret:
        secret: Secret = self.cleaned_data["key"]
        refuse_contradiction(self.connection.system, self.connection.environment, secret)
        return secret


def refuse_taken(form: forms.Form, connection: Connection, label: str) -> None:
    """Adds an error if another connection to the same system and environment has this label."""
    same = Connection.objects.for_agency(connection.agency).filter(
        system=connection.system, environment=connection.environment, label=label, removed_at=None
    )
    if same.exclude(pk=connection.pk).exists():
        add_taken(form)


def add_taken(form: forms.Form) -> None:
    form.add_error("label", _("Another key of this system has this label already."))

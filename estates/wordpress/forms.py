import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.connections.forms import AROUND, KeyField
from estates.connections.models import Connection
from estates.wordpress.domains import LONGEST, normalised
from estates.wordpress.listing import accounts_of
from estates.wordpress.models import Site

HOME_PAGE = re.compile(r"^https?://([^/]*)/?$", re.IGNORECASE)
"""What is copied from a browser's bar, where the domain is meant."""


class DomainField(forms.CharField):
    """A site's domain in any spelling; becomes the one that is stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TextInput(
                attrs={"autocapitalize": "none", "spellcheck": "false", "placeholder": "www.agence-martin.fr"}
            ),
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        text = HOME_PAGE.sub(r"\1", AROUND.sub("", value or ""))
        return normalised(text) if text else ""


class ThemeField(forms.CharField):
    def clean(self, value: Any) -> str:
        text: str = super().clean(AROUND.sub("", value or ""))
        if re.search(r"[\s\x00-\x1f\x7f]", text):
            raise ValidationError(_("A theme's identifier has no spaces inside."), code="inside")
        return text


class AccountForm(forms.Form):
    """What both forms of a site ask for; which account only where there is a choice."""

    theme_id = ThemeField(
        label=_("Theme"),
        required=False,
        max_length=100,
        help_text=_("The identifier of a theme at Ts-Immo. Leave it empty if you were given none."),
    )

    def __init__(self, *args: Any, agency: Agency, current: Connection | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency
        accounts = list(accounts_of(agency))
        self.only = accounts[0] if len(accounts) == 1 and current in (None, accounts[0]) else None
        if self.only is None:
            self.fields["connection"] = forms.ModelChoiceField(
                accounts_of(agency), label=_("Ts-Immo account"), empty_label=None
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.only:
            cleaned["connection"] = self.only
        return cleaned


class SiteForm(AccountForm):
    """A new site."""

    domain = DomainField(
        label=_("Domain"),
        max_length=LONGEST,
        help_text=_("The address by which visitors reach the site, without https:// and without a path."),
    )
    key = KeyField(
        label=_("Plugin key"),
        help_text=_(
            "The authentication key that the Ts-Immo plugin asks for. It is stored encrypted and never shown again."
        ),
    )
    field_order = ("domain", "key", "theme_id")

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"]
        if Site.objects.for_agency(self.agency).filter(domain=domain).exists():
            raise taken()
        return domain


class ChangeForm(AccountForm):
    """What the next activation of a site will say."""

    key = KeyField(
        label=_("New plugin key"),
        required=False,
        help_text=_("Leave it empty to keep the key that is stored."),
    )
    field_order = ("key", "theme_id")


def taken() -> ValidationError:
    return ValidationError(_("The agency has this site already."), code="taken")

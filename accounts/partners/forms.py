"""What an owner says about a new key of a partner."""

from datetime import datetime, time, timedelta
from ipaddress import ip_network
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope
from accounts.names import tidy

MOST_NETWORKS = 50
FARTHEST = timedelta(days=20 * 365)


class PartnerKeyForm(forms.Form):
    """Cleaned to what `partner_keys.make` takes."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Who uses it and for what, such as “Call centre Nord: enquiries”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("The key may"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    ends_at = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Without one it works until it is revoked."),
    )
    networks = forms.CharField(
        label=_("Only from these addresses"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Such as 192.0.2.7 or 192.0.2.0/24, one in each line. Empty: from everywhere."),
    )

    def clean_name(self) -> str:
        return tidy(self.cleaned_data["name"])

    def clean_ends_at(self) -> datetime | None:
        """The end of that day in the agency's time zone."""
        day = self.cleaned_data["ends_at"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise ValidationError(_("This day is over."), code="over")
        if day > timezone.localdate() + FARTHEST:
            raise ValidationError(_("This day is too far away: leave it empty."), code="far")
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))

    def clean_networks(self) -> list[str]:
        said = self.cleaned_data["networks"].replace(",", " ").split()
        if len(said) > MOST_NETWORKS:
            raise ValidationError(
                _("At most %(most)d addresses."), params={"most": MOST_NETWORKS}, code="many"
            )
        return [str(self._network(word)) for word in said]

    @staticmethod
    def _network(word: str) -> Any:
        try:
            return ip_network(word)
        except ValueError:
            raise ValidationError(
                _("“%(word)s” is no address or network."), params={"word": word[:60]}, code="network"
            ) from None

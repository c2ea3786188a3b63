"""What people type about erasing."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from estates.leads.models import Retention


class AddressForm(forms.Form):
    """An address or number of which somebody asks whether it was erased. It is posted, and kept nowhere."""

    address = forms.CharField(
        label=_("Mail address or phone number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RetentionForm(forms.Form):
    months = forms.IntegerField(
        label=_("Months without contact"),
        min_value=1,
        max_value=120,
        help_text=_("The CNIL recommends that prospects are kept no longer than three years, 36 months."),
    )
    automatic = forms.BooleanField(
        label=_("Erase by itself, every day"),
        required=False,
        help_text=_("Without this, the portal only tells you who is due, and somebody decides."),
    )

    @classmethod
    def of(cls, retention: Retention) -> "RetentionForm":
        return cls(initial={"months": retention.months, "automatic": retention.automatic})


class PurgeForm(forms.Form):
    """The list that somebody saw: silent since then, up to that id."""

    since = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])
    up_to = forms.IntegerField(min_value=1, max_value=2**63 - 1)

    def clean_since(self) -> datetime:
        since: datetime = self.cleaned_data["since"]
        # A day at either end of the calendar may not exist in another zone.
        if not 1900 < since.year < 9000:
            raise ValidationError("no day of a list")
        return since

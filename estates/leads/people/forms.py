"""What people type and choose about who is who."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST = 2**63 - 1


class FindForm(forms.Form):
    """What somebody remembers of a person. It is posted: names and addresses stay out of addresses and logs."""

    text = forms.CharField(
        label=_("Mail address, phone number or words"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class OtherForm(forms.Form):
    """The other person of two."""

    other = forms.IntegerField(min_value=1, max_value=MOST)


class ChosenForm(forms.Form):
    """Some of a person's leads, by their ids."""

    leads = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: object, choices: list[int]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["leads"].choices = [(pk, pk) for pk in choices]  # type: ignore[attr-defined]


class SeenForm(forms.Form):
    """The leads that somebody saw when deciding, as ids with commas between them."""

    seen = forms.RegexField(regex=r"^[0-9]{1,18}(,[0-9]{1,18})*$", max_length=200_000)

    def clean_seen(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["seen"].split(",")]

"""What people type about AVIV."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from estates.leads.aviv.importing import FARTHEST
from estates.remotes.aviv_requests import CLASSIFIED_ID, GENDERS, LANGUAGES, NAME_LIMIT

GENDER_WORDS = {
    "FEMALE": _("Madam"),
    "MALE": _("Sir"),
    "OTHER": _("Other"),
    "PREFER_NOT_TO_DISCLOSE": _("Not said"),
}
LANGUAGE_WORDS = {
    "DE": _("German"),
    "EN": _("English"),
    "ES": _("Spanish"),
    "FR": _("French"),
    "HE": _("Hebrew"),
    "IT": _("Italian"),
    "NL": _("Dutch"),
    "PT": _("Portuguese"),
    "RU": _("Russian"),
}


class ImportForm(forms.Form):
    """How far back leads are imported."""

    since = forms.DateField(
        label=_("Leads since"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("At most two years back."),
    )

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        today = timezone.localdate()
        if since > today:
            raise forms.ValidationError(_("This date is still to come."), code="future")
        if since < today - FARTHEST:
            raise forms.ValidationError(_("AVIV's leads can be imported for two years at most."), code="old")
        return since

    @staticmethod
    def usual() -> dict[str, Any]:
        return {"since": timezone.localdate() - timedelta(days=365)}


class NewLeadForm(forms.Form):
    """A lead to be created at AVIV, with the fields and limits of its document."""

    last_name = forms.CharField(label=_("Last name"), max_length=NAME_LIMIT)
    first_name = forms.CharField(label=_("First name"), max_length=NAME_LIMIT, required=False)
    email = forms.EmailField(label=_("Mail address"))
    phone = forms.CharField(label=_("Phone number"), max_length=40)
    phone_type = forms.ChoiceField(
        label=_("Kind of number"),
        choices=[("", "–"), ("MOBILE", _("Mobile")), ("LANDLINE", _("Landline"))],
        required=False,
    )
    message = forms.CharField(label=_("Message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    classified_id = forms.RegexField(
        label=_("AVIV's id of the classified"),
        regex=f"^(?:{CLASSIFIED_ID.pattern})$",
        help_text=_("Two digits, then ten of the digits 1 to 9 and the capital letters without O."),
        error_messages={"invalid": _("This is no id of a classified at AVIV.")},
    )
    gender = forms.ChoiceField(
        label=_("Form of address"),
        choices=[("", "–"), *((code, word) for code, word in GENDER_WORDS.items() if code in GENDERS)],
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", "–"), *((code, word) for code, word in LANGUAGE_WORDS.items() if code in LANGUAGES)],
        required=False,
    )

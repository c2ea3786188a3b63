from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.impersonation import REASON_LIMIT


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        min_length=5,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("The owners of the agency read it in their audit trail."),
    )

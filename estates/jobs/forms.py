from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from estates.jobs.kinds import KINDS
from estates.jobs.models import OPEN, Status


class JobFilter(forms.Form):
    """The filters of an agency's job list, as its URL carries them."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status = cast(forms.ChoiceField, self.fields["status"])
        kind = cast(forms.ChoiceField, self.fields["kind"])
        status.choices = [("", _("All")), ("open", _("Not finished")), *Status.choices]
        kind.choices = [("", _("All")), *sorted((name, known.label) for name, known in KINDS.items())]

    def conditions(self) -> dict[str, Any]:
        """The chosen filters as look-ups of `Job`; what could not be read filters nothing."""
        chosen = getattr(self, "cleaned_data", {})
        found: dict[str, Any] = {}
        if chosen.get("status"):
            found["status__in"] = OPEN if chosen["status"] == "open" else [chosen["status"]]
        if chosen.get("kind"):
            found["kind"] = chosen["kind"]
        return found

"""What people choose about feed files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Agency
from accounts.names import tidy
from estates.connections.models import Connection, System
from estates.syndication.models import Verdict

SHOWS: dict[str, str | Promise] = {
    "": _("All"),
    "ready": _("To be sent"),
    "foreseen": Verdict.REFUSED.label,
    "noted": _("With notes"),
    "skipped": _("Not to be sent"),
    "apart": _("Set apart"),
    "online": _("Online"),
    "processing": _("Being processed"),
    "accepted": _("Accepted"),
    "refused": pgettext_lazy("listing", "Refused"),
    "again": _("Sent again by itself"),
}


def seeki_connections(agency: Agency) -> QuerySet[Connection]:
    """The agency's connections to Seeki, the oldest first."""
    rows = Connection.objects.for_agency(agency).filter(system=System.SEEKI, removed_at=None)
    return rows.select_related("agency").order_by("pk")


class ConnectionField(forms.ModelChoiceField):
    def label_from_instance(self, connection: Connection) -> str:
        return f"{connection.label} · {connection.get_environment_display()}"


class UploadForm(forms.Form):
    """A file, and the connection that it goes through where there are several. `fault` is of the file itself."""

    fault: str = ""

    file = forms.FileField(label=_("File"), allow_empty_file=True)

    def __init__(self, *given: Any, agency: Agency, **options: Any) -> None:
        super().__init__(*given, **options)
        connections = seeki_connections(agency)
        self.fields["connection"] = ConnectionField(
            label=_("Publish through"), queryset=connections, empty_label=None
        )
        if len(connections) == 1:
            self.fields["connection"].widget = forms.HiddenInput()
            self.fields["connection"].initial = connections[0]
        self.fields["file"].widget.attrs["accept"] = ".xml,.zip,application/xml,text/xml,application/zip"
        self.order_fields(["connection", "file"])


class RemovalForm(forms.Form):
    decision = forms.ChoiceField(choices=[("lapse", ""), ("keep", "")])


class ShownForm(forms.Form):
    """Which listings of a file are shown; whatever is no choice shows all."""

    show = forms.ChoiceField(required=False, choices=list(SHOWS.items()), widget=forms.HiddenInput())
    query = forms.CharField(required=False, max_length=200)

    def clean_query(self) -> str:
        return tidy(self.cleaned_data["query"])

"""What people type about themselves, their agency and its members."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.db.models import QuerySet
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.mail_choices import choose, is_wanted, kinds_for
from accounts.models import Agency, AuditEntry, Invitation, Membership, User
from accounts.names import NameField
from accounts.roles import Role
from accounts.zones import zone_names


class LongSelect(forms.Select):
    """A list of hundreds, whose options do not each get a template of their own."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        options = (option for _group, group, _index in widget["optgroups"] for option in group)
        rows = ((option["value"], flatatt(option["attrs"]), option["label"]) for option in options)
        listed = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(widget["attrs"]), listed)


def zone_choices() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in zone_names()]


def action_choices() -> list[tuple[str, actions.Label]]:
    return [("", _("Anything")), *actions.choices()]


class SignupForm(forms.Form):
    """What signing up asks beside the address and the password."""

    name = NameField(label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ["name", "email", "password1", "password2"]

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class AgencyForm(forms.Form):
    """A new agency, or an agency's own settings."""

    name = NameField(label=_("Name of the agency"))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("For mails to people who have not chosen a language of their own."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        widget=LongSelect,
        help_text=_("Dates and times are shown in this zone."),
    )

    def __init__(self, *args: Any, agency: Agency | None = None, **kwargs: Any) -> None:
        if agency:
            kwargs["initial"] = {field: getattr(agency, field) for field in ("name", "language", "time_zone")}
        super().__init__(*args, **kwargs)


class ProfileForm(forms.ModelForm):
    name = NameField(label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As in the browser")), *settings.LANGUAGES],
    )

    class Meta:
        model = User
        fields = ["name", "language"]


class MailsForm(forms.Form):
    """Which mails a member wants from an agency."""

    kinds = forms.MultipleChoiceField(
        label=_("Mails"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(self, membership: Membership, given: QueryDict | None) -> None:
        self.membership = membership
        self.offered = kinds_for(membership)
        now = [kind for kind in self.offered if is_wanted(membership, kind)]
        super().__init__(given, prefix=membership.agency.slug, initial={"kinds": now})
        self.fields["kinds"].choices = [(kind.value, kind.label) for kind in self.offered]  # type: ignore[attr-defined]

    def save(self) -> None:
        """Keeps what was changed: what was left as it is goes on following the role."""
        for kind in self.offered:
            if (kind in self.cleaned_data["kinds"]) != (kind in self.initial["kinds"]):
                choose(self.membership, kind, kind in self.cleaned_data["kinds"])


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class InvitationForm(RoleForm):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    field_order = ["email", "role"]


class AcceptanceForm(forms.Form):
    """A new person comes in through an invitation: the address is given, name and password are theirs."""

    name = NameField(label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, User(email=self.invitation.email, name=self.cleaned_data.get("name", "")))
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, again = cleaned.get("password1"), cleaned.get("password2")
        if first and again and first != again:
            self.add_error("password2", _("The two passwords are not the same."))
        return cleaned


class TrailForm(forms.Form):
    """The audit trail's filters, as they stand in the URL; an impossible one filters nothing and says so."""

    actor = forms.ModelChoiceField(
        label=_("Who"), required=False, queryset=User.objects.none(), empty_label=_("Anybody")
    )
    action = forms.ChoiceField(label=_("What"), required=False, choices=action_choices)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency
        people = cast("forms.ModelChoiceField[User]", self.fields["actor"])
        traced = AuditEntry.objects.for_agency(agency).order_by().values("actor")
        people.queryset = User.objects.filter(pk__in=traced).order_by("name", "email")

    def entries(self) -> QuerySet[AuditEntry]:
        """The entries asked for, newest first."""
        found: QuerySet[AuditEntry] = AuditEntry.objects.for_agency(self.agency).order_by("-number")
        self.full_clean()
        asked = self.cleaned_data
        if asked.get("actor"):
            found = found.filter(actor=asked["actor"])
        if asked.get("action"):
            found = found.filter(action=asked["action"])
        if asked.get("since") and asked["since"] > date.min:
            found = found.filter(at__gte=self._midnight(asked["since"]))
        if asked.get("until") and asked["until"] < date.max:
            found = found.filter(at__lt=self._midnight(asked["until"] + timedelta(days=1)))
        if asked.get("before"):
            found = found.filter(number__lt=asked["before"])
        return found

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.agency.time_zone))

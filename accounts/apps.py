from allauth.mfa.apps import MFAConfig
from allauth.usersessions.apps import UserSessionsConfig
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.field_names import call  # the module listens for models, which are made after this


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    verbose_name = _("People and agencies")


class SecondFactorsConfig(MFAConfig):
    """allauth's, which calls it MFA in every language."""

    verbose_name = _("Double authentication")

    def ready(self) -> None:
        super().ready()
        call(self.get_model("Authenticator"), _("second factor"), _("second factors"))


class OpenSessionsConfig(UserSessionsConfig):
    """allauth's, which has no French."""

    verbose_name = _("Sessions")

    def ready(self) -> None:
        super().ready()
        call(self.get_model("UserSession"), _("open session"), _("open sessions"))

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

import accounts.field_names  # noqa: F401  # listens for models, which are made after this


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and agencies")

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConnectionsConfig(AppConfig):
    name = "estates.connections"
    verbose_name = _("Connections")

    def ready(self) -> None:
        from estates.connections import actions, checks, tasks  # noqa: F401  # they register what they declare

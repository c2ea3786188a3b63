from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SyndicationConfig(AppConfig):
    name = "estates.syndication"
    verbose_name = _("Syndication")

    def ready(self) -> None:
        from estates.syndication import actions, tasks  # noqa: F401  # they register what they declare

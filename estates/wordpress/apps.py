from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WordpressConfig(AppConfig):
    name = "estates.wordpress"
    verbose_name = _("Sites")

    def ready(self) -> None:
        from estates.wordpress import actions, checks, tasks  # noqa: F401  # they register what they declare

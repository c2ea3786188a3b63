from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SyndicationConfig(AppConfig):
    name = "estates.syndication"
    verbose_name = _("Syndication")

    def ready(self) -> None:
        from estates.connections.signals import sync_asked
        from estates.syndication import actions, tasks  # noqa: F401  # they register what they declare
        from estates.syndication.looking import look_if_asked

        sync_asked.connect(look_if_asked, dispatch_uid="syndication.look_if_asked")

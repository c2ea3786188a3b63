from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "support"
    verbose_name = _("Support")

    def ready(self) -> None:
        from estates.leads.erasure.places import register_place
        from support import actions, tasks  # noqa: F401  # they register what they declare
        from support.erasure.places import PLACES

        for place in PLACES:
            register_place(place)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "estates.catalogue"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from estates.catalogue import actions, tasks  # noqa: F401  # they register what they declare
        from estates.catalogue.plan import plan_mirror, sync_if_asked
        from estates.connections.signals import connection_ready, sync_asked

        connection_ready.connect(plan_mirror, dispatch_uid="catalogue.plan_mirror")
        sync_asked.connect(sync_if_asked, dispatch_uid="catalogue.sync_if_asked")

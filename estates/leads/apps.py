from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "estates.leads"
    verbose_name = _("Leads")

    def ready(self) -> None:
        from estates.connections.signals import connection_ready, sync_asked
        from estates.jobs.keeping import register_censor
        from estates.leads import actions, tasks  # noqa: F401  # they register what they declare
        from estates.leads.erasure.items import censored
        from estates.leads.sources import fetch_if_asked, plan_source

        connection_ready.connect(plan_source, dispatch_uid="leads.plan_source")
        sync_asked.connect(fetch_if_asked, dispatch_uid="leads.fetch_if_asked")
        register_censor(censored)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "estates.webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from estates.jobs.signals import job_failed
        from estates.webhooks import actions, tasks  # noqa: F401  # they register what they declare
        from estates.webhooks.tell import tell_of_failed_job

        job_failed.connect(tell_of_failed_job, dispatch_uid="webhooks.tell_of_failed_job")

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "estates.jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        from estates.jobs import actions  # noqa: F401  # it registers what it declares

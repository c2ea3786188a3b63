from django.apps import AppConfig
from django.conf import settings


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal import checks  # noqa: F401  # it registers what it declares
        from portal.api import told

        told.register()
        if settings.SENTRY_DSN:
            from portal.error_reports import is_dsn, report_to

            # What is no DSN, a system check says.
            if is_dsn(settings.SENTRY_DSN):
                report_to(settings.SENTRY_DSN, settings.VERSION)

from django.contrib.staticfiles.apps import StaticFilesConfig


class UsedStaticFiles(StaticFilesConfig):
    """Collects what pages use. Tabler brings other people's libraries along, and some name files that it leaves out:
    collecting them fails.
    """

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "libs", "types"]

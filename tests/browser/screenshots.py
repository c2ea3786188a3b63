"""`python -m tests.browser.screenshots`: draws the README's pictures anew, from the demo, into `.readme`."""

import importlib
import os

import django

import tests.environment  # noqa: F401  # before Django reads its settings


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    # Playwright runs an event loop in this thread, in which Django would refuse to ask its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()
    importlib.import_module("tests.browser.pictures").draw()


if __name__ == "__main__":
    main()

"""What a real browser needs of the machine, by the names of Debian's packages; run, it says what is missing."""

import shutil
import sys

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = "chromium"


class MissingPackages(RuntimeError):
    def __init__(self) -> None:
        super().__init__(
            f"The journeys in a browser need this Debian package: {PACKAGE}. "
            f"Install it with: apt-get install --no-install-recommends {PACKAGE}"
        )


def browser() -> str | None:
    """The path of the system's Chromium; Playwright's own is never downloaded."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def require() -> str:
    """The browser's path. Raises `MissingPackages`; nothing is skipped in silence."""
    path = browser()
    if path is None:
        raise MissingPackages
    return path


if __name__ == "__main__":
    sys.exit(None if browser() else PACKAGE)

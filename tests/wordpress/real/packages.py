"""What the real WordPress needs of the machine, by the names of Debian's packages; run, it says what is missing."""

import shutil
import subprocess
import sys
from pathlib import Path

TREE = Path("/usr/share/wordpress")
PHP_MODULES = {"mysqli": "php-mysql", "xml": "php-xml", "mbstring": "php-mbstring"}
SERVER = "mariadb-server"


class MissingPackages(RuntimeError):
    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"The tests on a real WordPress need these Debian packages: {' '.join(names)}. "
            f"Install them with: apt-get install --no-install-recommends {' '.join(names)}"
        )


def tool(name: str) -> str | None:
    """A program's path; servers lie where ordinary people's search path does not look."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def missing() -> list[str]:
    found = []
    if not (TREE / "wp-includes" / "version.php").exists():
        found.append("wordpress")
    if tool("php") is None:
        found += ["php-cli", *PHP_MODULES.values()]
    else:
        listed = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout
        loaded = {line.strip().lower() for line in listed.splitlines()}
        found += [package for module, package in PHP_MODULES.items() if module not in loaded]
    if tool("mariadbd") is None or tool("mariadb-install-db") is None:
        found.append(SERVER)
    return found


def require() -> None:
    """Raises `MissingPackages`; nothing is skipped in silence."""
    if names := missing():
        raise MissingPackages(names)


if __name__ == "__main__":
    sys.exit(" ".join(missing()) or None)

"""What compose.yaml, the Dockerfile and the README say of the processes on a server."""

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PORTAL = ("migrate", "web", "worker", "beat", "backup")
PROCESSES = ("web", "worker", "beat")


def _units() -> dict[str, ConfigParser]:
    """The unit of each process, as the README's two blocks give it."""
    whole, changes = re.findall(r"```ini\n(.*?)```", README, re.DOTALL)
    units = {}
    for name in PROCESSES:
        unit = _parsed(whole)
        if name != "web":
            unit["Service"].update(_parsed(changes)[name])
        units[name] = unit
    return units


def _parsed(text: str) -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string(text)
    return parser


UNITS = _units()


def unit_command(name: str) -> list[str]:
    return shlex.split(UNITS[name]["Service"]["ExecStart"])


def container_command(name: str) -> list[str]:
    """What a service runs: its own command, or the image's."""
    if command := COMPOSE["services"][name].get("command"):
        return list(command)
    (words,) = re.findall(r"^CMD \[(.*)\]$", DOCKERFILE, re.MULTILINE)
    return re.findall(r'"([^"]*)"', words)


def read_settings() -> set[str]:
    """Every name that the portal reads from its environment."""
    text = "".join((ROOT / "portal" / name).read_text() for name in ("settings.py", "env.py"))
    found = re.findall(r'(?:read\.\w+|secret|environ\.get|environ)[\[(]\s*"([A-Z_]+)"', text)
    return set(found) - {"PROMETHEUS_MULTIPROC_DIR"}


def documented_settings() -> set[str]:
    table = README.partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}

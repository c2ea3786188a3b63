"""What is written for operators names only what there is, and says the same in each place."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.portal.server.described import (
    COMPOSE,
    DOCKERFILE,
    PORTAL,
    PROCESSES,
    README,
    ROOT,
    UNITS,
    container_command,
    documented_settings,
    read_settings,
    unit_command,
)

BIN = Path(sys.executable).parent
OF_OTHERS = {
    "REMAP_SIGTERM",
    "WEB_CONCURRENCY",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "TMPDIR",
    "PATH",
}
"""What Celery, gunicorn and Python read."""


def test_the_readme_s_table_has_each_setting_and_no_other():
    assert documented_settings() == read_settings()


@pytest.mark.parametrize("name", PORTAL)
def test_a_service_runs_what_there_is(name):
    program, *words = container_command(name)
    assert (BIN / program).exists()
    if words[0] == "manage.py":
        assert words[1] in get_commands()


@pytest.mark.parametrize("name", PROCESSES)
def test_containers_and_units_run_the_same(name):
    program, *words = unit_command(name)
    ours, *container = container_command(name)
    assert program == f"/srv/passerelle/.venv/bin/{ours}"
    inside = [word.replace("0.0.0.0:8000", "127.0.0.1:8000") for word in container]
    assert words == inside


@pytest.mark.parametrize("name", PORTAL)
def test_a_service_is_given_known_settings_only(name):
    service = COMPOSE["services"][name]
    assert set(service["environment"]) <= read_settings() | OF_OTHERS
    assert service["env_file"] == ".env"


def test_units_and_the_image_are_given_known_settings_only():
    given = {
        word.partition("=")[0] for unit in UNITS.values() for word in unit["Service"]["Environment"].split()
    }
    given |= set(re.findall(r"^(?:ENV|    ) *([A-Z_]+)=", DOCKERFILE, re.MULTILINE))
    given |= set(re.findall(r"^([A-Z_]+)=", README, re.MULTILINE)) - {"POSTGRES_PASSWORD"}
    assert given - OF_OTHERS - {"PIP_DISABLE_PIP_VERSION_CHECK"} <= read_settings()


@pytest.mark.parametrize("name", PORTAL)
def test_a_service_may_do_nothing_that_it_need_not(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["user"] == "10001:10001"
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_queue_keeps_what_it_has():
    command = " ".join(COMPOSE["services"]["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_nothing_but_the_web_process_can_be_reached_and_that_from_this_machine_only():
    ports = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_every_volume_is_declared_and_lies_where_the_image_made_room():
    made = re.search(r"install --directory[^\n]*\n +(.*?) *\n?$", DOCKERFILE, re.MULTILINE)
    assert made
    used = set()
    for name in PORTAL:
        for volume, place in (mount.split(":") for mount in COMPOSE["services"][name].get("volumes", ())):
            used.add(volume)
            assert place in made[1].split()
    assert used | {"postgres", "redis"} == set(COMPOSE["volumes"])


def test_whoever_works_has_the_files():
    for name in ("web", "worker", "backup"):
        assert "media:/srv/passerelle/var/media" in COMPOSE["services"][name]["volumes"]


def test_no_secret_is_written_down():
    for text in (DOCKERFILE, (ROOT / "compose.yaml").read_text()):
        assert not re.search(r"(?:PASSWORD|VAULT_KEYS|METRICS_KEY):? *[:=] *[\w-]{8,}", text)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    assert not any(line.startswith(("!.env", "!var", "!.git")) for line in ignored)
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_image_is_built_of_what_there_is_and_runs_as_nobody():
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?$", DOCKERFILE, re.MULTILINE)
    names = {name for _, name in stages}
    assert all(":" in image or image in names for image, _ in stages)
    assert not any(image.endswith(":latest") for image, _ in stages)
    for words in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / source).exists() for source in words.split()[:-1])
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert last.index("USER 10001") < last.index("\nCMD ")
    assert "HEALTHCHECK" in last


def test_the_image_takes_along_all_that_the_portal_imports_and_shows():
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    needed = {
        "manage.py",
        "portal",
        "accounts",
        "estates",
        "support",
        "templates",
        "static",
        "pyproject.toml",
    }
    assert needed <= kept


def test_the_simulations_are_not_in_the_image_and_nothing_else_needs_them():
    """Only the demo's own commands import what is left out."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    left_out = {"portal/sandbox", "portal/demo"}
    assert left_out <= set(ignored)
    needy = {
        str(path.relative_to(ROOT))
        for top in ("portal", "accounts", "estates", "support")
        for path in (ROOT / top).rglob("*.py")
        if not str(path.relative_to(ROOT)).startswith(tuple(left_out))
        and re.search(r"portal\.(?:sandbox|demo)\b", path.read_text())
    }
    assert needy == {f"portal/management/commands/{name}.py" for name in ("demo", "sandbox")}


def test_every_unit_is_hardened():
    for unit in UNITS.values():
        service = unit["Service"]
        assert service["User"] == "passerelle"
        assert service["ProtectSystem"] == "strict"
        assert service["NoNewPrivileges"] == "yes"
        assert service["CapabilityBoundingSet"] == ""
        assert service["Restart"] == "always"


def test_gunicorn_takes_its_configuration():
    program, *words = container_command("web")
    checked = subprocess.run(
        [BIN / program, "--check-config", *words],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert checked.returncode == 0, checked.stderr

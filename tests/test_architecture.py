"""The order of the house: imports run downward only, deferred ones included, and rooms look alike inside."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = [
    ["portal"],
    ["support"],
    ["estates.leads", "estates.syndication", "estates.wordpress"],
    ["estates.catalogue"],
    ["estates.webhooks"],
    ["estates.connections"],
    ["estates.jobs"],
    ["accounts", "estates.remotes", "estates.feeds"],
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
SANDBOX = "portal.sandbox"
TOP = {
    *(
        "manage.py",
        "requirements.txt",
        "portal",
        "accounts",
        "estates",
        "support",
        "templates",
        "static",
        "tests",
    ),
    *(
        "README.md",
        "pyproject.toml",
        "Makefile",
        "package.json",
        "package-lock.json",
        "compose.yaml",
        "Dockerfile",
    ),
    *("node_modules", "var"),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str | None:
    return next((room for room in FLOOR if module == room or module.startswith(f"{room}.")), None)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for top in ("portal", "accounts", "estates", "support"):
        for path in sorted((ROOT / top).rglob("*.py")):
            yield module_name(path), ast.parse(path.read_text(encoding="utf-8"))


def imported(module: str, tree: ast.Module) -> Iterator[str]:
    """Every module that this one names in an import or in `import_module("…")`, wherever that stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*module.split(".")[: -node.level], base]).rstrip(".")
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "import_module",
            "__import__",
        ):
            yield from (word.value for word in node.args[:1] if isinstance(word, ast.Constant))


def violations(module: str, tree: ast.Module) -> list[str]:
    room = room_of(module)
    found = []
    for name in imported(module, tree):
        target = room_of(name)
        if target is None or target == room:
            continue
        if module.startswith(SANDBOX):
            found.append(f"{module} imports {name}, but the sandbox imports nothing of ours")
        elif room is not None and FLOOR[target] <= FLOOR[room]:
            found.append(f"{module} imports {name}, which is not below it")
    return found


def test_imports_run_downward_only():
    found = [line for module, tree in modules() for line in violations(module, tree)]
    assert found == []


def test_the_sandbox_stands_alone_inside_portal():
    found = [
        f"{module} imports {name}"
        for module, tree in modules()
        if module.startswith(SANDBOX)
        for name in imported(module, tree)
        if name.split(".")[0] in ("portal", "django") and not name.startswith(SANDBOX)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("estates.jobs.work", "from estates.catalogue.models import Estate"),
        ("estates.jobs.work", "def late():\n    import estates.connections.store"),
        ("accounts.audit", "from estates import jobs"),
        ("estates.leads.inbox", "from estates.wordpress import sites"),
        ("estates.remotes.base", "import_module('accounts.models')"),
        ("estates.catalogue.views", "from ..leads import inbox"),
        ("portal.sandbox.server", "from accounts.models import Agency"),
    ],
)
def test_an_import_that_looks_up_is_noticed(module, code):
    assert violations(module, ast.parse(code))


def test_remotes_know_no_model():
    found = [
        f"{module} imports {name}"
        for module, tree in modules()
        if module.startswith("estates.remotes")
        for name in imported(module, tree)
        if name.startswith("django.db") or name.endswith(".models")
    ]
    assert found == []


def test_every_room_is_on_a_floor():
    rooms = {f"estates.{path.parent.name}" for path in (ROOT / "estates").glob("*/__init__.py")}
    assert rooms <= FLOOR.keys()


def test_nothing_else_lies_at_the_top():
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found <= TOP


def test_templates_obey_the_content_security_policy():
    import re

    inline = re.compile(r"""<script(?![^>]*\b(src=|type="application/json"))|\sstyle=|\son[a-z]+=""")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in (ROOT / "templates").rglob("*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if inline.search(line)
    ]
    assert found == []

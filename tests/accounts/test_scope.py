"""Whose rows the work at hand may see: what each entry says before it asks the database."""

import ast
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from celery import current_app
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import resolve

from accounts import scope
from accounts.access import member_view
from accounts.middleware import PersonMiddleware
from estates.jobs.kinds import KINDS, job_kind
from estates.jobs.start import start
from estates.jobs.work import work
from portal.observed import Observed

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "estates", "portal", "support")


def test_scopes_nest_and_end():
    with scope.nothing():
        with scope.across(), scope.of_agency(7):
            assert scope.current() == "7"
        assert scope.current() == scope.NOTHING


def test_a_scope_ends_with_an_error_too():
    with pytest.raises(ValueError, match="broken"), scope.of_agency(7):
        raise ValueError("broken")
    assert scope.current() == scope.ACROSS


def test_only_numbers_reach_the_database():
    with pytest.raises(ValueError, match="invalid literal"), scope.of_agency("1'; RESET ROLE; --"):
        pass


def test_threads_begin_with_nothing_unless_it_is_kept():
    with scope.of_agency(7), ThreadPoolExecutor(1) as pool:
        assert pool.submit(scope.current).result() == scope.NOTHING
        assert pool.submit(scope.kept(scope.current)).result() == "7"


def test_what_is_kept_is_what_was_in_sight_when_it_was_kept():
    seen = []
    with scope.of_agency(7):
        thread = threading.Thread(target=scope.kept(lambda: seen.append(scope.current())))
    thread.start()
    thread.join()
    assert seen == ["7"]


def test_a_request_begins_with_nothing_and_leaves_nothing():
    seen = []

    def answer(request):
        seen.append(scope.current())
        scope.enter(7)
        return HttpResponse()

    with scope.of_agency(9):
        Observed(answer)(RequestFactory().get("/"))
        assert seen == [scope.NOTHING]
        assert scope.current() == "9"


def test_an_answer_that_is_made_while_it_is_sent_keeps_its_requests_scope():
    def parts():
        yield scope.current().encode()
        yield scope.current().encode()

    def answer(request):
        scope.enter(7)
        return StreamingHttpResponse(parts())

    response = Observed(answer)(RequestFactory().get("/"))
    sent = iter(response)
    with scope.nothing():
        assert next(sent) == b"7"
        assert scope.current() == scope.NOTHING
        assert list(sent) == [b"7"]


def test_a_file_is_still_sent_by_the_server_itself(tmp_path, db):
    path = tmp_path / "file"
    path.write_bytes(b"bytes")
    response = Observed(lambda request: FileResponse(path.open("rb")))(RequestFactory().get("/"))
    assert response.file_to_stream is not None
    assert b"".join(response) == b"bytes"
    response.close()


def test_a_members_page_is_of_its_agency(agency, member, rf):
    @member_view()
    def page(request, membership):
        return HttpResponse(scope.current())

    request = rf.get("/")
    request.user = member(agency)
    with scope.nothing():
        assert page(request, slug=agency.slug).content.decode() == str(agency.pk)


def test_a_job_is_of_its_agency(agency, monkeypatch):
    seen = []
    monkeypatch.setitem(KINDS, "tests.scope", None)
    monkeypatch.delitem(KINDS, "tests.scope")
    job_kind("tests.scope", "scope")(lambda run: seen.append(scope.current()))
    job = start(agency, "tests.scope")
    with scope.nothing():
        assert work(job.pk)
        assert scope.current() == scope.NOTHING
    assert seen == [str(agency.pk)]


def test_a_task_begins_with_nothing():
    @current_app.task(name="tests.scope")
    def task():
        return scope.current()

    with scope.of_agency(7):
        assert task() == scope.NOTHING


@pytest.mark.parametrize(
    ("path", "staff", "expected"),
    [
        ("/admin/jobs/job/", True, scope.ACROSS),
        ("/admin/jobs/job/", False, scope.NOTHING),
        ("/agencies/", True, scope.NOTHING),
    ],
)
def test_operators_look_across_in_the_admin_alone(rf, django_user_model, path, staff, expected):
    request = rf.get(path)
    request.user = django_user_model(email="a@b.example", is_active=True, is_staff=staff)
    request.resolver_match = resolve(path)
    with scope.nothing():
        PersonMiddleware(HttpResponse).process_view(request, None, (), {})
        assert scope.current() == expected


def entries() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every task and every command of ours, as it is written."""
    for path in sorted([path for room in ROOMS for path in (ROOT / room).rglob("tasks.py")]):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and "shared_task" in decorators(node):
                yield f"{path.relative_to(ROOT)}:{node.name}", node
    for room in ROOMS:
        for path in sorted(ROOT.glob(f"{room}/**/management/commands/*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and node.name == "handle":
                    yield str(path.relative_to(ROOT)), node


def decorators(node: ast.FunctionDef) -> set[str]:
    return {one.func.id for one in node.decorator_list if isinstance(one, ast.Call)}


SAY_IT_INSIDE = {
    "portal/management/commands/flush.py": "as the owner",
    "portal/management/commands/migrate.py": "as the owner",
    "portal/management/commands/sandbox.py": "it has no database",
}


@pytest.mark.parametrize(
    ("name", "node"), list(entries()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_task_and_command_says_whose_rows_it_is_about(name, node):
    assert decorators(node) & {"across", "as_owner"} or name in SAY_IT_INSIDE

"""The sandbox as a Python object; routing; and that it stays independent of everything else."""

import ast
from pathlib import Path

import pytest

from portal.sandbox import sandbox
from portal.sandbox.messages import Answer, Refusal, Request, json_answer
from portal.sandbox.routing import Route, Router
from portal.sandbox.ts_immo import TsImmo

ROOM = Path(__file__).parents[2] / "portal" / "sandbox"
OPERATIONS = {
    "search_estates": ("GET", "/estates"),
    "estate": ("GET", "/estates/{estate_id}"),
    "set_public_url": ("PUT", "/estates/{estate_id}/url"),
    "send_lead": ("PUT", "/estates/{estate_id}/lead"),
    "replay_estate": ("POST", "/estates/{estate_id}/replay"),
    "tickets": ("GET", "/support/"),
    "open_ticket": ("POST", "/support/"),
    "ticket": ("GET", "/support/{ticket_id}"),
    "comment": ("POST", "/support/{ticket_id}/comment"),
    "close_ticket": ("POST", "/support/support/{ticket_id}/close"),
    "activate_site": ("POST", "/sites/activate"),
    "deactivate_site": ("POST", "/sites/deactivate"),
    "replay_all": ("POST", "/sites/replay"),
    "plugins": ("GET", "/plugins/plugins"),
    "download_plugin": ("GET", "/plugins/plugins/{plugin_id}/download"),
}


def test_fifteen_operations_at_the_documents_paths():
    routes = TsImmo(url="http://sandbox", estates=0, seed=1).router.routes
    assert {route.operation: (route.method, route.path) for route in routes} == OPERATIONS
    assert len(OPERATIONS) == 15


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOM)))
def test_it_imports_the_standard_library_pillow_and_itself(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module]
        for name in names:
            ours = name.split(".")[0] in {"portal", "accounts", "estates", "support", "django"}
            assert not ours or name.startswith("portal.sandbox"), name


def test_two_sandboxes_at_once_have_nothing_in_common():
    with sandbox(estates=1) as one, sandbox(estates=1) as other:
        assert one.url != other.url
        one.account("martin").add()
        assert len(other.account("martin").stock) == 1


def test_accounts_can_be_created(caller):
    with sandbox(estates=3) as box:
        account = box.create_account("dupont", estates=7)
        assert caller(box, "dupont").get("/estates").json()["total"] == 7
        assert account.estates[0].reference == "DUPO-0001"
        assert caller(box, key="other") is not None
        box.create_account("durand", key="tsi_of_durand")
        assert caller(box, key="tsi_of_durand").get("/estates").json()["total"] == 0
        with pytest.raises(ValueError, match="exists already"):
            box.create_account("dupont")
        with pytest.raises(ValueError, match="exists already"):
            box.create_account("new", key="tsi_of_durand")
        with pytest.raises(KeyError):
            box.account("nobody")


def test_the_demo_keys_are_fixed():
    with sandbox(estates=0) as box:
        assert box.account("martin").key == "tsi_demo_martin_4f7c2a"
        assert box.account("riviera").key == "tsi_demo_riviera_9b1e5d"
        assert (
            box.account("martin").plugin_auth_key
            == TsImmo(url="", estates=0, seed=9).accounts["martin"].plugin_auth_key
        )


def route(operation, method, path):
    return Route(operation, method, path, lambda request, account: Answer())


def test_router_decodes_names_and_keeps_paths_literal():
    router = Router(
        [route("a", "GET", "/a/{name}"), route("b", "GET", "/a/{name}/"), route("c", "PUT", "/a/{name}")]
    )
    found, names = router.match(Request("GET", "/a/L%27Ha%C3%BF%2F1"))
    assert found.operation == "a"
    assert names == {"name": "L'Haÿ/1"}
    assert router.match(Request("GET", "/a/x/"))[0].operation == "b"
    assert router.match(Request("PUT", "/a/x"))[0].operation == "c"
    assert router.match(Request("PUT", "/base/a/x"), "/base")[0].operation == "c"


def test_what_is_asked_for_tells_operations_at_one_address_apart():
    at_one = [
        Route(
            word,
            "POST",
            "",
            lambda request, account: Answer(),
            lambda request, word=word: word in request.json(),
        )
        for word in ("a", "b")
    ]
    router = Router([*at_one, route("other", "POST", "/x")])
    assert router.match(Request("POST", "/v1", body=b'["b"]'), "/v1")[0].operation == "b"
    assert router.match(Request("POST", "/v1", body=b'["a", "b"]'), "/v1")[0].operation == "a"
    assert router.match(Request("POST", "/v1/x", body=b""), "/v1")[0].operation == "other"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/a/x", 405), ("GET", "/a", 404), ("GET", "/a/", 404), ("GET", "/a.b", 404)],
)
def test_router_refuses(method, path, status):
    with pytest.raises(Refusal) as refused:
        Router([route("a", "GET", "/a/{name}"), route("d", "GET", "/aXb")]).match(Request(method, path))
    assert refused.value.status == status


def test_json_of_messages():
    assert json_answer({"ville": "Èze"}).body == '{"ville": "Èze"}'.encode()
    assert Request("POST", "/", body=b'{"a": 1}').json() == {"a": 1}
    with pytest.raises(Refusal):
        Request("POST", "/", body=b"").json()


@pytest.mark.parametrize("path", ["/ts-immo/v1x/estates", "/ts-immo", "/picturesque"])
def test_only_paths_below_a_base_belong_to_a_system(box, martin, path):
    assert martin.get(box.url + path).status_code == 404
    assert box.received == []

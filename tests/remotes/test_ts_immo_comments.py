"""The thread of a ticket in every shape that it might have, and in some that nobody meant."""

import json
import time
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from estates.remotes.ts_immo_answers import parse_ticket
from estates.remotes.ts_immo_comments import (
    COMMENTS_LIMIT,
    NAMES,
    Comment,
    NamedFile,
    is_from_support,
    parse_comments,
    parse_files,
    parse_person,
)

NOON = datetime(2025, 1, 15, 12, 0, tzinfo=UTC)


def only(value, **ticket):
    [comment] = parse_comments({"comments": [value], **ticket})
    return comment


def test_a_comment_as_the_document_would_have_it():
    value = {
        "id": "c-1",
        "comment": "Merci",
        "reporter": {"username": "admin", "mail": "admin@x.example", "display_name": "Site Admin"},
        "from_support": False,
        "created_at": "2025-01-15T12:00:00Z",
    }
    raw = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    assert only(value) == Comment("c-1", "Merci", "Site Admin", "admin@x.example", False, NOON, raw)
    assert "Merci" in repr(only(value))
    assert "raw" not in repr(only(value))


@pytest.mark.parametrize("name", NAMES["comments"])
@pytest.mark.parametrize(
    "wrap", [lambda items: items, *(lambda items, n=n: {n: items} for n in NAMES["wrapped"])]
)
def test_where_the_list_may_be(name, wrap):
    assert [c.text for c in parse_comments({name: wrap([{"text": "a"}, {"text": "b"}])})] == ["a", "b"]


@pytest.mark.parametrize(
    "ticket",
    [
        {},
        {"comments": None},
        {"comments": 3},
        {"comments": "none"},
        {"comments": {}},
        {"messages": {"total": 0}},
    ],
)
def test_no_list_is_not_an_empty_list(ticket):
    assert parse_comments(ticket) is None
    assert parse_ticket({"id": "t", **ticket}).comments is None


@pytest.mark.parametrize(
    "ticket", [{"comments": []}, {"comments": [], "messages": None}, {"messages": {"data": []}}]
)
def test_an_empty_list_is_one(ticket):
    assert parse_comments(ticket) == ()


def test_of_two_lists_the_one_with_something_in_it_counts():
    assert [c.text for c in parse_comments({"comments": [], "messages": [{"text": "a"}]})] == ["a"]


@pytest.mark.parametrize("name", NAMES["text"])
@pytest.mark.parametrize(
    "wrap", [str, lambda text: {"rendered": text}, lambda text: {"body": {"html": text}}]
)
def test_where_the_text_may_be(name, wrap):
    assert only({name: wrap("<p>Bon&nbsp;</p>jour")}).text == "Bon\xa0\njour"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("juste un texte", "juste un texte"),
        ({"comment": "", "message": "plus loin"}, "plus loin"),
        ({"comment": None, "text": 5, "body": "enfin"}, "enfin"),
        ({"id": 7, "comment": ["a"]}, ""),
        ({"id": "c", "comment": "<img src=x>"}, ""),
    ],
)
def test_texts(value, text):
    assert only(value).text == text


@pytest.mark.parametrize(
    "value", [{}, {"comment": ""}, {"comment": " \0 "}, None, 7, [], [["a"]], True, {"id": " "}]
)
def test_what_has_neither_text_nor_id_is_left_out(value):
    assert parse_comments({"comments": [value, {"text": "b"}]}) == (only({"text": "b"}),)


@pytest.mark.parametrize(
    ("value", "person"),
    [
        ({"display_name": "A B", "name": "n", "mail": "a@x.fr"}, ("A B", "a@x.fr")),
        ({"displayName": "A\nB", "email": " a@x.fr "}, ("A B", "a@x.fr")),
        ({"username": "admin", "mail": "nonsense"}, ("admin", "")),
        ({"display_name": None, "username": "admin", "email": None}, ("admin", "")),
        ({"name": {"first": "a"}, "mail": 5}, ("", "")),
        ("Jean Dupont", ("Jean Dupont", "")),
        ("jean@x.fr", ("", "jean@x.fr")),
        ('"Jean" <jean@x.fr>', ("Jean", "jean@x.fr")),
        ("Jean <nonsense>", ("Jean <nonsense>", "")),
        ("", ("", "")),
        (None, ("", "")),
        (5, ("", "")),
        ([], ("", "")),
        ({"name": "x" * 999}, ("x" * 255, "")),
    ],
)
def test_persons(value, person):
    assert parse_person(value) == person
    for name in NAMES["author"]:
        comment = only({"text": "t", name: value})
        assert (comment.author, comment.mail) == person


@pytest.mark.parametrize(
    ("value", "support"),
    [
        ({"from_support": True}, True),
        ({"fromSupport": "true"}, True),
        ({"isSupport": 1}, True),
        ({"from_support": False, "author": {"name": "Support"}}, False),
        ({"author": {"name": "A", "is_staff": True}}, True),
        ({"role": "SUPPORT"}, True),
        ({"author": {"name": "Camille", "role": "staff", "mail": "c@x.fr"}}, True),
        ({"role": "customer", "author": "Support"}, False),
        ({"author": {"name": "Gaël", "role": "admin"}}, False),
        ({"author": {"name": "Gaël", "role": "agent"}}, False),
        ({"author": "Support Ts-Immo"}, True),
        ({"author": {"name": "Camille (ts immo)"}}, True),
        ({"author": {"name": "Support", "mail": "s@x.fr"}}, False),
        ({"author": "Supporters du club"}, False),
        ({"author": "Camille"}, False),
        ({"from_support": "perhaps", "author": "Camille"}, False),
        ({"from_support": None}, False),
        ({"from_support": [], "role": {}}, False),
        ({}, False),
    ],
)
def test_who_is_support(value, support):
    assert only({"text": "t", **value}).from_support is support
    assert is_from_support(value, *parse_person(value.get("author"))) is support


@pytest.mark.parametrize("name", NAMES["created_at"])
def test_when(name):
    assert only({"text": "t", name: "2025-01-15T12:00:00Z"}).created_at == NOON
    assert only({"text": "t", name: 1_736_942_400}).created_at == NOON
    assert only({"text": "t", name: "hier"}).created_at is None


def test_the_order_is_the_remotes():
    dates = ["2025-03-01", None, "2025-01-01"]
    found = parse_comments({"comments": [{"text": str(n), "date": date} for n, date in enumerate(dates)]})
    assert [comment.text for comment in found] == ["0", "1", "2"]


def test_files():
    value = {
        "attachments": [
            {"filename": "a.png", "size": 5},
            {"name": "b\n.png", "fileSize": "7"},
            {"title": "c", "size": -1},
            "d.pdf",
            {"size": 5},
            None,
            {"filename": {}},
        ]
    }
    assert parse_files(value) == (
        NamedFile("a.png", 5),
        NamedFile("b .png", 7),
        NamedFile("c", None),
        NamedFile("d.pdf", None),
    )
    assert parse_files({"files": {"data": ["x"]}}) == (NamedFile("x", None),)
    assert parse_files({"attachments": "x"}) == parse_files({}) == ()
    assert len(parse_files({"attachments": ["x"] * 1000})) == 200


def test_a_ticket_names_its_reporter_and_its_files():
    ticket = parse_ticket(
        {
            "id": "t-1",
            "message": "<p>Bonjour</p><p>Merci</p>",
            "reporter": {"display_name": "Maëlle", "mail": "m@x.fr"},
            "attachments": [{"filename": "a.png", "mime_type": "image/png", "size": 5}],
            "comments": [{"comment": "x"}],
        }
    )
    assert (ticket.reporter, ticket.reporter_mail) == ("Maëlle", "m@x.fr")
    assert ticket.message == "Bonjour\nMerci"
    assert ticket.attachments == (NamedFile("a.png", 5),)
    assert [comment.text for comment in ticket.comments] == ["x"]
    bare = parse_ticket({"id": "t-1", "description": "d"})
    assert (bare.message, bare.reporter, bare.reporter_mail, bare.attachments) == ("d", "", "", ())


def test_ten_thousand_comments_are_read_and_of_more_the_newest():
    day = datetime(2025, 1, 1, tzinfo=UTC)
    more = COMMENTS_LIMIT + 50
    items = [{"id": n, "comment": "x", "date": (day + timedelta(minutes=n)).isoformat()} for n in range(more)]
    began = time.process_time()
    assert len(parse_comments({"comments": items[:COMMENTS_LIMIT]})) == COMMENTS_LIMIT
    oldest_first, newest_first = (
        parse_comments({"comments": items}),
        parse_comments({"comments": items[::-1]}),
    )
    assert [comment.remote_id for comment in oldest_first] == [str(n) for n in range(50, more)]
    assert oldest_first == newest_first[::-1]
    assert time.process_time() - began < 20


def test_what_is_hostile_stands_beside_what_is_not():
    deep = json.loads("[" * 900 + "]" * 900)
    hostile = [
        {"comment": "x" * 1_000_000},
        {"comment": "<p>" * 300_000},
        {"comment": "a\0b", "id": "\0"},
        {"comment": "half \ud83d", "reporter": "\udc00"},
        {"comment": "deep", "more": deep},
        {"comment": deep, "id": "c-9"},
        deep,
        {"comment": "odd", "id": {}, "reporter": 5, "from_support": {}, "created_at": [1], "role": 7},
        {"comment": "far", "created_at": 10**300, "id": 10**30},
    ]
    ticket = parse_ticket({"id": "t-1", "subject": "\ud800", "comments": [*hostile, {"comment": "fine"}]})
    texts = [comment.text for comment in ticket.comments]
    assert [text[:9] for text in texts] == ["x" * 9, "ab", "half \ufffd", "deep", "", "odd", "far", "fine"]
    for comment in ticket.comments:
        json.loads(comment.raw)
        f"{comment.text}{comment.author}{comment.mail}{comment.remote_id}".encode()
        assert "\0" not in comment.text + comment.remote_id
    assert json.loads(ticket.raw)["id"] == "t-1"
    assert ticket.subject == "\ufffd"


def test_one_field_too_deep_costs_no_ticket():
    deep = json.loads("[" * 900 + "]" * 900)
    ticket = parse_ticket({"id": "t-1", "subject": "S", "extra": deep})
    assert json.loads(ticket.raw) == {"id": "t-1", "subject": "S"}
    assert ticket.subject == "S"


names = st.sampled_from(sorted({name for known in NAMES.values() for name in known} | {"id", "x"}))
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(categories=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(names, anything))
def test_no_thread_breaks_the_reading(value):
    ticket = parse_ticket({**value, "id": "t"})
    json.loads(ticket.raw)
    for comment in ticket.comments or ():
        assert comment.text or comment.remote_id
        json.loads(comment.raw)
        f"{comment.text}{comment.author}{comment.mail}{ticket.reporter}{ticket.message}".encode()

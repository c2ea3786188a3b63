import json
from decimal import Decimal

import pytest

from estates.catalogue import dossier as module
from estates.catalogue.dossier import Energy, dossier, history, indented
from estates.catalogue.models import EstateChange, EstatePayload


def test_what_needs_no_column_comes_from_the_payload(agency, add_estate):
    payload = {
        "id": "1",
        "description": "Un<br>deux <b>trois</b>",
        "amenities": ["parking"],
        "energy": {"dpe": "c"},
    }
    read = dossier(add_estate(agency, payload=json.dumps(payload)))
    assert read.description == "Un\ndeux trois"
    assert read.amenities == ("parking",)
    assert read.energy == [Energy("DPE", "C")]
    assert json.loads(read.raw) == payload
    assert not read.raw_cut


@pytest.mark.parametrize("body", ["", "not json", "[1, 2]", "null", '{"id": 5}', '"text"', '{"energy": [1]}'])
def test_a_payload_nobody_can_read_is_shown_as_it_is(agency, add_estate, body):
    read = dossier(add_estate(agency, payload=body))
    assert (read.description, read.amenities, read.energy) == ("", (), [])
    assert read.raw == indented(body)


def test_an_estate_without_payload_has_a_dossier(agency, add_estate):
    estate = add_estate(agency)
    EstatePayload.objects.filter(estate=estate).delete()
    assert dossier(estate).raw == ""


def test_a_huge_payload_is_cut(agency, add_estate, monkeypatch):
    monkeypatch.setattr(module, "RAW_SHOWN", 20)
    read = dossier(add_estate(agency, payload=json.dumps({"id": "x" * 100})))
    assert (len(read.raw), read.raw_cut) == (20, True)


@pytest.mark.parametrize(
    ("payload", "labels"),
    [
        (
            {"energy": {"dpe": "A", "dpe_value": 45, "ges": "g"}},
            [Energy("DPE", "A", "45"), Energy("GES", "G")],
        ),
        ({"dpe": {"letter": "b"}}, [Energy("DPE", "B")]),
        ({"diagnostics": {"dpe": " d "}}, [Energy("DPE", "D")]),
        ({"energy": {"dpe": "H", "ges": None}}, []),
        ({"energy": {"dpe": 3, "ges": ["A"]}}, []),
        ({"energy": {"dpe": "NS"}, "dpe": "E"}, [Energy("DPE", "E")]),
        ({"energy": {"dpe": "A", "dpe_value": 1e300}}, [Energy("DPE", "A")]),
    ],
)
def test_energy_labels_are_looked_for_in_all_likely_places(agency, add_estate, payload, labels):
    assert dossier(add_estate(agency, payload=json.dumps(payload))).energy == labels


def test_history_tells_changes_latest_first_down_to_the_first_sight(agency, add_estate):
    estate = add_estate(agency)
    for field, before, after in [
        ("price", "200000.00", "190000.00"),
        ("price", "", "5.00"),
        ("price", "0.00", "5.00"),
        ("status", "available", "sold"),
    ]:
        EstateChange.objects.create(
            agency=agency, estate=estate, at=estate.changed_at, field=field, before=before, after=after
        )
    events = history(estate)
    assert [event.kind for event in events] == ["status", "price", "price", "price", "first"]
    assert [event.percent for event in events] == [None, None, None, Decimal("-5.0"), None]
    assert events[-1].at == estate.first_seen_at

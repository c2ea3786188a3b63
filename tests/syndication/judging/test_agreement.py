"""The forecast and the simulated Seeki say the same of whatever an estate may look like."""

from decimal import Decimal

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from estates.syndication.forecast.judge import judge
from estates.syndication.mapping.outgoing import outgoing_of
from estates.syndication.models import Verdict
from portal.sandbox.seeki.judging import judge as seeki_judges
from tests.syndication.judging.conftest import PAYLOAD, unsaved

ONCE_IN_A_WHILE = st.text(max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False)
    | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
COLUMNS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["apartment", "Maison", "péniche", ""]) | ONCE_IN_A_WHILE,
        "offer_type": st.sampled_from(["sale", "Location", "viager", ""]) | ONCE_IN_A_WHILE,
        "price": st.none() | st.decimals(Decimal("0.01"), Decimal(10**9), places=2),
        "currency": st.sampled_from(["EUR", "chf", "€", "", "ECU"]) | ONCE_IN_A_WHILE.filter(str.isascii),
        "surface": st.none() | st.decimals(0, 10**6, places=2),
        "rooms": st.none() | st.integers(0, 100),
        "address": st.sampled_from(["1 rue Haute", "", " "]),
        "city": st.sampled_from(["Lyon", "", "Écully"]),
        "country": st.sampled_from(["FR", "Suisse", "CZE", "", "Syldavie"]) | ONCE_IN_A_WHILE,
        "latitude": st.none() | st.floats(-200, 200) | st.just(0.0),
        "longitude": st.none() | st.floats(-200, 200) | st.just(0.0),
        "title": st.sampled_from(["Loft", "", " "]) | ONCE_IN_A_WHILE,
        "images": st.lists(
            st.sampled_from(["https://a.example/1.jpg", "https://", "http://[::1", "x"]) | JSON, max_size=4
        )
        | JSON,
    }
)
NAMES = ("description", "floor", "contact", "negotiator", "characteristics")
PAYLOADS = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4) | st.just(PAYLOAD)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=COLUMNS, payload=PAYLOADS)
def test_what_is_expected_to_be_refused_is_refused_and_nothing_else(values, payload):
    estate = unsaved(**values)
    outgoing = outgoing_of(estate, payload)
    complaint = seeki_judges(orjson.loads(outgoing.body))
    forecast = judge(outgoing, estate, {})
    assert (forecast.verdict == Verdict.REFUSED) == (complaint is not None), (complaint, forecast)


@settings(max_examples=100, deadline=None)
@given(values=COLUMNS, payload=PAYLOADS)
def test_an_estate_gives_the_same_bytes_every_time(values, payload):
    first, second = outgoing_of(unsaved(**values), payload), outgoing_of(unsaved(**values), payload)
    assert (first.body, first.digest) == (second.body, second.digest)

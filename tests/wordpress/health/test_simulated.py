"""The simulated websites of the demo: what can be wrong with one has its word among the faults."""

import pytest

from estates.wordpress.models import Condition
from portal.sandbox import sandbox
from tests.wordpress.conftest import DOMAIN


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    with sandbox(estates=20, websites=tmp_path_factory.mktemp("ca")) as box:
        yield box


@pytest.fixture
def box(simulated, settings):
    settings.SITE_ADDRESSES, settings.SITE_CA_FILE = simulated.doors.setting(), str(simulated.doors.ca_file)
    yield simulated
    simulated.clear_faults()


def test_nothing_is_wrong_with_it(box, looked):
    look = looked()
    assert (look.verdict, look.faults) == (Condition.UP, ())
    assert look.facts["wordpress"]
    assert look.facts["plugin"]


@pytest.mark.parametrize(
    ("kind", "value", "verdict", "code"),
    [
        ("dropped", "", Condition.DOWN, "dropped"),
        ("slow", "3200", Condition.SLOW, "slow"),
        ("unavailable_503", "", Condition.DOWN, "maintenance"),
        ("error_500", "", Condition.DOWN, "error"),
        ("forbidden", "", Condition.UP, "forbidden"),
        ("noindex", "", Condition.UP, "noindex"),
        ("no_rest", "", Condition.UP, "no-rest"),
        ("plugin_off", "", Condition.UP, "shortcodes"),
        ("redirect", "https://unknown.example/", Condition.DOWN, "name"),
        ("certificate_expired", "", Condition.DOWN, "certificate-expired"),
        ("certificate_wrong_name", "", Condition.DOWN, "certificate-name"),
        ("certificate_untrusted", "", Condition.DOWN, "certificate"),
        ("certificate_ending", "6", Condition.UP, "certificate-ends"),
    ],
)
def test_each_fault_has_its_word(box, looked, kind, value, verdict, code):
    box.fault(kind, site=DOMAIN, value=value)
    look = looked()
    assert look.verdict == verdict
    assert code in [fault.code for fault in look.faults]

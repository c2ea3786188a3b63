"""The simulated websites of the demo: what can be wrong with one has its word among the faults."""

import pytest

from estates.wordpress.models import Verdict
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
    assert (look.verdict, look.faults) == (Verdict.UP, ())
    assert look.facts["wordpress"]
    assert look.facts["plugin"]


@pytest.mark.parametrize(
    ("kind", "value", "verdict", "code"),
    [
        ("dropped", "", Verdict.DOWN, "dropped"),
        ("slow", "3200", Verdict.SLOW, "slow"),
        ("unavailable_503", "", Verdict.DOWN, "maintenance"),
        ("error_500", "", Verdict.DOWN, "error"),
        ("forbidden", "", Verdict.UP, "forbidden"),
        ("noindex", "", Verdict.UP, "noindex"),
        ("no_rest", "", Verdict.UP, "no-rest"),
        ("plugin_off", "", Verdict.UP, "shortcodes"),
        ("redirect", "https://unknown.example/", Verdict.DOWN, "name"),
        ("certificate_expired", "", Verdict.DOWN, "certificate-expired"),
        ("certificate_wrong_name", "", Verdict.DOWN, "certificate-name"),
        ("certificate_untrusted", "", Verdict.DOWN, "certificate"),
        ("certificate_ending", "6", Verdict.UP, "certificate-ends"),
    ],
)
def test_each_fault_has_its_word(box, looked, kind, value, verdict, code):
    box.fault(kind, site=DOMAIN, value=value)
    look = looked()
    assert look.verdict == verdict
    assert code in [fault.code for fault in look.faults]

import http.client
import socket

import pytest
import requests
import urllib3
from requests_hardened.ip_filter import InvalidIPAddress

from estates.remotes.deadline import Deadline
from estates.remotes.errors import Malformed, Reason, Unreachable
from estates.remotes.transport import transport_error

NEWS = urllib3.exceptions.NewConnectionError(None, "refused, with X-TS-IMMO-KEY")
POOL = urllib3.HTTPConnectionPool("x.example")


@pytest.mark.parametrize(
    ("failure", "kind", "message"),
    [
        (requests.ConnectTimeout("k"), Unreachable, "No connection in time"),
        (requests.ReadTimeout("k"), Unreachable, "No complete answer in time"),
        (TimeoutError("k"), Unreachable, "No complete answer in time"),
        (urllib3.exceptions.ReadTimeoutError(POOL, "/", "k"), Unreachable, "No complete answer in time"),
        (requests.exceptions.SSLError("k"), Unreachable, "No trusted TLS connection"),
        (
            requests.ConnectionError(urllib3.exceptions.MaxRetryError(POOL, "/", NEWS)),
            Unreachable,
            "takes no connection",
        ),
        (ConnectionResetError("k"), Unreachable, "dropped"),
        (
            requests.ConnectionError(("Aborted", http.client.RemoteDisconnected("k"))),
            Unreachable,
            "on the way",
        ),
        (
            requests.ConnectionError(urllib3.exceptions.ProtocolError("k", BrokenPipeError())),
            Unreachable,
            "dropped",
        ),
        (urllib3.exceptions.ProtocolError("k", http.client.BadStatusLine("k")), Malformed, "not HTTP"),
        (http.client.IncompleteRead(b"k"), Malformed, "cut short"),
        (urllib3.exceptions.InvalidHeader("k"), Malformed, "contradict"),
        (requests.exceptions.InvalidHeader("k"), Unreachable, "on the way"),
        (socket.gaierror("k"), Unreachable, "name is unknown"),
    ],
)
def test_what_a_failure_means(failure, kind, message):
    error = transport_error(failure)
    assert type(error) is kind
    assert message in str(error)
    assert "k" not in str(error).split()
    assert "KEY" not in str(error)
    assert error.retry_helps


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (InvalidIPAddress("k"), Reason.NOT_PUBLIC),
        (requests.exceptions.InvalidURL("k"), Reason.ADDRESS),
        (requests.exceptions.InvalidURL(UnicodeError("k")), Reason.ADDRESS),
    ],
)
def test_an_address_that_cannot_be_used_stays_so(failure, reason):
    error = transport_error(failure)
    assert (type(error), error.reason) == (Malformed, reason)
    assert not error.retry_helps


def test_causes_that_turn_in_a_circle_end():
    one, two = ValueError("1"), ValueError("2")
    one.args, two.args = (two,), (one,)
    assert transport_error(one).retry_helps


def test_a_deadline_runs_out():
    assert 0.9 < Deadline(1).left() <= 1
    assert Deadline(-1).remaining() < 0
    with pytest.raises(TimeoutError, match="over"):
        Deadline(0).left()

import http.client
import socket

import pytest
import requests
import urllib3

from estates.remotes.deadline import Deadline, NotPublic
from estates.remotes.errors import Malformed, Unreachable
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
        (requests.exceptions.InvalidURL("k"), Unreachable, "on the way"),
        (socket.gaierror("k"), Unreachable, "on the way"),
    ],
)
def test_what_a_failure_means(failure, kind, message):
    error = transport_error(failure)
    assert type(error) is kind
    assert message in str(error)
    assert "k" not in str(error).split()
    assert "KEY" not in str(error)
    assert error.retry_helps


def test_an_address_that_is_not_public_stays_so():
    error = transport_error(requests.ConnectionError(urllib3.exceptions.ProtocolError("k", NotPublic("k"))))
    assert type(error) is Malformed
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

import base64
from datetime import UTC, datetime

import pytest

from estates.remotes.secret import Secret
from estates.webhooks import signing

KNOWN = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
ID, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}'
AT = datetime.fromtimestamp(1614265330, UTC)


def test_the_published_example_of_the_standard_is_signed_as_published():
    found = signing.headers([KNOWN], ID, AT, BODY)
    assert found == {
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_secret_signs_so_that_a_receiver_changes_over_in_its_own_time():
    other = signing.new_secret()
    both = signing.headers([other, KNOWN], ID, AT, BODY)["webhook-signature"].split(" ")
    assert both[0] == signing.headers([other], ID, AT, BODY)["webhook-signature"]
    assert both[1] == signing.headers([KNOWN], ID, AT, BODY)["webhook-signature"]
    assert both[0] != both[1]


def test_a_new_secret_is_long_and_never_the_same():
    made = {signing.new_secret().reveal() for _ in range(20)}
    assert len(made) == 20
    assert {len(signing.key_of(Secret(each))) for each in made} == {32}


@pytest.mark.parametrize(
    "text",
    [
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        "whsec_not-base64!!not-base64!!not-base64!!",
    ],
)
def test_what_is_no_secret_of_the_standard_is_refused(text):
    with pytest.raises(ValueError):
        signing.key_of(Secret(text))

import pytest

from estates.connections.forms import ConnectForm, LabelForm, ReplaceForm
from estates.connections.models import Connection
from estates.remotes.secret import Secret

pytestmark = pytest.mark.django_db


def form(agency, **changes):
    given = {"system": "ts_immo", "environment": "production", "label": "Lyon", "key": "abc-0123456789"}
    return ConnectForm(given | changes, agency=agency)


@pytest.mark.parametrize("around", ["", " ", "\n", "\t\r\n", "\u00a0", "\u200b", "\ufeff"])
def test_what_was_copied_along_around_a_key_is_taken_off(agency, around):
    filled = form(agency, key=f"{around}abc-0123456789{around}")
    assert filled.is_valid(), filled.errors
    assert isinstance(filled.cleaned_data["key"], Secret)
    assert filled.cleaned_data["key"].reveal() == "abc-0123456789"


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "Paste the key here."),
        ("   ", "Paste the key here."),
        ("\u200b", "Paste the key here."),
        ("two words", "no spaces"),
        ("Bearer seeki_live_x", "no spaces"),
        ("one\nline", "no spaces"),
        ("tab\tinside", "no spaces"),
        ("nul\x00inside", "no spaces"),
        ("escape\x1binside", "no spaces"),
        ("del\x7finside", "no spaces"),
        ("no\u00a0break", "no spaces"),
        ("clé-française", "plain letters"),
        ("zero\u200bwidth", "plain letters"),
        ("x" * 4097, "longer than any key"),
    ],
)
def test_keys_that_cannot_be_keys_are_refused_with_the_reason(agency, key, reason):
    refused = form(agency, key=key)
    assert not refused.is_valid()
    assert reason in str(refused.errors.as_data()["key"][0].messages)


@pytest.mark.parametrize("key", ["x", "a" * 4096, "eyJhbGciOi.J9.x-_~", "with'quotes\"&<>%", "seeki_live_x"])
def test_anything_that_can_be_sent_is_accepted_for_ts_immo(agency, key):
    assert form(agency, key=key).is_valid()


@pytest.mark.parametrize(
    ("environment", "key", "accepted"),
    [
        ("production", "seeki_live_0123", True),
        ("sandbox", "seeki_test_0123", True),
        ("production", "seeki_test_0123", False),
        ("sandbox", "seeki_live_0123", False),
        ("sandbox", "another_form_0123", True),
    ],
)
def test_a_seeki_key_for_the_other_environment_is_refused(agency, environment, key, accepted):
    filled = form(agency, system="seeki", environment=environment, key=key)
    assert filled.is_valid() is accepted
    if not accepted:
        assert "is chosen" in filled.errors.as_json()
        assert "0123" not in filled.errors.as_json()


@pytest.mark.parametrize(
    ("system", "environment", "accepted"),
    [
        ("ts_immo", "sandbox", False),
        ("marketing_lab", "sandbox", False),
        ("aviv", "sandbox", True),
        ("seeki", "sandbox", True),
        ("marketing_lab", "production", True),
        ("teleport", "production", False),
        ("ts_immo", "staging", False),
    ],
)
def test_only_environments_that_exist(agency, system, environment, accepted):
    assert form(agency, system=system, environment=environment).is_valid() is accepted


def test_a_label_is_taken_once_per_system_and_environment(agency, other_agency, connection):
    assert "label already" in form(agency).errors.as_json()
    assert form(agency, label="Nice").is_valid()
    assert form(agency, system="marketing_lab").is_valid()
    assert form(other_agency).is_valid()


def test_the_label_of_a_removed_connection_is_free(agency, connection):
    Connection.objects.for_agency(agency).update(removed_at=connection.created_at)
    assert form(agency).is_valid()


@pytest.mark.parametrize("label", ["", "x" * 81, "a\x00b"])
def test_labels_that_are_refused(agency, label):
    assert "label" in form(agency, label=label).errors


def test_a_connection_may_keep_its_own_label(connection):
    assert LabelForm({"label": "Lyon"}, connection=connection).is_valid()


def test_a_replacement_is_held_against_the_connections_environment(agency):
    seeki = Connection(agency=agency, system="seeki", environment="sandbox", label="x")
    assert not ReplaceForm({"key": "seeki_live_1"}, connection=seeki).is_valid()
    assert ReplaceForm({"key": "seeki_test_1"}, connection=seeki).is_valid()


def test_a_key_is_never_rendered_again(agency, connection):
    typed = "tsi_live_typed_canary"
    for bound in (form(agency, key=typed, label=""), ReplaceForm({"key": typed}, connection=connection)):
        bound.is_valid()
        assert typed not in bound.as_p()
        assert typed not in repr(bound)
        assert 'autocomplete="new-password"' in bound.as_p()
        assert 'type="password"' in bound.as_p()


PRETTY = '{\n  "client_id": "abc",\n  "client_secret": "s3cret é",\n  "intermediary_id": "FR-1"\n}\n'


def test_avivs_credentials_may_be_pasted_as_they_are_shown(agency):
    pretty = PRETTY.replace(" é", "")
    filled = form(agency, system="aviv", key=pretty)
    assert filled.is_valid(), filled.errors
    kept = filled.cleaned_data["key"].reveal()
    assert kept == '{"client_id":"abc","client_secret":"s3cret","intermediary_id":"FR-1"}'


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (PRETTY, "exactly these fields"),
        ('{"client_id": "abc", "client_secret": "s3cret"}', "exactly these fields"),
        (
            '{"client_id": "a", "client_secret": "s3cret", "intermediary_id": "b", "x": 1}',
            "exactly these fields",
        ),
        ('{"client_id": "abc", "client_secret": "s3cret', "cut short or mistyped"),
        ('{"a":' * 2000, "cut short or mistyped"),
        ('{"a": "' + "x" * 20_000 + '"}', "longer than any key"),
    ],
)
def test_half_credentials_are_refused_with_the_reason_and_never_quoted(agency, key, reason):
    refused = form(agency, system="aviv", key=key)
    assert not refused.is_valid()
    assert reason in str(refused.errors.as_data()["key"][0].messages)
    assert "s3cret" not in refused.errors.as_json()

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.forms import Select
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertHTMLEqual, assertInHTML

from accounts import agencies
from accounts.forms import AgencyForm
from accounts.models import Agency, AuditEntry, Membership, User
from accounts.roles import Role


@pytest.mark.parametrize(
    "slug", ["", "-a", "a-", "A", "a_b", "a--b", "é", "a b", "a/b", "../x", "a" * 51, "a\n"]
)
def test_bad_slugs_are_refused(db, slug):
    with pytest.raises(ValidationError) as refusal:
        agencies.create_agency("Agence", slug)
    assert "slug" in refusal.value.message_dict
    assert not Agency.objects.exists()


def test_a_taken_slug_is_refused(agency):
    with pytest.raises(ValidationError) as refusal:
        agencies.create_agency("Another", agency.slug)
    assert "slug" in refusal.value.message_dict


@pytest.mark.parametrize("wrong", [{"language": "xxxxxx"}, {"time_zone": "Mars/Olympus"}, {"name": " "}])
def test_bad_facts_are_refused(db, wrong):
    with pytest.raises(ValidationError):
        agencies.create_agency(**{"name": "Agence", "slug": "agence", **wrong})
    assert not Agency.objects.exists()


def test_founding_makes_the_owner_and_the_first_entry(person):
    ana = person()
    founded = agencies.create_agency("Agence  d'Ana\n", "ana", ana)
    assert founded.name == "Agence d'Ana"
    assert Membership.objects.get(agency=founded).role == Role.OWNER
    entry = AuditEntry.objects.for_agency(founded).get()
    assert (entry.number, entry.action, entry.actor) == (1, "agency.created", ana)


def test_one_person_founds_a_limited_number(person, monkeypatch):
    monkeypatch.setattr(agencies, "MOST_OWNED", 1)
    ana = person()
    agencies.create_agency("One", "one", ana)
    with pytest.raises(ValidationError, match="as many agencies"):
        agencies.create_agency("Two", "two", ana)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Agence Martin", "agence-martin-2"),
        ("L'Été à Nice !", "lete-a-nice"),
        ("上海", "agency"),
        ("x" * 100, "x" * 40),
        ("agence", "agence"),
    ],
)
def test_free_slugs(db, name, slug):
    Agency.objects.create(name="Agence Martin", slug="agence-martin")
    assert agencies.free_slug(name) == slug
    agencies.refuse_slug(slug)


class TestChangeSettings:
    def test_traces_what_changed(self, agency, member):
        changed = agencies.change_settings(agency, member(agency), "Agence Dupont", "fr", "Europe/Madrid")
        assert changed.name == "Agence Dupont"
        entry = AuditEntry.objects.for_agency(agency).get()
        assert entry.detail == {
            "name": ["Agence Martin", "Agence Dupont"],
            "time_zone": ["Europe/Paris", "Europe/Madrid"],
        }

    def test_nothing_new_is_no_deed(self, agency, member):
        agencies.change_settings(agency, member(agency), agency.name, agency.language, agency.time_zone)
        assert not AuditEntry.objects.for_agency(agency).exists()

    def test_an_unknown_zone_changes_nothing(self, agency, member):
        with pytest.raises(ValidationError):
            agencies.change_settings(agency, member(agency), "New", "fr", "Nowhere")
        agency.refresh_from_db()
        assert agency.name == "Agence Martin"


class TestPages:
    def test_settings_are_saved_by_managers(self, agency, browser):
        url = reverse("accounts:settings", args=[agency.slug])
        said = {"name": "Agence Dupont", "language": "en", "time_zone": "Indian/Reunion"}
        answer = browser(agency, Role.MANAGER).post(url, said, follow=True)
        assert "The settings are saved." in answer.content.decode()
        agency.refresh_from_db()
        assert (agency.name, agency.language, agency.time_zone) == tuple(said.values())

    def test_the_zones_look_as_any_list_does(self, agency):
        agency.time_zone = "Indian/Reunion"
        bound, known = AgencyForm(agency=agency)["time_zone"], {"class": "form-select"}
        usual, attributes = Select(choices=bound.field.choices), bound.build_widget_attrs(known)
        expected = usual.render("time_zone", agency.time_zone, attributes | {"id": bound.auto_id})
        assertHTMLEqual(bound.as_widget(attrs=known), expected)
        assertInHTML('<option value="Indian/Reunion" selected>Indian/Reunion</option>', expected)

    def test_a_viewer_reads_them_without_a_form(self, agency, browser):
        page = browser(agency, Role.VIEWER).get(reverse("accounts:settings", args=[agency.slug]))
        assert "Europe/Paris" in page.content.decode()
        assert 'name="time_zone"' not in page.content.decode()

    @pytest.mark.parametrize(
        "wrong",
        [{"name": ""}, {"name": "\u202e\n"}, {"name": "x" * 121}, {"language": "de"}, {"time_zone": "Mars"}],
    )
    def test_a_wrong_form_is_given_back(self, agency, browser, wrong):
        url = reverse("accounts:settings", args=[agency.slug])
        said = {"name": "New", "language": "fr", "time_zone": "Europe/Paris", **wrong}
        page = browser(agency).post(url, said).content.decode()
        assert "invalid-feedback" in page
        agency.refresh_from_db()
        assert agency.name == "Agence Martin"

    def test_a_person_without_agency_is_told_what_to_do(self, person, logged_in):
        page = logged_in(person()).get(reverse("agencies")).content.decode()
        assert "ana@example.org" in page
        assert reverse("new_agency") in page

    def test_an_operator_without_agency_is_led_to_the_operations(self, person, logged_in):
        operator = person()
        User.objects.filter(pk=operator.pk).update(is_staff=True)
        page = logged_in(operator).get(reverse("agencies")).content.decode()
        assert reverse("admin:operations") in page
        assert "ask one of its owners" not in page

    def test_founding_by_the_page(self, person, logged_in):
        ana = logged_in(person())
        said = {"name": "Chez Ana", "language": "fr", "time_zone": "Europe/Paris"}
        answer = ana.post(reverse("new_agency"), said)
        assert answer.url == reverse("dashboard", args=["chez-ana"])
        assert "Chez Ana" in ana.get(reverse("agencies")).content.decode()

    def test_the_founders_brake_is_said_in_the_form(self, person, logged_in, monkeypatch):
        monkeypatch.setattr(agencies, "MOST_OWNED", 0)
        said = {"name": "Chez Ana", "language": "fr", "time_zone": "Europe/Paris"}
        page = logged_in(person()).post(reverse("new_agency"), said).content.decode()
        assert "as many agencies as one person can" in page

    def test_the_list_shows_ones_own_only_in_constant_queries(self, agency, other_agency, member, browser):
        client = browser(agency)
        page = client.get(reverse("agencies")).content.decode()
        assert agency.name in page
        assert other_agency.name not in page
        with CaptureQueriesContext(connection) as few:
            client.get(reverse("agencies"))
        for number in range(5):
            more = Agency.objects.create(name=f"More {number}", slug=f"more-{number}")
            Membership.objects.create(agency=more, user=member(agency), role=Role.VIEWER)
        with CaptureQueriesContext(connection) as many:
            client.get(reverse("agencies"))
        assert len(many) == len(few)

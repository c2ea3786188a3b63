"""The pages of addresses: who may see and do what, and what is said where something is wrong."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job
from estates.syndication.models import Outlet
from estates.syndication.outgoing.addresses import address_of, token_of

FORM = {"name": "Portail", "format": "openimmo", "encoding": "utf-8"}
ROUTES = {
    "add_outlet": ("get", "post"),
    "outlet": ("get", "post"),
    "renew_outlet": ("get", "post"),
    "delete_outlet": ("get", "post"),
    "build_outlet": ("post",),
}
OF_ONE = [name for name in ROUTES if name != "add_outlet"]


def url(name, agency, *more):
    return reverse(f"syndication:{name}", args=[agency.slug, *more])


@pytest.fixture
def outlet(agency, add_outlet):
    return add_outlet(agency, "Portail Dupont", query="city=Lyon&min_price=100000&featured=true")


def outlets(agency):
    return list(Outlet.objects.for_agency(agency).order_by("pk"))


def of(name, outlet):
    return () if name in ("add_outlet", "outlets") else (outlet.pk,)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
@pytest.mark.parametrize("name", ROUTES)
def test_only_managers_change_addresses(agency, outlet, browser, name, role):
    before = Outlet.objects.for_agency(agency).values().get()
    for method in ROUTES[name]:
        answer = getattr(browser(agency, role), method)(url(name, agency, *of(name, outlet)), FORM)
        assert answer.status_code == 403
    assert Outlet.objects.for_agency(agency).values().get() == before


@pytest.mark.parametrize("name", ["outlets", *ROUTES])
def test_outsiders_see_nothing(agency, other_agency, outlet, browser, client, name):
    method = ROUTES.get(name, ("get",))[-1]
    address = url(name, agency, *of(name, outlet))
    assert getattr(browser(other_agency, Role.OWNER), method)(address, FORM).status_code == 404
    assert getattr(client, method)(address, FORM).status_code == 302


@pytest.mark.parametrize("name", OF_ONE)
def test_what_is_not_there(agency, other_agency, add_outlet, browser, name):
    theirs = add_outlet(other_agency, "Theirs")
    for pk in (theirs.pk, theirs.pk + 1000):
        for method in ROUTES[name]:
            answer = getattr(browser(agency, Role.OWNER), method)(url(name, agency, pk), FORM)
            assert answer.status_code == 404
    assert outlets(other_agency) == [theirs]


@pytest.mark.parametrize("name", ["outlets", *ROUTES])
def test_wrong_verbs(agency, outlet, browser, name):
    for method in {"get", "post", "put", "delete"} - set(ROUTES.get(name, ("get",))):
        answer = getattr(browser(agency, Role.OWNER), method)(url(name, agency, *of(name, outlet)))
        assert answer.status_code == 405


@pytest.mark.parametrize(("role", "seen"), [(Role.VIEWER, False), (Role.AGENT, False), (Role.MANAGER, True)])
def test_the_list_by_role(agency, add_estate, outlet, browser, role, seen):
    add_estate(agency, featured=True)
    page = browser(agency, role).get(url("outlets", agency)).content.decode()
    assert "Portail Dupont" in page
    assert "1 estate" in page
    assert (address_of(outlet) in page) is seen
    assert (token_of(outlet) in page) is seen
    for name in ROUTES:
        assert (url(name, agency, *of(name, outlet)) in page) is (seen and name != "build_outlet")


def test_the_list_says_what_each_gives(agency, other_agency, add_estate, add_outlet, browser):
    add_estate(agency, city="Lyon")
    add_estate(agency, city="Nice")
    add_estate(other_agency)
    add_outlet(agency, "All", fetches=1234)
    add_outlet(agency, "None", query="city=Paris")
    add_outlet(agency, "Broken", query="min_price=cheap")
    add_outlet(other_agency, "Theirs")
    answer = browser(agency, Role.VIEWER).get(url("outlets", agency))
    assert [(card.outlet.name, card.listings) for card in answer.context["cards"]] == [
        ("All", 2),
        ("Broken", None),
        ("None", 0),
    ]
    page = answer.content.decode()
    assert "would take all your estates off it" in page
    assert "One of the filters can&#x27;t be read" in page or "One of the filters can't be read" in page
    assert "Theirs" not in page


def test_the_filters_are_named(agency, outlet, browser):
    card = browser(agency, Role.VIEWER).get(url("outlets", agency)).context["cards"][0]
    assert [(chip.name, str(chip.value)) for chip in card.chips] == [
        ("min_price", "100000"),
        ("city", "Lyon"),
        ("featured", "True"),
    ]


def test_an_empty_list_says_what_to_do(agency, browser):
    for role, invited in ((Role.MANAGER, True), (Role.VIEWER, False)):
        page = browser(agency, role).get(url("outlets", agency)).content.decode()
        assert "No portal fetches estates here yet" in page
        assert (url("add_outlet", agency) in page) is invited


def test_a_zip_says_when_it_was_built(agency, add_estate, add_outlet, browser):
    add_estate(agency)
    add_outlet(agency, "Zip", format=Outlet.Format.OPENIMMO_ZIP)
    page = browser(agency, Role.MANAGER).get(url("outlets", agency)).content.decode()
    assert "not yet" in page
    assert "Build now" in page


def test_add(agency, browser, member):
    answer = browser(agency, Role.MANAGER).post(
        url("add_outlet", agency),
        {
            **FORM,
            "name": "  Portail\u202e  Dupont ",
            "city": "Lyon",
            "min_price": "100 000",
            "gone": "on",
            "order": "ASC",
        },
    )
    assert (answer.status_code, answer.url) == (302, url("outlets", agency))
    (row,) = outlets(agency)
    assert (row.name, row.query) == ("Portail Dupont", "min_price=100+000&city=Lyon")
    assert row.created_by == member(agency, Role.MANAGER)


def test_the_catalogues_filters_are_taken_over(agency, browser):
    page = browser(agency, Role.MANAGER).get(f"{url('add_outlet', agency)}?city=Lyon&orderby=price&gone=on")
    assert page.context["filters"]["city"].value() == "Lyon"
    assert "gone" not in page.context["filters"].fields


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": ""}, "form"),
        ({"name": "\u202e \t"}, "form"),
        ({"name": "x" * 81}, "form"),
        ({"format": "pdf"}, "form"),
        ({"encoding": "latin-1"}, "form"),
        ({"min_price": "cheap"}, "filters"),
        ({"min_price": "5", "max_price": "1"}, "filters"),
        ({"city": "é" * 120, "region": "é" * 120}, "filters"),
        ({"name": "Portail Dupont"}, "form"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(agency, add_outlet, browser, wrong, where):
    add_outlet(agency, "Portail Dupont")
    other = add_outlet(agency, "Autre")
    sent = {**FORM, "postal_code": "69002", **wrong}
    for address in (url("add_outlet", agency), url("outlet", agency, other.pk)):
        answer = browser(agency, Role.MANAGER).post(address, sent)
        assert answer.status_code == 422
        assert answer.context[where].errors
        assert 'value="69002"' in answer.content.decode()
    assert [row.name for row in outlets(agency)] == ["Portail Dupont", "Autre"]


def test_a_name_that_another_manager_took_meanwhile(agency, browser, monkeypatch, add_outlet):
    from estates.syndication.outgoing.forms import OutletForm

    other = add_outlet(agency, "Autre")
    add_outlet(agency, "Portail")
    monkeypatch.setattr(OutletForm, "clean_name", lambda form: form.cleaned_data["name"])
    for address in (url("add_outlet", agency), url("outlet", agency, other.pk)):
        answer = browser(agency, Role.MANAGER).post(address, FORM)
        assert answer.status_code == 422
        assert "name" in answer.context["form"].errors
    assert len(outlets(agency)) == 2


def test_change(agency, outlet, browser):
    key = outlet.key
    page = browser(agency, Role.MANAGER).get(url("outlet", agency, outlet.pk))
    assert page.context["form"]["name"].value() == "Portail Dupont"
    assert page.context["filters"]["min_price"].value() == "100000"
    answer = browser(agency, Role.MANAGER).post(
        url("outlet", agency, outlet.pk), {**FORM, "name": "Portail Dupont", "encoding": "windows-1252"}
    )
    assert answer.status_code == 302
    (row,) = outlets(agency)
    assert (row.query, row.encoding, row.key) == ("", "windows-1252", key)


def test_renew_says_what_happens_and_does_it(agency, outlet, browser):
    page = browser(agency, Role.MANAGER).get(url("renew_outlet", agency, outlet.pk)).content.decode()
    assert "Make a new address for Portail Dupont" in page
    assert outlets(agency)[0].key == outlet.key
    answer = browser(agency, Role.MANAGER).post(url("renew_outlet", agency, outlet.pk), follow=True)
    (row,) = outlets(agency)
    assert row.key != outlet.key
    assert address_of(row) in answer.content.decode()
    assert address_of(outlet) not in answer.content.decode()


def test_delete_names_what_goes_and_deletes_it(agency, outlet, browser):
    page = browser(agency, Role.MANAGER).get(url("delete_outlet", agency, outlet.pk)).content.decode()
    assert "Delete the address for Portail Dupont" in page
    assert outlets(agency) == [outlet]
    assert browser(agency, Role.MANAGER).post(url("delete_outlet", agency, outlet.pk)).status_code == 302
    assert outlets(agency) == []
    assert AuditEntry.objects.for_agency(agency).get().subject == "Portail Dupont"


@pytest.mark.parametrize(("format", "jobs"), [(Outlet.Format.OPENIMMO_ZIP, 1), (Outlet.Format.OPENIMMO, 0)])
def test_build(agency, outlet, browser, format, jobs):
    Outlet.objects.for_agency(agency).update(format=format)
    for _ in range(2):
        assert browser(agency, Role.MANAGER).post(url("build_outlet", agency, outlet.pk)).status_code == 302
    assert Job.objects.for_agency(agency).count() == jobs


def test_a_build_under_way_is_shown_instead_of_the_button(agency, outlet, browser):
    Outlet.objects.for_agency(agency).update(format=Outlet.Format.OPENIMMO_ZIP)
    browser(agency, Role.MANAGER).post(url("build_outlet", agency, outlet.pk))
    page = browser(agency, Role.MANAGER).get(url("outlets", agency)).content.decode()
    assert "Build now" not in page
    assert "data-reload-when-finished" in page


def test_hostile_names_are_text(agency, add_outlet, browser):
    outlet = add_outlet(agency, '<script>alert("1")</script>')
    for name in ("outlets", "outlet", "renew_outlet", "delete_outlet"):
        page = browser(agency, Role.MANAGER).get(url(name, agency, *of(name, outlet))).content.decode()
        assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("query", "unfolded"),
    [("city=Lyon", False), ("region=Alsace", True), ("bedrooms=-1", True), ("featured=true", True)],
)
def test_a_filter_that_is_set_is_not_folded_away(agency, browser, query, unfolded):
    page = browser(agency, Role.MANAGER).get(f"{url('add_outlet', agency)}?{query}").content.decode()
    assert ('<details class="mb-2" open>' in page) is unfolded

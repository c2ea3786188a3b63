"""Choosing what is published: the preview, saving, and two people at once."""

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job
from estates.syndication.models import Plan
from estates.syndication.rules.filters import Rules
from estates.syndication.rules.preview import preview
from tests.syndication.screens.conftest import content, url, words
from tests.syndication.screens.making import connection_of, days, estate_of, listing_of, plan_of, shown

FRAGMENT = {"HX-Request": "true", "HX-Target": "preview"}


@pytest.fixture
def manager(agency, browser):
    return browser(agency, Role.MANAGER)


def here(plan) -> str:
    return url("rules", plan.agency, plan.connection_id)


def fragment(plan, client, **chosen) -> str:
    answer = client.get(here(plan), {"version": plan.version, **chosen}, headers=FRAGMENT)
    text = content(answer)
    assert "<html" not in text
    return text


def ticked(text) -> list[str]:
    boxes = [box.split(">")[0] for box in text.split('<input class="form-check-input" type="checkbox"')[1:]]
    return [box.split('value="')[1].split('"')[0] for box in boxes if "checked" in box]


def test_the_words_of_the_estates_can_be_chosen(agency, plan, manager):
    estate_of(agency, status="available", city="Écully")
    estate_of(agency, status="under_offer", city="ECULLY")
    estate_of(agency, status="under_offer", city="Écully", type="house", gone_at=timezone.now())
    said = words(content(manager.get(here(plan))))
    assert "Available 1" in said
    assert "Under offer 1" in said
    assert "Écully 2" in said
    assert "House" not in said, "it is listed no more"


def test_what_is_stored_is_ticked(agency, manager):
    plan = plan_of(agency, rules={"statuses": ["available"], "types": ["windmill"], "min_price": "80000.50"})
    estate_of(agency)
    text = content(manager.get(here(plan)))
    assert ticked(text) == ["available", "windmill"]
    assert 'value="80000.50"' in text
    assert "Windmill <" in text, "nobody has one any more, and it can still be taken away"


def test_the_preview_counts_and_shows(agency, plan, manager):
    stays = listing_of(plan, estate=estate_of(agency, city="Lyon"))
    leaves = listing_of(plan, estate=estate_of(agency, city="Nice", images=["https://img.example/1.jpg"]))
    joins = estate_of(agency, city="Lyon", title="Newcomer", images=["https://img.example/2.jpg"])
    text = fragment(plan, manager, cities=["lyon"])
    said = words(text)
    assert "Newly published 1 Stay 1 Left to lapse 1" in said
    assert "Save: add 1, keep 1, let 1 lapse" in said
    assert f"1 of them is online and stays so until {shown(leaves.live_until)}." in said
    assert "https://img.example/1.jpg" in text
    assert "https://img.example/2.jpg" in text
    assert url("listing", agency, stays.pk) in text
    assert f"estates/{joins.pk}/" in text
    assert not Job.objects.for_agency(agency).exists()


def test_the_preview_of_nothing_chosen_is_of_everything(agency, manager):
    plan = plan_of(agency, rules={"cities": ["Nice"]})
    estate_of(agency, city="Lyon")
    assert "No estate meets all of these rules." in words(fragment(plan, manager, cities=["Nice"]))
    assert "Newly published 1 " in words(fragment(plan, manager))


def test_a_page_comes_without_the_preview_and_asks_for_it_at_once(agency, manager):
    plan = plan_of(agency, rules={"cities": ["Nice"]})
    estate_of(agency, city="Nice")
    text = content(manager.get(here(plan)))
    assert ticked(text) == ["Nice"]
    assert 'hx-trigger="load, change' in text
    assert "Newly published" not in text
    tried = content(manager.post(here(plan), {"version": plan.version, "cities": ["Nice"], "try": "yes"}))
    assert "Newly published 1 " in words(tried)
    assert 'hx-trigger="load' not in tried


def test_what_is_never_online_does_not_stay_online(agency, plan, manager):
    listing_of(plan, "held", estate=estate_of(agency, city="Nice"))
    assert "None of them is online." in fragment(plan, manager, cities=["Lyon"])


def test_what_is_always_published_does_not_leave(agency, plan, manager):
    listing_of(plan, estate=estate_of(agency, city="Nice"), hand="always")
    said = words(fragment(plan, manager, cities=["Lyon"]))
    assert "Stay 1 Left to lapse 0" in said
    assert "stays so until" not in said


def test_the_last_day_is_that_of_all_that_leave(agency, plan, manager):
    for number in range(14):
        listing_of(plan, estate=estate_of(agency, city="Nice"), live_until=timezone.now() + days(1 + number))
    last = listing_of(plan, estate=estate_of(agency, city="Nice"), live_until=timezone.now() + days(33))
    listing_of(plan, estate=estate_of(agency, city="Lyon"), live_until=timezone.now() + days(50))
    said = words(fragment(plan, manager, cities=["Lyon"]))
    assert f"15 of them are online, the last until {shown(last.live_until)}." in said
    assert "The first 12 of 15." in said


def test_what_would_be_held_back_is_counted_with_the_reasons(agency, plan, manager):
    """Of one that the forecast knows already, and of two that it has never seen."""
    listing_of(plan, "held", reasons=[["price_missing", "price", ""], ["pictures_none", "images", ""]])
    estate_of(agency, price=None)
    estate_of(agency, offer_type="swap")
    found = preview(plan, agency, Rules())
    assert found.held == 3
    assert [(reason[0], number) for reason, number in found.why] == [
        ("address_half", 2),
        ("price_missing", 2),
        ("offer_unknown", 1),
    ]
    said = words(fragment(plan, manager))
    assert "Afterwards: Held back 3" in said
    assert "3 estates are held back, because Seeki would refuse them as they are." in said
    assert "2 It has no price." in said
    assert "1 Seeki has to know whether it is for sale or to let, and “swap” does not tell." in said
    assert "no pictures" not in said, "which is no reason to refuse it"


def test_the_preview_counts_as_the_plans_page_does(agency, plan, manager):
    """One that is online although the forecast says no is online, and what Seeki refused is not held back."""
    refused = {"verdict": "will_be_refused", "reasons": [["price_missing", "price", ""]]}
    listing_of(plan, "live")
    listing_of(plan, "live", **refused)
    listing_of(plan, "held")
    listing_of(plan, "refused", **refused)
    listing_of(plan, "coming", **refused, insists=True)
    listing_of(plan, "lapsing", hand="never")
    listing_of(plan, "live", estate=False)
    said = words(fragment(plan, manager))
    assert "As before: Refused 1 Held back 1 On its way 1 Online 3" in said
    assert "1 estate is held back" in said
    overview = words(content(manager.get(url("plan", agency, plan.pk))))
    assert "Refused 1 Held back 1 On its way 1 Online 3" in overview


def test_where_nothing_changes_it_says_so(agency, plan, manager):
    listing_of(plan, estate=estate_of(agency, city="Lyon"))
    said = words(fragment(plan, manager, cities=["Lyon"]))
    assert "Nothing changes. Save" in said
    assert "Save:" not in said
    answer = manager.post(here(plan), {"version": 0, "cities": ["Lyon"]}, follow=True)
    assert "Saved: nothing changes." in content(answer)
    plan.refresh_from_db()
    assert plan.rules == {"cities": ["Lyon"]}


def test_rules_that_make_no_sense_have_no_preview(agency, plan, manager):
    text = fragment(plan, manager, min_price="9", max_price="8")
    assert "less than the lower limit" in text
    assert "Save:" not in text


@pytest.mark.parametrize(
    ("typed", "fault"), [("abc", "Enter a number"), ("-1", "greater than or equal to 0")]
)
def test_what_is_typed_wrongly_is_kept(typed, fault, agency, plan, manager):
    estate_of(agency)
    sent = {"version": 0, "statuses": ["available"], "other_cities": "Nice, Menton", "min_price": typed}
    text = content(manager.post(here(plan), sent), 422)
    assert fault in text
    assert f'value="{typed}"' in text
    assert 'value="Nice, Menton"' in text
    assert ticked(text) == ["available"], "what was typed stands in its field, and only there"
    plan.refresh_from_db()
    assert plan.version == 0


def test_without_scripts_a_button_shows_the_preview(agency, plan, manager):
    estate_of(agency, city="Lyon")
    text = content(manager.post(here(plan), {"version": 0, "other_cities": "lyon", "try": "yes"}))
    assert "Newly published 1 " in words(text)
    assert ticked(text) == []
    assert 'value="lyon"' in text
    plan.refresh_from_db()
    assert plan.rules == {}


def test_a_slip_in_a_typed_town_is_told_and_gone_once_it_is_emptied(agency, plan, manager):
    listing_of(plan, estate=estate_of(agency, city="Lyon"))
    sent = {"version": 0, "other_cities": "Lyonn, LYON", "try": "yes"}
    text = content(manager.post(here(plan), sent))
    assert "No estate is in “Lyonn”." in text
    assert "in “LYON”" not in text
    chosen = {"cities": ticked(text), "other_cities": ""}
    assert "No estate is in" not in fragment(plan, manager, **chosen)
    assert "Left to lapse 0" in words(fragment(plan, manager, **chosen))


def test_a_stored_town_that_no_estate_is_in_any_more_is_told_too(agency, manager):
    plan = plan_of(agency, rules={"cities": ["Nice"]})
    estate_of(agency, city="Lyon")
    assert "No estate is in “Nice”." in fragment(plan, manager, cities=["Nice"])
    assert "No estate is in" not in fragment(plan, manager)


def test_saving_names_the_numbers(agency, plan, manager):
    listing_of(plan, estate=estate_of(agency, city="Nice"))
    estate_of(agency, city="Lyon")
    sent = {
        "version": 0,
        "cities": ["Lyon"],
        "other_cities": " Menton ,,",
        "max_price": "1 000 000,50",
        "featured": "",
    }
    answer = manager.post(here(plan), sent, follow=True)
    assert answer.redirect_chain == [(url("plan", agency, plan.pk), 302)]
    assert "Saved: 1 listing is added, 0 stay, 1 is left to lapse." in content(answer)
    plan.refresh_from_db()
    assert plan.rules == {"cities": ["Lyon", "Menton"], "max_price": "1000000.50"}
    assert plan.version == 1
    assert plan.changed_by.email == "manager@martin.example"
    assert AuditEntry.objects.for_agency(agency).filter(action="publication.rules_set").exists()
    assert Job.objects.for_agency(agency).filter(kind="syndication.look").exists()


def test_saving_while_it_is_switched_off_says_so(agency, manager):
    plan = plan_of(agency, active=False)
    answer = manager.post(here(plan), {"version": 0}, follow=True)
    assert "Nothing is sent until you switch publication on." in content(answer)


def test_the_first_rules_of_a_connection_make_its_plan(agency, manager):
    connection = connection_of(agency, "seeki", "Lyon")
    here = url("rules", agency, connection.pk)
    estate_of(agency)
    assert "Newly published 1 " in words(content(manager.get(here, {"version": 0}, headers=FRAGMENT)))
    assert not Plan.objects.for_agency(agency).exists(), "looking makes nothing"
    manager.post(here, {"version": 0, "statuses": ["available"]})
    plan = Plan.objects.for_agency(agency).get()
    assert plan.rules == {"statuses": ["available"]}
    assert not plan.active


def test_who_comes_second_loses_nothing(agency, member, manager):
    plan = plan_of(agency, version=4, rules={"cities": ["Nice"]}, changed_by=member(agency, Role.OWNER))
    estate_of(agency, city="Lyon")
    sent = {"version": 3, "cities": ["Lyon"], "min_price": "5"}
    text = content(manager.post(here(plan), sent), 409)
    assert "Owner Agence Martin has changed the rules meanwhile" in words(text)
    assert "Nice" in text
    assert ticked(text) == ["Lyon"]
    assert 'value="5"' in text
    plan.refresh_from_db()
    assert plan.rules == {"cities": ["Nice"]}
    assert 'name="version" value="4"' in text
    manager.post(here(plan), {**sent, "version": 4})
    plan.refresh_from_db()
    assert plan.rules == {"cities": ["Lyon"], "min_price": "5"}


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_form_that_came_incomplete_saves_nothing(version, agency, plan, manager):
    text = content(manager.post(here(plan), {"version": version, "statuses": ["sold"]}), 422)
    assert "The form came incomplete" in text
    assert ticked(text) == ["sold"]


def test_rules_that_cannot_be_read_are_said_to_be(agency, manager):
    plan = plan_of(agency, rules={"colour": "red"})
    assert "The stored rules cannot be read" in content(manager.get(here(plan)))


# The switch


def test_switching_off_says_what_stays_until_when(agency, plan, manager):
    first = listing_of(plan, live_until=timezone.now() + days(3))
    last = listing_of(plan, live_until=timezone.now() + days(44))
    said = words(content(manager.get(url("switch", agency, plan.pk))))
    assert "2 listings stay online as they are" in said
    assert f"the first until {shown(first.live_until)}" in said
    assert f"the last until {shown(last.live_until)}." in said
    assert "no way to take a listing down sooner" in said


def test_switching_on_says_what_goes_out(agency, manager):
    plan = plan_of(
        agency, active=False, connection=connection_of(agency, "seeki", "Test", environment="sandbox")
    )
    listing_of(plan, "coming")
    said = words(content(manager.get(url("switch", agency, plan.pk))))
    assert "1 listing is due and goes out at once." in said
    assert "refreshed every 30 days" in said
    assert "nothing appears in public" in said


def test_the_switch(agency, plan, manager):
    here = url("switch", agency, plan.pk)
    answer = manager.post(here, {"active": "off"}, follow=True)
    assert "Publication is off." in content(answer)
    plan.refresh_from_db()
    assert not plan.active
    answer = manager.post(here, {"active": "on"}, follow=True)
    assert "Publication is on." in content(answer)
    plan.refresh_from_db()
    assert plan.active
    content(manager.post(here, {"active": "perhaps"}), 422)
    plan.refresh_from_db()
    assert plan.active


def test_without_a_key_it_is_not_switched_on(agency, manager):
    plan = plan_of(
        agency, active=False, connection=connection_of(agency, "seeki", "Old", removed_at=timezone.now())
    )
    answer = manager.post(url("switch", agency, plan.pk), {"active": "on"}, follow=True)
    assert "The key of this connection was deleted" in content(answer)
    plan.refresh_from_db()
    assert not plan.active


def test_the_page_of_many_estates_asks_little(agency, plan, manager, django_assert_max_num_queries):
    for number in range(30):
        listing_of(plan, estate=estate_of(agency, city=f"Town {number}"))
    with django_assert_max_num_queries(26):
        text = content(manager.get(here(plan)))
    assert text.count('name="cities"') == 24

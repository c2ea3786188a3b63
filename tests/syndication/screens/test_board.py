"""The first page and a plan's: what they say first, and where they lead."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.roles import Role
from estates.jobs.models import Job
from estates.syndication.models import Batch, Feed, ListingEvent
from tests.syndication.screens.conftest import content, url, words
from tests.syndication.screens.making import connection_of, days, estate_of, listing_of, plan_of, shown


def page_of(plan, client) -> str:
    return content(client.get(url("plan", plan.agency, plan.pk)))


def test_without_a_key_the_page_says_what_to_do(agency, browser):
    text = content(browser(agency).get(url("index", agency)))
    assert "Seeki is not connected yet" in text
    assert "/connections/add" in text
    text = content(browser(agency, Role.AGENT).get(url("index", agency)))
    assert "Ask an owner" in text
    assert "/connections/add" not in text
    assert url("feeds", agency) in text
    assert url("outlets", agency) in text


def test_with_one_connection_the_first_page_is_its_plan(agency, plan, listing, browser):
    text = content(browser(agency).get(url("index", agency)))
    assert "What there is" in text
    assert url("switch", agency, plan.pk) in text


def test_a_connection_without_a_plan_asks_to_choose(agency, browser):
    connection = connection_of(agency, "seeki", "Lyon")
    text = content(browser(agency, Role.MANAGER).get(url("index", agency)))
    assert "Nothing was ever published with this key" in text
    assert url("rules", agency, connection.pk) in text
    text = content(browser(agency, Role.VIEWER).get(url("index", agency)))
    assert url("rules", agency, connection.pk) not in text
    assert "A manager of the agency chooses" in text


def test_with_several_each_has_a_card(agency, plan, browser):
    other = plan_of(agency, "Nice", active=False)
    for name in ("live", "live", "lapsing", "refused", "held"):
        listing_of(plan, name)
    text = words(content(browser(agency).get(url("index", agency))))
    assert "Seeki Import · Lyon" in text
    assert "Seeki Import · Nice" in text
    assert "Online now 3 Refused 1 Held back 1 Left to lapse 1" in text
    assert "Switched off" in text
    client = browser(agency)
    assert f'href="{url("plan", agency, other.pk)}"' in content(client.get(url("index", agency)))
    assert "What there is" in page_of(other, client)


def test_a_removed_connection_is_shown_while_something_is_online(agency, plan, browser):
    gone = plan_of(agency, "Old", connection=connection_of(agency, "seeki", "Old", removed_at=timezone.now()))
    client = browser(agency)
    assert "Seeki Import · Old" not in content(client.get(url("index", agency)))
    row = listing_of(gone)
    text = words(content(client.get(url("index", agency))))
    assert "Key deleted" in text
    assert f"1 listing is not refreshed any more and lapses on {shown(row.live_until)}." in text
    text = page_of(gone, client)
    assert url("switch", agency, gone.pk) not in text
    assert url("look", agency, gone.pk) not in text


def test_what_needs_somebody_stands_first(agency, plan, browser):
    refused = listing_of(plan, "refused")
    listing_of(plan, "refused", code="BRAND_NEW", words="a new fault")
    held = listing_of(plan, "held")
    soon = listing_of(plan, live_until=timezone.now() + days(5))
    listing_of(plan)
    text = page_of(plan, browser(agency))
    said = words(text)
    assert (
        said.index("lapse within 14 days") < said.index("Refused by Seeki") < said.index("Held back: Seeki")
    )
    assert "Seeki does not find the address" in said
    assert "address not found" in said
    assert "a new fault" in said
    assert "It has no price." in said
    assert f"Online until {shown(soon.live_until)}" in said
    for row in (refused, held, soon):
        assert url("listing", agency, row.pk) in text
    for standing in ("refused", "held", "soon"):
        assert f"{url('listings', agency, plan.pk)}?standing={standing}" in text


def test_a_refusal_that_the_forecast_knows_is_said_in_its_words(agency, plan, browser):
    listing_of(plan, "refused", code="VALIDATION_FAILED", words="price: Required")
    listing_of(plan, "refused", code="VALIDATION_FAILED", words="floorage: Expected number")
    said = words(page_of(plan, browser(agency)))
    assert "It has no price. Seeki takes no listing “on request”. price: Required" in said
    assert "Seeki does not accept what it says floorage: Expected number" in said


def refused_sending(plan, **fields) -> Job:
    given = {"status": "failed", "error_kind": "refused", "error": "400: malformed"} | fields
    return Job.objects.create(
        agency=plan.agency,
        kind="syndication.send",
        subject=f"plan:{plan.pk}",
        finished_at=timezone.now(),
        **given,
    )


@pytest.mark.parametrize("kind", ["refused", "toolarge"])
def test_that_seeki_refuses_everything_is_said_with_what_is_safe_and_what_to_do(agency, plan, browser, kind):
    job = refused_sending(plan, error_kind=kind)
    Batch.objects.create(agency=agency, plan=plan, job=job, items=4, size=9, words="malformed")
    text = page_of(plan, browser(agency))
    said = words(text)
    assert "Seeki refused every request of the last sending, so nothing was sent." in said
    assert "they stay in line and are sent again within an hour. What is online stays so" in said
    assert "“400: malformed”" in said
    assert said.index("refused every request") < said.index("What is happening")
    assert f"/jobs/{job.pk}/" in text


@pytest.mark.parametrize("fields", [{"error_kind": "unreachable"}, {"status": "done"}, {"status": "running"}])
def test_not_for_another_end(agency, plan, browser, fields):
    refused_sending(plan, **fields)
    assert "refused every request" not in page_of(plan, browser(agency))


def test_nor_where_something_passed_or_publication_is_off_or_it_is_over(agency, plan, browser):
    job, client = refused_sending(plan), browser(agency)
    batch = Batch.objects.create(agency=agency, plan=plan, job=job, items=4, size=9)
    assert "refused every request" in page_of(plan, client)
    type(plan).objects.for_agency(agency).update(active=False)
    assert "refused every request" not in page_of(plan, client)
    type(plan).objects.for_agency(agency).update(active=True)
    Batch.objects.for_agency(agency).filter(pk=batch.pk).update(answered_at=timezone.now())
    assert "refused every request" not in page_of(plan, client)
    Batch.objects.for_agency(agency).update(answered_at=None)
    refused_sending(plan, status="done", error_kind="")
    assert "refused every request" not in page_of(plan, client)


def test_only_the_first_of_each_trouble_are_shown(agency, plan, browser):
    for _ in range(7):
        listing_of(plan, "held")
    text = page_of(plan, browser(agency))
    assert text.count("It has no price.") == 4
    assert "All 7" in text


def test_nothing_is_wrong(agency, plan, listing, browser):
    said = words(page_of(plan, browser(agency)))
    for trouble in (
        "Refused by Seeki",
        "Held back: Seeki",
        "within 14 days",
        "switched off while",
        "accept the key",
    ):
        assert trouble not in said
    assert f"in the night to {shown(listing.due_at)}" in said


def test_switched_off_while_something_is_online(agency, browser):
    plan = plan_of(agency, active=False)
    first = listing_of(plan, live_until=timezone.now() + days(5))
    last = listing_of(plan, live_until=timezone.now() + days(50))
    said = words(page_of(plan, browser(agency)))
    assert "Publication is switched off while listings are online." in said
    assert f"the first lapses on {shown(first.live_until)}, the last on {shown(last.live_until)}." in said
    assert "none: publication is switched off" in said
    assert "within 14 days" not in said


@pytest.mark.parametrize(
    ("state", "said"), [("refused", "does not accept the key any more"), ("failing", "could not be reached")]
)
def test_a_key_that_fails(state, said, agency, browser):
    connection = connection_of(agency, "seeki", "Lyon", state=state, last_answer="401 invalid key")
    plan = plan_of(agency, connection=connection)
    text = page_of(plan, browser(agency))
    assert said in text
    assert "401 invalid key" in text


def test_a_feed_that_asks(agency, plan, browser):
    feed = Feed.objects.create(
        agency=agency, plan=plan, name="export.zip", size=1, sha256="0", missing=12, removal="asking"
    )
    text = page_of(plan, browser(agency))
    assert "12 listings" in words(text)
    assert url("feed", agency, feed.pk) in text


def job_of(plan, kind, **fields) -> Job:
    return Job.objects.create(
        agency=plan.agency, kind=kind, subject=f"plan:{plan.pk}", title=str(plan), **fields
    )


def test_what_is_happening(agency, plan, browser):
    now = timezone.now()
    job_of(plan, "syndication.send", status="running", phase="sending", done=120, total=412)
    job_of(plan, "syndication.poll", status="failed", error="timed out", finished_at=now)
    job_of(plan, "syndication.look", status="done", finished_at=now)
    Job.objects.create(
        agency=agency, kind="syndication.send", subject="plan:0", status="failed", error="elsewhere"
    )
    text = page_of(plan, browser(agency))
    assert "120 / 412" in text
    assert "timed out" in text
    assert "elsewhere" not in text
    assert "data-reload-when-finished" in text


def test_what_went_well_is_shown_for_an_hour(agency, plan, browser):
    job = job_of(plan, "syndication.send", status="done", finished_at=timezone.now() - timedelta(minutes=50))
    ended = job_of(plan, "syndication.poll", status="done", finished_at=timezone.now())
    client = browser(agency)
    assert f"job-{job.pk}" in page_of(plan, client)
    assert f"job-{ended.pk}" not in page_of(plan, client), "Seeki is asked all the time"
    Job.objects.for_agency(agency).update(finished_at=timezone.now() - timedelta(minutes=61))
    text = page_of(plan, client)
    assert f"job-{job.pk}" not in text
    assert "Nothing at the moment." in text
    assert "data-reload-when-finished" not in text


def test_asking_seeki_alone_does_not_reload_the_page(agency, plan, browser):
    job_of(plan, "syndication.poll", status="running")
    assert "data-reload-when-finished" not in page_of(plan, browser(agency))


def test_the_counts_lead_to_the_list(agency, plan, browser):
    for name in ("live", "live", "lapsed", "out", "coming"):
        listing_of(plan, name)
    text = page_of(plan, browser(agency))
    for standing, number in (("live", 2), ("lapsed", 1), ("out", 1), ("coming", 1), ("held", 0)):
        row = text[text.index(f'?standing={standing}">', text.index("plan-parts")) :]
        assert f'<td class="number">{number}</td>' in row[: row.index("</tr>")]


def test_how_often_the_forecast_was_right(agency, plan, listing, browser):
    client = browser(agency)
    assert "That is known once Seeki has answered" in page_of(plan, client)
    for what, predicted, number in (
        ("published", "ready", 6),
        ("refused", "better", 1),
        ("published", "will_be_refused", 2),
    ):
        for _ in range(number):
            ListingEvent.objects.create(listing=listing, what=what, predicted=predicted)
    said = words(page_of(plan, client))
    assert "66 % of 9 answers in the last 90 days" in said
    assert (
        "As foretold 6 Refused, though it looked ready 1 Published, though a refusal was foretold 2" in said
    )


def test_one_wrong_forecast_in_many_is_not_rounded_away(agency, plan, listing, browser):
    ListingEvent.objects.bulk_create(
        [ListingEvent(listing=listing, what="published", predicted="ready") for _ in range(400)]
    )
    ListingEvent.objects.create(listing=listing, what="refused", predicted="ready")
    assert "99 % of 401 answers" in words(page_of(plan, browser(agency)))


def test_the_last_requests(agency, plan, browser):
    client = browser(agency)
    assert "Nothing was sent yet." in page_of(plan, client)
    Batch.objects.create(
        agency=agency, plan=plan, items=4321, size=2_500_000, accepted=4300, rejected=20, unanswered=1,
        answered_at=timezone.now(),
    )  # fmt: skip
    Batch.objects.create(agency=agency, plan=plan, items=7, size=10, words="timed out")
    said = words(page_of(plan, client))
    assert "4,321" in said
    assert "2.4 MB 4,300 20" in said
    assert "1 listing was not named in the answer" in said
    assert "timed out" in said
    assert "no answer" in said


def test_the_rules_in_words(agency, browser):
    client = browser(agency)
    plan = plan_of(agency)
    assert "Every estate that Ts-Immo lists" in page_of(plan, client)
    rules = {"statuses": ["under_offer"], "cities": ["Écully"], "min_price": "80000.00", "featured": True}
    plan.__class__.objects.for_agency(agency).update(rules=rules)
    said = words(page_of(plan, client))
    for each in ("Under offer", "Écully", "≥ 80,000", "Only featured estates"):
        assert each in said
    plan.__class__.objects.for_agency(agency).update(rules={"later": 1})
    assert "The stored rules cannot be read" in page_of(plan, client)


def test_nobody_changes_what_only_managers_may(agency, plan, browser):
    text = page_of(plan, browser(agency, Role.AGENT))
    assert url("switch", agency, plan.pk) not in text
    assert url("look", agency, plan.pk) in text
    assert url("look", agency, plan.pk) not in page_of(plan, browser(agency, Role.VIEWER))


def test_looking_now(agency, plan, browser):
    answer = browser(agency, Role.AGENT).post(url("look", agency, plan.pk))
    assert answer.headers["Location"] == url("plan", agency, plan.pk)
    job = Job.objects.for_agency(agency).get(kind="syndication.look")
    assert job.asked_by.email == "agent@martin.example"
    assert "disabled" in page_of(plan, browser(agency))


def test_the_plan_leads_to_the_estates_that_its_rules_do_not_choose(agency, plan, listing, browser):
    client = browser(agency)
    assert "standing=unchosen" not in page_of(plan, client)
    estate_of(agency)
    estate_of(agency)
    cache.clear()  # the number may be a minute old
    text = page_of(plan, client)
    assert "2 estates are not chosen by the rules" in words(text)
    assert f'{url("listings", agency, plan.pk)}?standing=unchosen"' in text


def test_questions_do_not_grow_with_the_listings(agency, plan, browser, django_assert_max_num_queries):
    client = browser(agency)
    for name in ("live", "refused", "held"):
        for _ in range(12):
            listing_of(plan, name, live_until=timezone.now() + days(4))
    estate_of(agency)
    with django_assert_max_num_queries(22):
        page_of(plan, client)
    plan_of(agency, "Nice")
    with django_assert_max_num_queries(20):
        client.get(url("index", agency))

"""One listing, and the same on its estate's page: where it stands, and what a person may decide."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job
from estates.syndication.models import Feed, FeedItem, ListingEvent, Plan
from tests.syndication.screens.conftest import content, url, words
from tests.syndication.screens.making import connection_of, days, estate_of, listing_of, plan_of, shown


@pytest.fixture
def agent(agency, browser):
    return browser(agency, Role.AGENT)


def page(row, client) -> str:
    return content(client.get(url("listing", row.agency, row.pk)))


SOON, LATER = days(4), days(12)
SENTENCES = [
    ("live", {}, True, "Online until {until}, refreshed in the night to {due}."),
    ("live", {}, False, "Online until {until}. It is not refreshed: publication is switched off."),
    ("live", {"stage": "due"}, True, "Online until {until}. It has changed, and what is new goes out"),
    (
        "live",
        {"stage": "due", "due_at": -SOON},
        True,
        "It is in line and goes to Seeki within a minute or two.",
    ),
    ("live", {"stage": "processing"}, True, "Online until {until}. What is new is on its way."),
    ("live", {"due_at": None}, True, "Online until {until}."),
    ("refused", {}, True, "Seeki refused it, and it is not online. It is sent again as soon as it changes."),
    (
        "refused",
        {"live_until": LATER, "due_at": SOON},
        True,
        "What was published before stays online until {until}.",
    ),
    ("refused", {"live_until": LATER, "due_at": SOON}, True, "It is tried again by itself on {due}"),
    ("held", {}, True, "Nothing was sent: Seeki would refuse it as it is."),
    ("coming", {"due_at": -SOON}, True, "It is in line and goes to Seeki within a minute or two."),
    (
        "coming",
        {"due_at": -SOON, "tries": 2},
        True,
        "It is in line and goes to Seeki within a minute or two.",
    ),
    ("coming", {"due_at": SOON}, True, "It is in line and goes out with the next sending."),
    ("coming", {}, False, "It would be published, but publication is switched off."),
    ("coming", {"stage": "sending"}, True, "It is being sent to Seeki."),
    ("coming", {"stage": "processing"}, True, "Seeki has taken it in and is at work on it."),
    ("coming", {"tries": 2, "due_at": SOON}, True, "It is sent again in 4 days, by itself."),
    ("coming", {"live_until": -LATER}, True, "It was online until {until}."),
    ("lapsing", {}, True, "Online until {until}. It is not refreshed any more and then lapses by itself."),
    ("lapsed", {}, True, "It lapsed on {until} and is not published any more."),
    ("out", {}, True, "It is not published: the rules do not choose it."),
    ("out", {"hand": "never"}, True, "It is not published: somebody decided so by hand."),
]


@pytest.mark.parametrize(("name", "fields", "active", "sentence"), SENTENCES)
def test_where_it_stands_in_one_sentence(name, fields, active, sentence, agency, browser):
    now = timezone.now() + days(0.001)
    fields = {key: now + value if isinstance(value, timedelta) else value for key, value in fields.items()}
    row = listing_of(plan_of(agency, active=active), name, **fields)
    said = words(page(row, browser(agency)))
    assert sentence.format(until=shown(row.live_until), due=shown(row.due_at)) in said


def test_one_that_ts_immo_dropped(agency, plan, browser):
    row = listing_of(plan, "out", estate_of(agency, gone_at=timezone.now()))
    assert "Ts-Immo does not list it any more" in words(page(row, browser(agency)))


def test_days_are_marked_as_such(agency, plan, listing, browser):
    text = page(listing, browser(agency))
    assert f'<time datetime="{listing.live_until.isoformat()}"' in text


def test_the_forecast_says_why_and_what_to_do(agency, plan, browser):
    reasons = [
        ["price_missing", "price", ""],
        ["pictures_silent", "images", "2/7"],
        ["from_the_future", "", "x"],
    ]
    row = listing_of(plan, "held", reasons=reasons)
    text = page(row, browser(agency))
    said = words(text)
    assert "Refused for this: It has no price." in said
    assert "Mend it in Ts-Immo" in said
    assert "Some pictures do not answer (2/7)" in said
    assert "from_the_future x" in said
    assert reverse("catalogue:detail", args=[agency.slug, row.estate_id]) in text


def test_without_reasons_the_forecast_is_good_or_unknown(agency, plan, browser):
    client = browser(agency)
    assert "Nothing speaks against it." in page(listing_of(plan), client)
    assert "It was not looked at yet." in page(listing_of(plan, verdict=""), client)
    assert "said on its page before it is sent" in page(listing_of(plan, estate=False, verdict=""), client)


def test_what_seeki_answered(agency, plan, browser):
    client = browser(agency)
    said = words(page(listing_of(plan, "refused", words="<b>no such street</b>"), client))
    assert "Seeki does not find the address" in said
    assert "GEOCODE_ADDRESS_NOT_FOUND" in said
    assert "In its own words: “<b>no such street</b>”" in said
    assert "it goes out again by itself with the next sync" in said
    assert "It was published." in page(listing_of(plan), client)
    assert "It was never sent." in page(listing_of(plan, "coming"), client)
    assert "Nothing yet." in page(listing_of(plan, "coming", sent_at=timezone.now()), client)


def test_what_came_in_a_file_is_mended_there(agency, plan, browser):
    client = browser(agency)
    said = words(page(listing_of(plan, "refused", estate=False), client))
    assert "Mend it in the software that exports the file" in said
    assert "Ts-Immo" not in said
    said = words(page(listing_of(plan, "refused", estate=False, code="INVALID_KEY"), client))
    assert "Look at the key" in said
    assert "Mend it" not in words(page(listing_of(plan, "refused", code="BRAND_NEW"), client))


def test_its_history(agency, plan, listing, browser):
    ListingEvent.objects.create(listing=listing, what="by_hand", words="never")
    ListingEvent.objects.create(
        listing=listing, what="refused", predicted="ready", code="X_1", words="own words"
    )
    ListingEvent.objects.create(listing=listing, what="published", predicted="will_be_refused")
    ListingEvent.objects.create(listing=listing, what="refused", predicted="will_be_refused")
    text = page(listing, browser(agency))
    said = words(text)
    assert "Decided by hand Never publish" in said
    assert "X_1" in said
    assert "own words" in said
    assert said.count("The forecast had not seen it coming.") == 1
    assert said.count("A refusal was foretold.") == 1


def test_a_listing_of_a_feed_leads_to_its_file(agency, plan, browser):
    feed = Feed.objects.create(agency=agency, plan=plan, name="a.xml", size=1, sha256="0")
    item = FeedItem.objects.create(agency=agency, feed=feed, ordinal=0, line=1, state="accepted")
    row = listing_of(plan, estate=False, feed_item=item)
    assert url("feed", agency, feed.pk) in page(row, browser(agency))


def test_never_says_until_when_it_stays(agency, plan, listing, browser):
    client = browser(agency)
    assert f"It stays online until {shown(listing.live_until)}: Seeki has no way" in words(
        page(listing, client)
    )
    assert "It is not sent any more." in page(listing_of(plan, "out"), client)


def test_deciding_by_hand(agency, plan, listing, agent):
    answer = agent.post(url("hand", agency, listing.pk), {"hand": "never"}, follow=True)
    assert answer.redirect_chain == [(url("listing", agency, listing.pk), 302)]
    assert "Decided." in content(answer)
    listing.refresh_from_db()
    assert (listing.hand, listing.wanted) == ("never", False)
    assert AuditEntry.objects.for_agency(agency).filter(action="listing.by_hand").exists()
    text = page(listing, agent)
    assert 'value="never" checked' in text
    agent.post(url("hand", agency, listing.pk), {"hand": ""})
    listing.refresh_from_db()
    assert (listing.hand, listing.wanted) == ("", True)


@pytest.mark.parametrize("sent", [{}, {"hand": "sometimes"}])
def test_a_decision_that_is_none(sent, agency, plan, listing, agent):
    answer = agent.post(url("hand", agency, listing.pk), sent, follow=True)
    assert "nothing was changed" in content(answer)
    listing.refresh_from_db()
    assert listing.hand == ""


def test_sending_now(agency, plan, listing, agent):
    assert "Send it now" in page(listing, agent)
    answer = agent.post(url("send", agency, listing.pk), follow=True)
    text = words(content(answer))
    assert text.count("It is in line and goes to Seeki within a minute or two.") == 2, (
        "the banner and the card"
    )
    assert "Send it now" not in text
    listing.refresh_from_db()
    assert listing.stage == "due"
    assert Job.objects.for_agency(agency).filter(kind="syndication.send").exists()


def test_sending_what_would_be_refused_takes_insisting(agency, plan, agent):
    row = listing_of(plan, "held")
    text = page(row, agent)
    assert "Send it anyway, once" in text
    assert "Send it now" not in text
    answer = agent.post(url("send", agency, row.pk), follow=True)
    assert "Seeki will refuse it as it is." in content(answer)
    row.refresh_from_db()
    assert row.stage == "held"
    agent.post(url("send", agency, row.pk), {"insist": "yes"})
    row.refresh_from_db()
    assert (row.stage, row.insists) == ("due", True)


@pytest.mark.parametrize(
    ("name", "fields", "active", "follows"),
    [
        ("coming", {}, True, True),
        ("coming", {"stage": "sending"}, True, True),
        ("live", {"stage": "processing"}, True, True),
        ("coming", {}, False, False),
        ("coming", {"due_at": None}, True, False),
        ("live", {}, True, False),
        ("held", {}, True, False),
    ],
)
def test_the_page_follows_what_is_on_its_way(name, fields, active, follows, agency, agent):
    """Until it has an answer, and meanwhile there is no button to send it once more."""
    row = listing_of(plan_of(agency, active=active), name, **fields)
    text = page(row, agent)
    assert ('hx-trigger="every 5s"' in text) == follows
    assert (url("send", agency, row.pk) in text) == (active and not follows)
    assert 'id="history"' in text


@pytest.mark.parametrize(("name", "active"), [("lapsing", True), ("live", False)])
def test_what_cannot_be_sent_has_no_button(name, active, agency, agent):
    row = listing_of(plan_of(agency, active=active), name)
    assert url("send", agency, row.pk) not in page(row, agent)
    answer = agent.post(url("send", agency, row.pk), follow=True)
    assert "alert-warning" in content(answer)
    assert not Job.objects.for_agency(agency).exists()


def test_a_reader_decides_nothing(agency, plan, listing, browser):
    text = page(listing, browser(agency, Role.VIEWER))
    assert "<form" not in text
    assert "Agents of the agency decide by hand." in text


def test_one_listing_asks_little(agency, plan, listing, browser, django_assert_max_num_queries):
    for _ in range(20):
        ListingEvent.objects.create(listing=listing, what="sent")
    client = browser(agency)
    with django_assert_max_num_queries(9):
        page(listing, client)


# On the estate's page


def fragment(estate, client) -> str:
    return content(client.get(url("of_estate", estate.agency, estate.pk)))


def test_the_estates_page_asks_for_it(agency, plan, listing, browser):
    text = (
        browser(agency)
        .get(reverse("catalogue:detail", args=[agency.slug, listing.estate_id]))
        .content.decode()
    )
    assert (
        f'hx-get="{url("of_estate", agency, listing.estate_id)}" hx-trigger="load" hx-swap="outerHTML"'
        in text
    )


def test_without_seeki_there_is_nothing_to_show(agency, browser):
    estate, client = estate_of(agency), browser(agency)
    assert fragment(estate, client).strip() == ""
    plan_of(agency, connection=connection_of(agency, "seeki", "Old", removed_at=timezone.now()))
    assert fragment(estate, client).strip() == ""


def test_a_line_for_each_plan(agency, plan, browser):
    estate = estate_of(agency)
    row = listing_of(plan, "held", estate)
    other = plan_of(agency, "Nice")
    text = fragment(estate, browser(agency))
    said = words(text)
    assert "Seeki Import · Lyon Held back Nothing was sent" in said
    assert "It has no price." in said
    assert "Seeki Import · Nice Not chosen The rules do not choose it." in said
    assert url("listing", agency, row.pk) in text
    assert f'name="plan" value="{other.pk}"' in text
    Plan.objects.for_agency(agency).update(looked_at=None)
    assert "was not looked through yet" in fragment(estate, browser(agency))


def test_what_was_refused_says_why(agency, plan, browser):
    row = listing_of(plan, "refused")
    said = words(fragment(row.estate, browser(agency)))
    assert "Seeki does not find the address address not found" in said


def test_many_reasons_are_cut(agency, plan, browser):
    reasons = [
        [code, "", ""] for code in ("price_missing", "pictures_none", "name_missing", "contact_missing")
    ]
    row = listing_of(plan, "held", reasons=reasons)
    said = words(fragment(row.estate, browser(agency)))
    assert "It has no title." in said
    assert "and 1 more" in said
    assert "names nobody" not in said


def test_deciding_on_the_estates_page(agency, plan, agent):
    estate = estate_of(agency)
    here = url("estate_hand", agency, estate.pk)
    answer = agent.post(here, {"plan": plan.pk, "hand": "always"})
    assert answer.headers["Location"] == reverse("catalogue:detail", args=[agency.slug, estate.pk])
    row = plan.listings.get()
    assert (row.estate, row.hand, row.wanted) == (estate, "always", True)
    assert 'value="always" checked' in fragment(estate, agent)


def test_what_is_gone_cannot_be_decided_about(agency, plan, agent, browser):
    row = listing_of(plan, "lapsing", estate_of(agency, gone_at=timezone.now()))
    text = fragment(row.estate, agent)
    assert "Online until" in text
    assert "<form" not in text
    estate = estate_of(agency)
    assert "<form" not in fragment(estate, browser(agency, Role.VIEWER))


def test_the_fragment_asks_little(agency, plan, browser, django_assert_max_num_queries):
    estate = estate_of(agency)
    listing_of(plan, "held", estate)
    for number in range(3):
        listing_of(plan_of(agency, f"Town {number}"), "live", estate)
    client = browser(agency)
    with django_assert_max_num_queries(8):
        fragment(estate, client)

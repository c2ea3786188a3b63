"""The pages of support, as people of every role see and use them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job, Status
from support.mirror.mirror import KIND
from support.models import Attachment, Delivery, Draft, Following, Message, Ticket
from support.pages.standing import BADGES, standing_of
from support.pages.thread import AT_ONCE, linked
from support.states import Turn
from support.writing import SEND
from tests.support import making

pytestmark = pytest.mark.django_db

PAGES = ["index", "new", "detail", "thread", "close", "drop_draft"]
READERS = ["index", "detail", "thread", "watch", "read_all"]
POST_ONLY = [
    "read_all",
    "look",
    "save_draft",
    "comment",
    "save_comment_draft",
    "read",
    "resume",
    "watch",
    "send_again",
    "arrived",
]
OF_A_TICKET = ["detail", "thread", "comment", "save_comment_draft", "close", "read", "resume", "watch"]
OF_A_MESSAGE = ["send_again", "arrived"]
WRITERS = [
    "new",
    "save_draft",
    "drop_draft",
    "comment",
    "save_comment_draft",
    "close",
    "look",
    "read",
    "resume",
    "send_again",
    "arrived",
]
EVERY = sorted({*PAGES, *POST_ONLY})


@pytest.fixture
def account(agency):
    return making.connection(agency)


@pytest.fixture
def site(account):
    return making.site(account)


@pytest.fixture
def ticket(account, site, member, agency):
    found = making.ticket(
        account, site=site, state="PENDING", remote_id="T-1", reporter="Jeanne", opened_by=member(agency)
    )
    making.message(found, opens=True, author=member(agency), author_name="Jeanne", text="Rien ne va.")
    return found


@pytest.fixture
def client(browser, agency):
    return browser(agency, Role.AGENT)


def url(name, agency, *pk):
    return reverse(f"support:{name}", args=[agency.slug, *pk])


def address(name, ticket, message=None) -> str:
    pk = (
        [ticket.pk]
        if name in OF_A_TICKET
        else [message or ticket.messages.first().pk]
        if name in OF_A_MESSAGE
        else []
    )
    return url(name, ticket.agency, *pk)


def page(client, ticket) -> str:
    answer = client.get(url("detail", ticket.agency, ticket.pk))
    assert answer.status_code == 200
    return content(answer)


def content(answer) -> str:
    text = answer.content.decode()
    return text[text.index('id="content"') :]


def fresh(row):
    return type(row).objects.for_agency(row.agency).get(pk=row.pk)


def changed(ticket, **fields) -> Ticket:
    Ticket.objects.for_agency(ticket.agency).filter(pk=ticket.pk).update(**fields)
    return fresh(ticket)


def answered(ticket, text="Voilà", **fields) -> Message:
    said = making.message(
        ticket,
        **{
            "from_support": True,
            "author_name": "Clara",
            "text": text,
            "written_at": timezone.now() + timedelta(1),
        }
        | fields,
    )
    changed(ticket, news=said.pk)
    return said


# Who may do what, everywhere


@pytest.mark.parametrize("name", PAGES)
def test_every_page_works(ticket, client, name):
    assert client.get(address(name, ticket)).status_code == 200
    assert client.head(address(name, ticket)).status_code == 200


@pytest.mark.parametrize("name", EVERY)
def test_outsiders_and_strangers(ticket, other_agency, browser, client, name):
    where, outsider = address(name, ticket), browser(other_agency)
    for answer in (outsider.get(where), outsider.post(where)):
        assert answer.status_code in (404, 405)
    ask = outsider.post if name in POST_ONLY else outsider.get
    assert ask(where).status_code == 404
    client.logout()
    answer = client.post(where) if name in POST_ONLY else client.get(where)
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", WRITERS)
def test_viewers_only_read(ticket, browser, name):
    viewer = browser(ticket.agency, Role.VIEWER)
    assert viewer.post(address(name, ticket), {"text": "x"}).status_code == 403
    assert ticket.messages.count() == 1
    assert not Job.objects.for_agency(ticket.agency).exists()


@pytest.mark.parametrize("name", READERS)
def test_viewers_read_and_mind_their_own_mails(ticket, browser, name):
    viewer = browser(ticket.agency, Role.VIEWER)
    ask = viewer.post if name in POST_ONLY else viewer.get
    assert ask(address(name, ticket)).status_code in (200, 302)


@pytest.mark.parametrize("name", POST_ONLY)
def test_buttons_are_not_links(ticket, client, name):
    assert client.get(address(name, ticket)).status_code == 405
    assert client.put(address(name, ticket)).status_code == 405


@pytest.mark.parametrize("name", ["index", "detail", "thread"])
def test_pages_take_nothing(ticket, client, name):
    assert client.post(address(name, ticket)).status_code == 405


@pytest.mark.parametrize("name", OF_A_TICKET + OF_A_MESSAGE)
def test_foreign_and_missing_ids(ticket, other_agency, client, name):
    foreign = making.ticket(making.connection(other_agency), state="PENDING")
    message = making.message(foreign, delivery=Delivery.REFUSED)
    ask = client.post if name in POST_ONLY else client.get
    for pk in (message.pk if name in OF_A_MESSAGE else foreign.pk, 999_999):
        given = {"text": "x", "version": 1}
        assert ask(url(name, ticket.agency, pk), given).status_code == 404
    assert fresh(message).delivery == Delivery.REFUSED


def test_the_navigation_leads_here(agency, client):
    assert (
        f'href="{url("index", agency)}" aria-current="page"'
        in client.get(url("index", agency)).content.decode()
    )


# A new ticket


def test_without_a_site_there_is_nothing_to_ask_about(agency, client, browser):
    shown = content(client.get(url("new", agency)))
    assert "Support at Ts-Immo answers questions about a site." in shown
    assert "<form" not in shown
    assert content(client.post(url("new", agency), {"text": "x"})) == shown
    assert reverse("wordpress:add", args=[agency.slug]) in content(browser(agency).get(url("new", agency)))


def test_the_only_site_is_chosen_already(agency, site, client):
    assert f'<option value="{site.pk}" selected>' in content(client.get(url("new", agency)))


def test_of_several_sites_the_one_last_asked_about_is_chosen(agency, account, site, client, member):
    other = making.site(account, domain="www.lyon.example")
    assert (
        "selected"
        not in content(client.get(url("new", agency))).partition("</select>")[0].partition("Choose a site")[2]
    )
    making.ticket(account, site=other, opened_by=member(agency, Role.AGENT))
    assert f'<option value="{other.pk}" selected>' in content(client.get(url("new", agency)))


def test_what_was_typed_survives_an_error(agency, site, client):
    form = client.get(url("new", agency)).context
    given = {
        "token": form["draft"].token,
        "site": "",
        "subject": "Les <photos>",
        "text": " Rien\r\nne va ",
        "follows": "",
    }
    answer = client.post(url("new", agency), given)
    shown = content(answer)
    assert answer.status_code == 422
    assert 'value="Les &lt;photos&gt;"' in shown
    assert " Rien\r\nne va </textarea>" in shown or " Rien\nne va </textarea>" in shown
    assert shown.count("invalid-feedback") == 1
    draft = Draft.objects.for_agency(agency).get()
    assert (draft.subject, draft.text) == ("Les <photos>", " Rien\nne va ")
    assert not Ticket.objects.for_agency(agency).exists()


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"subject": ""}, ["subject"]),
        ({"subject": "x" * 201}, ["subject"]),
        ({"subject": " \u202e "}, ["subject"]),
        ({"text": ""}, ["text"]),
        ({"text": "x" * 20_001}, ["text"]),
        ({"text": " \n "}, ["__all__"]),
        ({"site": "x"}, ["site"]),
        ({"site": "999999"}, ["site"]),
    ],
)
def test_what_is_wrong_stands_at_its_field(agency, site, client, fields, errors):
    token = client.get(url("new", agency)).context["draft"].token
    given = {"token": token, "site": site.pk, "subject": "Photos", "text": "Rien"} | fields
    answer = client.post(url("new", agency), given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == errors
    assert not Ticket.objects.for_agency(agency).exists()


def test_a_site_whose_key_was_deleted(agency, account, site, client):
    account.removed_at = timezone.now()
    account.save()
    token = client.get(url("new", agency)).context["draft"].token
    answer = client.post(
        url("new", agency), {"token": token, "site": site.pk, "subject": "Photos", "text": "Rien"}
    )
    assert answer.status_code == 422
    assert "The key of this site&#x27;s Ts-Immo account was deleted." in content(answer)
    assert Draft.objects.for_agency(agency).get().text == "Rien"


def test_a_foreign_site_is_none(agency, other_agency, site, client):
    foreign = making.site(making.connection(other_agency), domain="www.riviera.example")
    token = client.get(url("new", agency)).context["draft"].token
    answer = client.post(
        url("new", agency), {"token": token, "site": foreign.pk, "subject": "a", "text": "b"}
    )
    assert answer.status_code == 422
    assert "riviera" not in content(answer)


def test_a_ticket_that_refers_to_another(ticket, client):
    agency = ticket.agency
    form = client.get(f"{url('new', agency)}?follows={ticket.pk}")
    assert f'name="follows" value="{ticket.pk}"' in content(form)
    assert f'<option value="{ticket.site_id}" selected>' in content(form)
    given = {"token": form.context["draft"].token, "site": ticket.site_id, "subject": "a", "text": "b"}
    answer = client.post(url("new", agency), given | {"follows": ticket.pk})
    made = Ticket.objects.for_agency(agency).get(subject="a")
    assert made.follows == ticket
    assert "Refers to" in content(client.get(answer["Location"]))


def test_what_it_refers_to_is_kept_with_the_draft_and_can_be_taken_away(ticket, client):
    agency = ticket.agency
    token = client.get(url("new", agency)).context["draft"].token
    client.post(url("save_draft", agency), {"token": token, "subject": "a", "follows": ticket.pk})
    assert f'name="follows" value="{ticket.pk}"' in content(client.get(url("new", agency)))
    assert 'name="follows" value=""' in content(client.get(f"{url('new', agency)}?follows="))


@pytest.mark.parametrize("asked", ["x", "0", "9" * 40, "-1", "foreign"])
def test_a_reference_to_nothing_is_left_out(agency, other_agency, site, client, asked):
    foreign = making.ticket(making.connection(other_agency), subject="Secret")
    shown = content(client.get(url("new", agency), {"follows": foreign.pk if asked == "foreign" else asked}))
    assert 'name="follows" value=""' in shown
    assert "Secret" not in shown


# A ticket


def test_the_page_says_where_the_ticket_stands(ticket, client):
    read = timezone.now() - timedelta(minutes=4)
    shown = page(client, changed(ticket, read_at=read, subject="<script>alert(1)</script>"))
    assert "<script>alert" not in shown
    assert 'data-state="turn_us"' in shown
    assert "Ts-Immo has answered or asked something, and waits for your word." in shown
    assert read.isoformat() in shown
    assert 'data-copy="T-1"' in shown
    assert "Jeanne" in shown
    assert reverse("wordpress:detail", args=[ticket.agency.slug, ticket.site_id]) in shown


@pytest.mark.parametrize("state", [*BADGES, "ESCALATED"])
def test_every_state_has_its_sign_and_sentence(ticket, client, state):
    shown = page(client, changed(ticket, state=state))
    assert str(fresh(ticket).sentence) in shown
    expected = {"PENDING": "turn_us", "DONE": "turn_nobody", "CLOSED": "turn_nobody"}.get(
        state, "turn_support"
    )
    assert f'data-state="{expected}"' in shown


@pytest.mark.parametrize(
    ("fields", "failed", "sending", "turn"),
    [
        ({"state": "IN_PROGRESS"}, True, False, Turn.US),
        ({"state": "PENDING"}, False, True, Turn.SUPPORT),
        ({"state": "PENDING", "close_asked_at": 1}, False, False, Turn.SUPPORT),
        ({"state": "IN_PROGRESS", "close_words": "no"}, False, False, Turn.US),
        ({"state": "PENDING", "missing_since": 1}, False, False, Turn.NOBODY),
        ({"state": "CLOSED"}, True, False, Turn.US),
        ({"state": "CLOSED"}, False, True, Turn.NOBODY),
    ],
)
def test_who_has_the_next_word(fields, failed, sending, turn):
    assert standing_of(Ticket(**fields), failed=failed, sending=sending).turn == turn


def test_the_thread_is_a_conversation(ticket, client, browser):
    answered(ticket, "Essayez <b>https://aide.example/a?b=1&c=2</b>.\nMerci")
    mine, other = page(browser(ticket.agency), ticket), page(client, ticket)
    assert ">You<" in mine
    assert ">You<" not in other
    assert mine.index("Rien ne va.") < mine.index("Essayez")
    assert 'class="message is-ours"' in mine
    assert 'class="message is-theirs"' in mine
    assert (
        'href="https://aide.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow"' in mine
    )
    assert "&lt;b&gt;" in mine


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("javascript:alert(1) //x.fr ftp://x.fr", "javascript:alert(1) //x.fr ftp://x.fr"),
        ("", ""),
    ],
)
def test_texts_hold_no_markup(text, shown):
    assert linked(text) == shown


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("voir https://a.fr.", "https://a.fr"),
        ("(HTTPS://A.fr/x_(y),)", "HTTPS://A.fr/x_(y"),
        ("« http://a.fr/é? »", "http://a.fr/é"),
        ("http://a.fr/\u202egnp.exe", "http://a.fr/"),
    ],
)
def test_addresses_become_links_without_what_stands_behind_them(text, address):
    html = linked(text)
    assert f'href="{address}"' in html
    assert html.count("<a ") == 1
    assert html.count("</a>") == 1


def test_two_addresses_and_one_with_quotes():
    html = linked("https://a.fr https://b.fr/\"onmouseover='x'")
    assert html.count("<a ") == 2
    assert "onmouseover=&#x27;x&#x27;" in html


def test_files_are_shown_with_their_pictures(ticket, client):
    message = ticket.messages.get()
    for name, thumbnail in (("écran.png", "t"), ("note<1>.txt", "")):
        Attachment.objects.create(
            agency=ticket.agency, message=message, name=name, mime_type="x/y", size=2048, sha256="0",
            stored_as="x", thumbnail_as=thumbnail,
        )  # fmt: skip
    one, two = Attachment.objects.for_agency(ticket.agency)
    shown = page(client, ticket)
    assert url("download", ticket.agency, one.pk) in shown
    assert url("thumbnail", ticket.agency, one.pk) in shown
    assert url("thumbnail", ticket.agency, two.pk) not in shown
    assert "note&lt;1&gt;.txt" in shown


def test_long_threads_begin_with_their_end(ticket, client):
    now = timezone.now()
    for number in range(AT_ONCE + 1):
        making.message(ticket, text=f"n{number:03}", written_at=now + timedelta(minutes=number))
    shown = page(client, ticket)
    assert "Show 2 earlier messages" in shown
    assert "Rien ne va." not in shown
    whole = content(client.get(url("detail", ticket.agency, ticket.pk), {"all": 1}))
    assert whole.index("Rien ne va.") < whole.index("n000") < whole.index(f"n{AT_ONCE:03}")
    assert "&amp;all=1" in whole


def test_the_way_back_leads_to_the_lists_place(ticket, client):
    back = f"{url('index', ticket.agency)}?query=rien&amp;tab=you&amp;page=2#ticket-{ticket.pk}"
    shown = client.get(
        url("detail", ticket.agency, ticket.pk), {"tab": "you", "query": "rien", "page": 2, "x": 1}
    )
    assert back in shown.content.decode()


# What is on its way


def say(ticket, delivery, **fields) -> Message:
    author = {"author": ticket.opened_by, "author_name": "Jeanne"}
    return making.message(ticket, delivery=delivery, **author | fields)


def test_what_is_being_sent_is_looked_after_often(ticket, client):
    say(ticket, Delivery.PENDING)
    Job.objects.create(
        agency=ticket.agency,
        kind=SEND,
        subject=f"ticket:{ticket.pk}",
        phase="checking",
        status=Status.RUNNING,
    )
    shown = page(client, ticket)
    assert "Being sent" in shown
    assert 'data-every="2000"' in shown
    assert "Looking whether it arrived" in shown


def test_while_the_remote_is_down_the_page_says_when_it_is_tried_again(ticket, client):
    say(ticket, Delivery.PENDING)
    Job.objects.create(
        agency=ticket.agency, kind=SEND, subject=f"ticket:{ticket.pk}", status=Status.WAITING,
        error_kind="unreachable", error="<b>no route</b>",
        not_before=timezone.now() + timedelta(minutes=9, seconds=30),
    )  # fmt: skip
    shown = page(client, ticket)
    assert "The remote system could not be reached. Tried again in 9" in shown.replace("\n", " ").replace(
        "  ", " "
    )
    assert "&lt;b&gt;no route&lt;/b&gt;" in shown
    assert 'data-every="10000"' in shown


def test_what_nobody_sends_any_more_can_be_sent_on(ticket, client):
    say(ticket, Delivery.PENDING)
    Job.objects.create(
        agency=ticket.agency, kind=SEND, subject=f"ticket:{ticket.pk}", status=Status.FAILED,
        error_kind="unauthorised", error="no",
    )  # fmt: skip
    shown = page(client, ticket)
    assert "Sending has stopped" in shown
    assert "What you wrote is safe here." in shown
    assert client.post(url("resume", ticket.agency, ticket.pk)).status_code == 302
    assert Job.objects.for_agency(ticket.agency).get(status=Status.QUEUED).kind == SEND
    client.post(url("resume", ticket.agency, ticket.pk))
    assert Job.objects.for_agency(ticket.agency).filter(kind=SEND).count() == 2, "one is open at a time"


def test_what_has_arrived_says_when(ticket, client):
    moment = timezone.now() - timedelta(minutes=3)
    say(ticket, Delivery.SENT, answered_at=moment)
    shown = page(client, ticket)
    assert f'Sent, <time datetime="{moment.isoformat()}"' in shown
    assert 'data-every="20000"' in shown


def test_a_refused_message_says_why_and_is_sent_again(ticket, client, browser):
    message = say(ticket, Delivery.REFUSED, words="Too <i>long</i>", version=3)
    shown = page(client, ticket)
    assert "Too &lt;i&gt;long&lt;/i&gt;" in shown
    assert "Your text is safe here." in shown
    assert 'name="version" value="3"' in shown
    assert "It has arrived" not in shown
    assert "Try again" not in page(browser(ticket.agency, Role.VIEWER), ticket)
    answer = client.post(url("send_again", ticket.agency, message.pk), {"version": 3})
    assert answer["Location"] == f"{url('detail', ticket.agency, ticket.pk)}#message-{message.pk}"
    assert fresh(message).delivery == Delivery.PENDING
    assert Job.objects.for_agency(ticket.agency).get().kind == SEND


def test_a_comment_that_came_too_late_goes_along_into_a_new_ticket(ticket, client, member):
    """Trying again would only be refused again."""
    late = {"author": member(ticket.agency, Role.AGENT), "words": "This ticket is closed"}
    say(ticket, Delivery.REFUSED, text="Thank you", **late)
    say(ticket, Delivery.REFUSED, text="And <b>this</b>", **late)
    assert page(client, ticket).count("Try again") == 2
    Ticket.objects.for_agency(ticket.agency).filter(pk=ticket.pk).update(state="DONE")
    shown = page(client, ticket)
    assert "Try again" not in shown
    assert "Thank you\n\nAnd &lt;b&gt;this&lt;/b&gt;" in shown
    form = client.get(f"{url('new', ticket.agency)}?follows={ticket.pk}").context["form"]
    assert form["text"].value() == "Thank you\n\nAnd <b>this</b>"


@pytest.mark.parametrize(("name", "becomes"), [("send_again", Delivery.PENDING), ("arrived", Delivery.SENT)])
def test_of_a_message_that_perhaps_arrived_a_person_decides(ticket, client, name, becomes):
    message = say(ticket, Delivery.UNKNOWN)
    shown = page(client, ticket)
    assert url("send_again", ticket.agency, message.pk) in shown
    assert url("arrived", ticket.agency, message.pk) in shown
    client.post(url(name, ticket.agency, message.pk), {"version": 1})
    assert fresh(message).delivery == becomes
    later = client.post(url(name, ticket.agency, message.pk), {"version": 1}, follow=True)
    assert "The message was changed meanwhile." in content(later)


@pytest.mark.parametrize("name", OF_A_MESSAGE)
@pytest.mark.parametrize("version", ["", "x", "2", "9" * 30])
def test_who_saw_another_version_decides_nothing(ticket, client, name, version):
    message = say(ticket, Delivery.UNKNOWN)
    answer = client.post(url(name, ticket.agency, message.pk), {"version": version}, follow=True)
    assert "The message was changed meanwhile." in content(answer)
    assert fresh(message).delivery == Delivery.UNKNOWN


def test_what_was_read_at_the_remote_shows_no_delivery(ticket, client):
    Message.objects.for_agency(ticket.agency).update(author=None)
    shown = page(client, ticket)
    assert "data-delivery" not in shown
    assert "of the agency" in shown


# The open page looks for news


def test_the_fragment_comes_only_when_something_changed(ticket, client):
    shown = client.get(url("detail", ticket.agency, ticket.pk)).context["thread"]
    where = url("thread", ticket.agency, ticket.pk)
    unchanged = client.get(where, {"seen": shown.digest})
    assert (unchanged.status_code, unchanged.content) == (204, b"")
    changed(ticket, read_at=timezone.now())
    assert client.get(where, {"seen": shown.digest}).status_code == 204, "a new reading alone is no news"
    answered(ticket)
    fragment = client.get(where, {"seen": shown.digest})
    text = fragment.content.decode()
    assert "Voilà" in text
    assert "<html" not in text
    assert "<textarea" not in text, "what is being typed is left alone"
    for place in ("standing", "facts", "closing"):
        assert f'id="{place}" hx-swap-oob="true"' in text
    assert f"seen={fragment.context['thread'].digest}" in text


@pytest.mark.parametrize(
    "change",
    [
        lambda ticket: changed(ticket, state="IN_PROGRESS"),
        lambda ticket: changed(ticket, remote_id="T-2"),
        lambda ticket: changed(ticket, close_asked_at=timezone.now()),
        lambda ticket: changed(ticket, close_words="no"),
        lambda ticket: changed(ticket, missing_since=timezone.now()),
        lambda ticket: say(ticket, Delivery.PENDING),
        lambda ticket: Message.objects.for_agency(ticket.agency).update(delivery=Delivery.UNKNOWN),
        lambda ticket: Message.objects.for_agency(ticket.agency).update(words="no"),
    ],
)
def test_whatever_the_page_shows_is_news(ticket, client, change):
    seen = client.get(url("detail", ticket.agency, ticket.pk)).context["thread"].digest
    change(ticket)
    assert client.get(url("thread", ticket.agency, ticket.pk), {"seen": seen}).status_code == 200


def test_the_jobs_progress_is_news(ticket, client):
    say(ticket, Delivery.PENDING)
    job = Job.objects.create(agency=ticket.agency, kind=SEND, subject=f"ticket:{ticket.pk}")
    seen = client.get(url("detail", ticket.agency, ticket.pk)).context["thread"].digest
    where = url("thread", ticket.agency, ticket.pk)
    assert client.get(where, {"seen": seen}).status_code == 204
    Job.objects.for_agency(ticket.agency).filter(pk=job.pk).update(phase="sending")
    assert client.get(where, {"seen": seen}).status_code == 200


# How to go on


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"state": "CLOSED"}, "This ticket is closed."),
        ({"state": "DONE"}, "This ticket is closed."),
        ({"missing_since": timezone.now()}, "Ts-Immo no longer knows this ticket."),
    ],
)
def test_where_nothing_can_be_written_the_page_says_how_to_go_on(ticket, client, browser, fields, says):
    shown = page(client, changed(ticket, **fields))
    assert says in shown
    assert 'id="composer"' not in shown
    assert f"{url('new', ticket.agency)}?follows={ticket.pk}" in shown
    whole = client.get(url("detail", ticket.agency, ticket.pk)).content.decode()
    assert url("close", ticket.agency, ticket.pk) not in whole
    assert "?follows=" not in page(browser(ticket.agency, Role.VIEWER), ticket)


def test_files_go_only_with_a_new_ticket(ticket, client):
    shown = page(client, ticket)
    assert "Ts-Immo takes files only with a new ticket." in shown
    assert f"{url('new', ticket.agency)}?follows={ticket.pk}" in shown


def test_viewers_have_no_composer(ticket, browser):
    shown = page(browser(ticket.agency, Role.VIEWER), ticket)
    assert "<textarea" not in shown
    assert "Agents of the agency write to support." in shown


# Closing


def test_closing_asks_first_and_says_what_it_does(ticket, client):
    changed(ticket, subject="Les <b>photos</b>")
    question = content(client.get(url("close", ticket.agency, ticket.pk)))
    assert "Close “Les &lt;b&gt;photos&lt;/b&gt;”" in question
    assert "cannot be opened again" in question
    assert fresh(ticket).close_asked_at is None
    for _ in range(2):
        answer = client.post(url("close", ticket.agency, ticket.pk))
        assert answer["Location"] == url("detail", ticket.agency, ticket.pk)
    assert fresh(ticket).close_asked_at
    assert Job.objects.for_agency(ticket.agency).filter(kind=SEND).count() == 1
    shown = page(client, ticket)
    assert 'data-state="closing"' in shown
    assert 'data-every="2000"' in shown
    assert "Ts-Immo is being asked to close it." in shown


def test_what_is_closed_is_not_closed_again(ticket, client):
    changed(ticket, state="CLOSED")
    assert client.get(url("close", ticket.agency, ticket.pk)).status_code == 302
    answer = client.post(url("close", ticket.agency, ticket.pk), follow=True)
    assert "This ticket is closed." in content(answer)
    assert fresh(ticket).close_asked_at is None


def test_a_refusal_to_close_is_shown_with_the_remotes_words(ticket, client):
    shown = page(client, changed(ticket, close_words="Not <i>now</i>"))
    assert "The ticket was not closed." in shown
    assert "Not &lt;i&gt;now&lt;/i&gt;" in shown
    assert 'data-state="turn_us"' in shown


# Mails, and reading again


def test_mails_about_a_ticket_are_switched_on_and_off(ticket, browser, member):
    client, user = browser(ticket.agency, Role.VIEWER), member(ticket.agency, Role.VIEWER)
    where = url("watch", ticket.agency, ticket.pk)
    for wanted in (True, True, False):
        answer = client.post(where, {"watches": "on"} if wanted else {})
        assert answer["Location"] == url("detail", ticket.agency, ticket.pk)
        assert Following.objects.for_agency(ticket.agency).get(user=user).watches is wanted
        assert f'aria-pressed="{"true" if wanted else "false"}"' in page(client, ticket)


def test_the_ticket_is_read_again_at_a_button(ticket, client):
    for _ in range(2):
        answer = client.post(url("read", ticket.agency, ticket.pk), follow=True)
        assert "being read at Ts-Immo" in content(answer)
    assert Job.objects.for_agency(ticket.agency).get().kind == KIND
    assert AuditEntry.objects.for_agency(ticket.agency).filter(action="ticket.read_asked").exists()
    assert url("read", ticket.agency, ticket.pk) not in page(client, changed(ticket, remote_id=""))


# In French, and how much it costs


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_render_in_french(ticket, browser, member, name):
    user = member(ticket.agency, Role.AGENT)
    user.language = "fr"
    user.save()
    answer = browser(ticket.agency, Role.AGENT).get(address(name, ticket), headers={"accept-language": "fr"})
    assert answer.status_code == 200
    if name != "thread":
        assert '<html lang="fr">' in answer.content.decode()
    translation.activate("en")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_costs_at_most_twelve_queries(
    ticket, client, browser, name, django_assert_max_num_queries
):
    message = say(ticket, Delivery.PENDING)
    Job.objects.create(agency=ticket.agency, kind=SEND, subject=f"ticket:{ticket.pk}")
    Attachment.objects.create(
        agency=ticket.agency, message=message, name="a", mime_type="x/y", size=1, sha256="0", stored_as="x"
    )
    answered(ticket)
    making.site(ticket.connection, domain="www.two.example")
    token = client.get(url("new", ticket.agency)).context["draft"].token
    given = {"token": token, "subject": "a", "text": "b", "follows": ticket.pk, "site": ticket.site_id}
    client.post(url("save_draft", ticket.agency), given)
    with django_assert_max_num_queries(12):
        assert client.get(address(name, ticket)).status_code == 200


def test_a_long_thread_costs_no_more_queries(
    ticket, client, django_assert_num_queries, django_assert_max_num_queries
):
    page(client, ticket)
    with django_assert_max_num_queries(12) as short:
        page(client, ticket)
    for number in range(60):
        message = making.message(ticket, text=str(number), from_support=number % 2 == 0)
        Attachment.objects.create(
            agency=ticket.agency,
            message=message,
            name="a",
            mime_type="x/y",
            size=1,
            sha256="0",
            stored_as="x",
        )
    with django_assert_num_queries(len(short)):
        page(client, ticket)


def test_looking_for_news_in_vain_costs_little(ticket, client, django_assert_max_num_queries):
    seen = client.get(url("detail", ticket.agency, ticket.pk)).context["thread"].digest
    with django_assert_max_num_queries(5):
        assert client.get(url("thread", ticket.agency, ticket.pk), {"seen": seen}).status_code == 204

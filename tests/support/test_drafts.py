"""What is being written is kept while it is typed, is there again later, and becomes one message, whatever is pressed
how often.
"""

import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from support import drafting
from support.models import Attachment, Draft, Message, Ticket
from tests.support import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(agency):
    return making.connection(agency)


@pytest.fixture
def site(account):
    return making.site(account)


@pytest.fixture
def ticket(account, site):
    return making.ticket(account, site=site, state="PENDING", remote_id="T-1")


@pytest.fixture
def client(browser, agency):
    return browser(agency, Role.AGENT)


@pytest.fixture
def membership(agency, member):
    member(agency, Role.AGENT)
    return Membership.objects.get(agency=agency, role=Role.AGENT)


def url(name, agency, *pk):
    return reverse(f"support:{name}", args=[agency.slug, *pk])


def typed(client, agency, **fields) -> dict[str, str]:
    """The form as a person fills it in, with what the page put there before."""
    page = client.get(url("new", agency))
    form, draft = page.context["form"], page.context["draft"]
    shown = {name: form[name].value() or "" for name in ("site", "subject", "text", "follows")}
    site = shown["site"]
    given = {**shown, "site": getattr(site, "pk", site), "token": str(draft.token)}
    return {name: str(value) for name, value in (given | fields).items()}


# A new ticket


def test_a_draft_is_kept_and_there_again_with_its_files(agency, site, client, membership):
    given = typed(client, agency, subject="  Les   photos ", text="un\r\ndeux\n")
    answer = client.post(url("save_draft", agency), given)
    assert answer.status_code == 200
    assert "Draft saved " in answer.content.decode()
    draft = Draft.objects.for_agency(agency).get()
    assert (draft.subject, draft.text, draft.site) == ("Les photos", "un\ndeux\n", site)
    Attachment.objects.create(
        agency=agency, draft=draft, name="écran.png", mime_type="image/png", size=1, sha256="0", stored_as="x"
    )
    again = client.get(url("new", agency)).content.decode()
    assert 'value="Les photos"' in again
    assert "un\ndeux\n</textarea>" in again
    assert "écran.png" in again
    assert url("drop_draft", agency) in again


def test_half_a_form_is_a_draft_too(agency, site, client):
    given = typed(client, agency, subject="x" * 300, text="y" * 25_000, site="999999", follows="abc")
    assert "Draft saved" in client.post(url("save_draft", agency), given).content.decode()
    draft = Draft.objects.for_agency(agency).get()
    assert (draft.subject, draft.text, draft.site, draft.follows) == ("x" * 200, "y" * 25_000, None, None)
    only_token = {"token": given["token"]}
    assert "Draft saved" in client.post(url("save_draft", agency), only_token).content.decode()


def test_what_no_database_holds_is_left_out(agency, site, client):
    given = typed(client, agency, subject="a\0b", text="c\0d")
    assert "Draft saved" in client.post(url("save_draft", agency), given).content.decode()
    draft = Draft.objects.for_agency(agency).get()
    assert (draft.subject, draft.text) == ("a b", "cd")


def test_one_draft_for_each_person_and_agency(agency, other_agency, site, browser, member):
    making.site(making.connection(other_agency), domain="www.riviera.example")
    for client, of in (
        (browser(agency), agency),
        (browser(agency, Role.AGENT), agency),
        (browser(other_agency), other_agency),
    ):
        for _ in range(2):
            given = typed(client, of, subject=f"of {of.slug}")
            client.post(url("save_draft", of), given)
    assert Draft.objects.for_agency(agency).count() == 2
    assert Draft.objects.for_agency(other_agency).get().subject == "of riviera"


@pytest.mark.parametrize("token", ["", "nonsense", "99dcce43-d6a0-4e9c-a542-3e6871800982"])
def test_a_draft_of_another_token_is_not_overwritten(agency, site, client, token):
    given = typed(client, agency, subject="mine")
    client.post(url("save_draft", agency), given)
    answer = client.post(url("save_draft", agency), given | {"subject": "other", "token": token})
    assert "Not saved as a draft" in answer.content.decode()
    assert Draft.objects.for_agency(agency).get().subject == "mine"


def test_a_colleagues_token_reaches_nothing(agency, site, browser):
    given = typed(browser(agency), agency, subject="secret")
    browser(agency).post(url("save_draft", agency), given)
    thief = browser(agency, Role.AGENT)
    thief.post(url("save_draft", agency), given | {"subject": "stolen"})
    answer = thief.post(url("new", agency), given | {"text": "x"})
    assert answer.status_code == 422
    assert not Ticket.objects.for_agency(agency).exists()
    assert "secret" in Draft.objects.for_agency(agency).values_list("subject", flat=True)


def test_the_draft_becomes_a_ticket_with_its_files(agency, site, client, membership):
    given = typed(client, agency, subject="Photos", text="Rien ne va.\r\nMerci")
    draft = Draft.objects.for_agency(agency).get()
    file = Attachment.objects.create(
        agency=agency, draft=draft, name="a.txt", mime_type="text/plain", size=1, sha256="0", stored_as="x"
    )
    answer = client.post(url("new", agency), given)
    ticket = Ticket.objects.for_agency(agency).get()
    assert answer["Location"] == url("detail", agency, ticket.pk)
    message = ticket.messages.get()
    assert (ticket.subject, message.text, message.opens) == ("Photos", "Rien ne va.\nMerci", True)
    file.refresh_from_db()
    assert (file.message, file.draft) == (message, None)
    assert not Draft.objects.for_agency(agency).exists()
    assert "a.txt" in client.get(url("detail", agency, ticket.pk)).content.decode()


def test_without_a_script_a_chosen_file_is_not_left_behind(agency, site, client):
    given = typed(client, agency, subject="Photos", text="Rien ne va.")
    answer = client.post(url("new", agency), given | {"file": "façade.jpg"})
    assert answer.status_code == 422
    assert "“façade.jpg” is not with the ticket yet" in answer.content.decode()
    assert "Rien ne va.</textarea>" in answer.content.decode()
    assert not Ticket.objects.for_agency(agency).exists()


def test_a_double_click_opens_one_ticket(agency, site, client):
    given = typed(client, agency, subject="Photos", text="Rien ne va.")
    answers = [client.post(url("new", agency), given) for _ in range(3)]
    ticket = Ticket.objects.for_agency(agency).get()
    assert {answer["Location"] for answer in answers} == {url("detail", agency, ticket.pk)}
    assert ticket.messages.count() == 1


def test_another_text_with_a_token_that_was_sent_is_kept_and_not_sent(agency, site, client):
    given = typed(client, agency, subject="Photos", text="Rien ne va.")
    client.post(url("new", agency), given)
    answer = client.post(url("new", agency), given | {"text": "Encore autre chose"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "sent or thrown away in another window" in shown
    assert "Encore autre chose</textarea>" in shown
    assert Ticket.objects.for_agency(agency).count() == 1
    fresh = given | {"text": "Encore autre chose", "token": str(answer.context["draft"].token)}
    assert f'value="{fresh["token"]}"' in shown
    assert client.post(url("new", agency), fresh).status_code == 302
    assert Ticket.objects.for_agency(agency).count() == 2


def test_a_form_whose_draft_was_thrown_away_elsewhere_loses_nothing(agency, site, client, membership):
    given = typed(client, agency, subject="Photos", text="Rien ne va.")
    drafting.drop(drafting.draft_of(membership))
    answer = client.post(url("new", agency), given)
    assert answer.status_code == 422
    assert "Rien ne va.</textarea>" in answer.content.decode()
    assert not Ticket.objects.for_agency(agency).exists()


def test_throwing_away_asks_first_and_takes_only_what_was_seen(agency, site, client):
    given = typed(client, agency, subject="<b>Photos</b>")
    client.post(url("save_draft", agency), given)
    question = client.get(url("drop_draft", agency)).content.decode()
    assert "&lt;b&gt;Photos&lt;/b&gt;" in question
    for token in ("", str(uuid.uuid4())):
        client.post(url("drop_draft", agency), {"token": token})
        assert Draft.objects.for_agency(agency).count() == 1
    answer = client.post(url("drop_draft", agency), {"token": given["token"]})
    assert answer["Location"] == url("index", agency)
    assert not Draft.objects.for_agency(agency).exists()
    assert "Draft saved" not in client.get(url("new", agency)).content.decode()


@pytest.mark.parametrize("name", ["save_draft", "drop_draft", "new"])
def test_drafts_are_for_those_who_may_write(agency, other_agency, site, browser, name):
    assert browser(agency, Role.VIEWER).post(url(name, agency), {}).status_code == 403
    assert browser(other_agency).post(url(name, agency), {}).status_code == 404
    if name == "save_draft":
        assert browser(agency).get(url(name, agency)).status_code == 405


# A comment


def comment_token(client, agency, ticket) -> str:
    return str(client.get(url("detail", agency, ticket.pk)).context["draft"].token)


def test_looking_at_a_ticket_stores_no_draft(agency, ticket, client):
    client.get(url("detail", agency, ticket.pk))
    assert not Draft.objects.for_agency(agency).exists()


def test_a_comment_is_kept_and_there_again(agency, ticket, client, browser):
    token = comment_token(client, agency, ticket)
    for text in ("Merci,\r\nmais", "Merci,\r\nmais non"):
        answer = client.post(url("save_comment_draft", agency, ticket.pk), {"token": token, "text": text})
        assert "Draft saved " in answer.content.decode()
    assert Draft.objects.for_agency(agency).get().text == "Merci,\nmais non"
    again = client.get(url("detail", agency, ticket.pk))
    assert "Merci,\nmais non</textarea>" in again.content.decode()
    assert str(again.context["draft"].token) == token
    assert "mais non" not in browser(agency).get(url("detail", agency, ticket.pk)).content.decode()


def test_a_comment_is_sent_once_however_often_it_is_pressed(agency, ticket, client):
    token = comment_token(client, agency, ticket)
    answers = [
        client.post(url("comment", agency, ticket.pk), {"token": token, "text": "Merci"}) for _ in range(3)
    ]
    message = Message.objects.for_agency(agency).get()
    assert {answer["Location"] for answer in answers} == {
        f"{url('detail', agency, ticket.pk)}#message-{message.pk}"
    }
    assert not Draft.objects.for_agency(agency).exists()


def test_a_late_autosave_does_not_bring_back_what_was_sent(agency, ticket, client):
    token = comment_token(client, agency, ticket)
    client.post(url("comment", agency, ticket.pk), {"token": token, "text": "Merci"})
    answer = client.post(url("save_comment_draft", agency, ticket.pk), {"token": token, "text": "Merci"})
    assert "Not saved as a draft" in answer.content.decode()
    assert not Draft.objects.for_agency(agency).exists()


def test_a_draft_left_behind_by_a_race_is_not_shown(agency, ticket, client, member):
    sent = making.message(ticket, author=member(agency, Role.AGENT), text="Merci")
    Draft.objects.create(
        agency=agency, user=member(agency, Role.AGENT), ticket=ticket, text="Merci", token=sent.token
    )
    page = client.get(url("detail", agency, ticket.pk))
    assert page.context["form"]["text"].value() == ""
    token = str(page.context["draft"].token)
    assert token != str(sent.token)
    client.post(url("save_comment_draft", agency, ticket.pk), {"token": token, "text": "Encore"})
    assert Draft.objects.for_agency(agency).get().text == "Encore"


def test_a_form_that_came_back_and_was_changed_is_asked_about(agency, ticket, client):
    token = comment_token(client, agency, ticket)
    client.post(url("comment", agency, ticket.pk), {"token": token, "text": "Merci"})
    answer = client.post(url("comment", agency, ticket.pk), {"token": token, "text": "Merci beaucoup"})
    assert answer.status_code == 422
    assert "An earlier version of this text was sent already." in answer.content.decode()
    assert "Merci beaucoup</textarea>" in answer.content.decode()
    fresh = str(answer.context["draft"].token)
    client.post(url("comment", agency, ticket.pk), {"token": fresh, "text": "Merci beaucoup"})
    texts = Message.objects.for_agency(agency).values_list("text", flat=True)
    assert sorted(texts) == ["Merci", "Merci beaucoup"]


def test_a_token_of_something_else_is_not_taken(agency, account, ticket, client, browser, member):
    """Nobody comes by one honestly; whoever does loses nothing, and takes nothing."""
    other = making.ticket(account, state="PENDING")
    theirs = comment_token(browser(agency), agency, other)
    browser(agency).post(url("save_comment_draft", agency, other.pk), {"token": theirs, "text": "theirs"})
    sent = str(making.message(other, author=member(agency)).token)
    for token in (theirs, sent):
        given = {"token": token, "text": "mine"}
        kept = client.post(url("save_comment_draft", agency, ticket.pk), given)
        assert "Not saved as a draft" in kept.content.decode()
        answer = client.post(url("comment", agency, ticket.pk), given)
        assert answer.status_code == 422
        assert "mine</textarea>" in answer.content.decode()
    assert not ticket.messages.exists()
    assert sorted(Draft.objects.for_agency(agency).values_list("text", flat=True)) == ["mine", "theirs"]


def test_two_windows_of_one_person_send_both(agency, ticket, client):
    one, two = comment_token(client, agency, ticket), comment_token(client, agency, ticket)
    client.post(url("save_comment_draft", agency, ticket.pk), {"token": one, "text": "un"})
    client.post(url("save_comment_draft", agency, ticket.pk), {"token": two, "text": "deux"})
    for token, text in ((one, "un"), (two, "deux")):
        assert (
            client.post(url("comment", agency, ticket.pk), {"token": token, "text": text}).status_code == 302
        )
    assert sorted(Message.objects.for_agency(agency).values_list("text", flat=True)) == ["deux", "un"]


def test_two_people_comment_at_once_and_both_appear(agency, ticket, browser):
    clients = [browser(agency, Role.AGENT), browser(agency, Role.MANAGER)]
    tokens = [comment_token(client, agency, ticket) for client in clients]
    for client, token, text in zip(clients, tokens, ("de l'agent", "du gérant"), strict=True):
        client.post(url("comment", agency, ticket.pk), {"token": token, "text": text})
    shown = clients[0].get(url("detail", agency, ticket.pk)).content.decode()
    assert "de l&#x27;agent" in shown
    assert "du gérant" in shown
    assert ticket.messages.count() == 2


@pytest.mark.parametrize("text", ["", "   \r\n ", "x" * 20_001])
def test_a_comment_that_cannot_go_is_kept(agency, ticket, client, text):
    token = comment_token(client, agency, ticket)
    answer = client.post(url("comment", agency, ticket.pk), {"token": token, "text": text})
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    assert Draft.objects.for_agency(agency).get().text == text.replace("\r\n", "\n")
    assert not Message.objects.for_agency(agency).exists()


def test_without_a_token_a_comment_is_sent_all_the_same(agency, ticket, client):
    answer = client.post(url("comment", agency, ticket.pk), {"text": "Merci", "token": "x"})
    assert answer.status_code == 422
    assert Draft.objects.for_agency(agency).get().text == "Merci"
    assert "Merci</textarea>" in answer.content.decode()


def test_a_comment_on_a_ticket_that_was_closed_meanwhile_goes_into_the_next_one(agency, ticket, client):
    token = comment_token(client, agency, ticket)
    Ticket.objects.for_agency(agency).filter(pk=ticket.pk).update(state="CLOSED")
    answer = client.post(url("comment", agency, ticket.pk), {"token": token, "text": "Mais <i>non</i>"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "This ticket is closed." in shown
    assert "Mais &lt;i&gt;non&lt;/i&gt;" in shown
    assert 'id="composer"' not in shown
    form = client.get(f"{url('new', agency)}?follows={ticket.pk}")
    assert form.context["follows"] == ticket
    assert form.context["form"]["text"].value() == "Mais <i>non</i>"


def test_comments_drafts_are_nobody_elses(agency, other_agency, ticket, browser):
    save = url("save_comment_draft", agency, ticket.pk)
    assert browser(agency, Role.VIEWER).post(save).status_code == 403
    assert browser(other_agency).post(save).status_code == 404
    assert browser(agency).get(save).status_code == 405
    assert browser(agency).post(url("save_comment_draft", agency, 999_999)).status_code == 404
    foreign = making.ticket(making.connection(other_agency))
    assert (
        browser(agency).post(url("save_comment_draft", agency, foreign.pk), {"text": "x"}).status_code == 404
    )
    assert not Draft.objects.across_agencies().exists()


def test_a_draft_says_when_it_was_saved_in_the_agencys_time(agency, ticket, client, monkeypatch):
    token = comment_token(client, agency, ticket)
    noon = timezone.datetime(2026, 7, 1, 12, 2, tzinfo=timezone.get_fixed_timezone(0))
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    answer = client.post(url("save_comment_draft", agency, ticket.pk), {"token": token, "text": "Merci"})
    assert "Draft saved 14:02" in answer.content.decode()


def test_autosaving_costs_little(agency, ticket, client, django_assert_max_num_queries):
    assert connection.vendor in ("sqlite", "postgresql")
    token = comment_token(client, agency, ticket)
    client.post(url("save_comment_draft", agency, ticket.pk), {"token": token, "text": "a"})
    with django_assert_max_num_queries(11):
        client.post(url("save_comment_draft", agency, ticket.pk), {"token": token, "text": "ab"})

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from portal.templatetags.passerelle import drawing
from portal.words import STATES


def rendered(source: str, **context) -> str:
    return Template(source).render(Context(context))


def test_icons_are_drawn_inline_and_hidden_from_screen_readers():
    assert rendered("{% icon 'home' %}").startswith('<svg aria-hidden="true"')


def test_every_state_has_an_icon_that_exists():
    for icon, _colour in STATES.values():
        assert "<path" in drawing(icon)


def test_a_state_is_icon_word_and_colour():
    shown = rendered("{% state 'failed' 'Échoué' %}")
    assert "<svg" in shown
    assert "Échoué" in shown
    assert "bg-red-lt" in shown


def test_an_unknown_state_of_a_remote_is_shown_as_it_came_and_escaped():
    assert "&lt;b&gt;en attente" in rendered("{% state word %}", word="<b>en_attente").lower()


def test_codes_of_leads_are_words_and_what_people_wrote_stays():
    assert rendered("{{ 'PROPERTY_SEARCH'|lead_code }} · {{ 'SLG-FRA'|lead_code }}") == (
        "Search for a property · SeLoger"
    )
    assert rendered("{{ 'Campagne e-mail'|lead_code }} {{ 7|lead_code }}") == "Campagne e-mail 7"


def test_a_moment_is_relative_with_the_exact_one_at_hand():
    shown = rendered("{% as_of moment %}", moment=timezone.now() - timedelta(minutes=5))
    assert "5\xa0minutes ago" in shown
    assert 'datetime="' in shown
    assert 'title="' in shown
    assert rendered("{% as_of moment %}", moment=None) == "–"


@pytest.mark.parametrize(
    ("language", "amount", "currency", "shown"),
    [
        ("fr", Decimal("450000"), "EUR", "450\u202f000\u202f€"),
        ("fr", Decimal("1234.56"), "EUR", "1\u202f234,56\u202f€"),
        ("fr", Decimal("980000"), "CHF", "980\u202f000\u202fCHF"),
        ("en", Decimal("450000"), "EUR", "€450,000"),
        ("en", Decimal("450000"), "CHF", "450,000\u202fCHF"),
        ("en", "not a number", "EUR", ""),
        ("en", None, "EUR", ""),
    ],
)
def test_money(language, amount, currency, shown):
    with translation.override(language):
        assert rendered("{{ amount|money:currency }}", amount=amount, currency=currency) == shown


def test_counts_are_honest_about_where_they_stopped():
    with translation.override("fr"):
        assert rendered("{{ n|count:1000 }}", n=1001) == "1\u202f000+"
        assert rendered("{{ n|count:1000 }}", n=1000) == "1\u202f000"
        assert rendered("{{ n|count }}", n=12345) == "12\u202f345"


@pytest.mark.parametrize(
    ("metres", "shown"), [(None, ""), (Decimal("84.50"), "84.5\xa0m²"), (90, "90\xa0m²")]
)
def test_surfaces(metres, shown):
    assert rendered("{{ metres|surface }}", metres=metres) == shown


def test_the_query_string_changes_one_parameter_and_keeps_the_others():
    request = RequestFactory().get("/?city=Lyon&page=2&type=house")
    assert rendered("{% query page=3 %}", request=request) == "?city=Lyon&amp;type=house&amp;page=3"
    assert rendered("{% query page=None city='L\u2019Haÿ' %}", request=request).startswith(
        "?type=house&amp;city=L"
    )


class Form(forms.Form):
    name = forms.CharField(help_text="As on the door")
    agreed = forms.BooleanField()
    kind = forms.ChoiceField(choices=[("a", "A")])


def test_a_field_has_its_label_above_its_error_and_its_help_below():
    form = Form({"name": ""})
    shown = rendered("{% field form.name %}", form=form)
    places = [shown.index(part) for part in ("<label", "<input", "invalid-feedback", "As on the door")]
    assert places == sorted(places)
    assert 'aria-invalid="true"' in shown
    assert "is-invalid" in shown


def test_each_control_has_its_class():
    shown = rendered("{% fields form %}", form=Form())
    assert shown.count("form-control") == 1
    assert shown.count("form-select") == 1
    assert shown.count("form-check-input") == 1


def test_exact_times_are_the_agencys():
    with timezone.override("Europe/Paris"):
        assert "13:30" in rendered("{% as_of moment %}", moment=datetime(2020, 1, 1, 12, 30, tzinfo=UTC)) or (
            "1:30 p.m." in rendered("{% as_of moment %}", moment=datetime(2020, 1, 1, 12, 30, tzinfo=UTC))
        )


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=40), "less than a minute"),
        (timedelta(minutes=12, seconds=30), "12\xa0minutes"),
        (timedelta(hours=3, minutes=20), "3\xa0hours"),
    ],
)
def test_the_time_until_a_moment_is_never_nothing(ahead, said):
    assert rendered("{{ moment|time_left }}", moment=timezone.now() + ahead) == said


def test_no_moment_is_soon():
    assert rendered("{{ moment|time_left }}", moment=None) == "less than a minute"

import pytest

from estates.leads.forwarding.buyer import buyer_of
from estates.leads.forwarding.forms import LeadForm

WHOLE = {
    "civility": "MR",
    "type": "COMPANY",
    "company": "SCI Dupont",
    "first_name": "Jean",
    "last_name": "Dupont",
    "mail": "jean@exemple.fr",
    "second_mail": "bureau@exemple.fr",
    "phones": "06 12 34 56 78\n01 40 20 50 50",
    "message": "Bonjour",
    "note": "Rappeler le soir",
    "language": "en",
    "city": "Lyon",
    "postal_code": "69001",
    "country": "fr",
    "offer_type": "sale",
    "min_budget": "200 000",
    "max_budget": "350000,50",
}


def test_every_field_of_the_document_is_sent():
    form = LeadForm(WHOLE)
    assert form.is_valid(), form.errors
    assert buyer_of("s-1", form.buyer()).payload() == {
        "streamId": "s-1",
        "civility": "MR",
        "firstname": "Jean",
        "lastname": "Dupont",
        "type": "COMPANY",
        "companyName": "SCI Dupont",
        "mail": "jean@exemple.fr",
        "secondaryMail": "bureau@exemple.fr",
        "phones": (
            {"number": "+33612345678", "type": "mobile"},
            {"number": "+33140205050", "type": "landline"},
        ),
        "message": "Bonjour",
        "internalNote": "Rappeler le soir",
        "lang": "en",
        "location": {"city": "Lyon", "postal_code": "69001", "country": "FR"},
        "preferences": (
            {
                "offerType": "sale",
                "budget": {
                    "currency": "EUR",
                    "min_price": {"amount": 200000},
                    "max_price": {"amount": 350000.5},
                },
            },
        ),
    }


def test_a_person_has_no_company():
    form = LeadForm(WHOLE | {"type": "PERSON"})
    assert form.is_valid()
    assert "companyName" not in buyer_of("s", form.buyer()).payload()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"company": ""}, "company"),
        ({"mail": "not a mail"}, "mail"),
        ({"civility": "DR"}, "civility"),
        ({"phones": "\n".join("123456")}, "phones"),
        ({"min_budget": "900000"}, "max_budget"),
        ({"max_budget": "NaN"}, "max_budget"),
        ({"country": "France"}, "country"),
        ({"language": "de"}, "language"),
    ],
)
def test_what_cannot_be_expressed_is_said_at_the_field(changed, field):
    assert list(LeadForm(WHOLE | changed).errors) == [field]


def test_nothing_by_which_anybody_could_be_reached_is_refused():
    assert not LeadForm({"type": "PERSON", "message": "x"}).is_valid()


def test_empty_fields_are_left_out():
    form = LeadForm({"type": "PERSON", "last_name": "Dupont"})
    assert form.is_valid()
    assert buyer_of("s", form.buyer()).payload() == {"streamId": "s", "lastname": "Dupont", "type": "PERSON"}

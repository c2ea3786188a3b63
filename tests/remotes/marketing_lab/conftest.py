import json

import pytest

from estates.remotes.marketing_lab import MarketingLabClient
from tests.remotes.misbehaving import http

KEY = "mlab-Canary+9/x&7=Zq'secret"
DOCUMENTED = {
    "action_id": 1045,
    "prospect_id": 5002,
    "programme_id": 145,
    "prospect_nom": "Dupont",
    "prospect_prenom": "Jean",
    "prospect_telephone": "+33612345678",
    "prospect_email": "jean@email.com",
    "programme_nom": "Les Jardins de l'Aube",
    "region_nom": "Occitanie",
    "origine_designation": "Website form",
    "type_contact_designation": "Inbound Lead",
    "type_action_designation": "Contact request",
}

CALLS = {
    "regions": ("getRegions", lambda client, **options: client.regions(**options)),
    "programmes": ("getProgrammes", lambda client, **options: client.programmes(**options)),
    "read_contacts": ("readContacts", lambda client, **options: client.read_contacts(**options)),
    "pulled_contacts": ("getPulledContacts", lambda client, **options: client.pulled_contacts(**options)),
    "pull_contacts": ("pullContacts", lambda client: client.pull_contacts()),
}
READS = [name for name in CALLS if name != "pull_contacts"]


def ok(value):
    return http(200, json.dumps(value).encode())


@pytest.fixture
def client(server, answers, patience):
    client = MarketingLabClient(server.url, KEY, patience=patience, on_answer=answers.append)
    yield client
    client.close()

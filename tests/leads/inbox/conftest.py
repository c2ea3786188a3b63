"""An inbox with leads in it, as the sources would have put them there."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from estates.catalogue.models import Estate
from estates.leads.models import Lead
from estates.leads.models.leads import Way
from estates.leads.saving import save

# A Tuesday, 10:30 in Paris.
MORNING = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def add_lead(connected, draft):
    """`add_lead(agency, last_name="Roux", state="won", …)` is a lead, a minute younger than the last."""
    numbers = count(1)

    def add(agency, system="marketing_lab", **fields) -> Lead:
        number = next(numbers)
        ours = {name.name for name in Lead._meta.concrete_fields} - {"first_name", "last_name"}
        given = {name: fields.pop(name) for name in list(fields) if name in ours and name not in DRAFTED}
        fields.setdefault("happened_at", MORNING + timedelta(minutes=number))
        connection = connected(agency, system, label=f"{system} of {agency.slug}")
        assert save(connection, [draft(str(number), **fields)], Way.READ).new == 1
        lead = Lead.objects.for_agency(agency).latest("pk")
        for name, value in given.items():
            setattr(lead, name, value)
        lead.save()
        return lead

    return add


DRAFTED = {
    "happened_at", "portal", "category", "intention", "email", "message", "programme", "region", "classified_id",
    "estate_reference", "programme_id", "gender", "language", "expires_at", "phones",
}  # fmt: skip


@pytest.fixture
def add_estate(connected):
    numbers = count(1)

    def add(agency, **fields) -> Estate:
        number = next(numbers)
        known = {"title": f"Estate {number}", "reference": f"REF-{number}", "search_text": f"ref {number}"}
        dates = dict.fromkeys(("created_at", "first_seen_at", "changed_at"), MORNING)
        return Estate.objects.create(
            agency=agency, connection=connected(agency, "ts_immo", label="estates"), remote_id=f"r{number}",
            digest=b"1", **{**known, **dates, **fields},
        )  # fmt: skip

    return add

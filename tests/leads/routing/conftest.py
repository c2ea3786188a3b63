"""An agency with colleagues, rules, and leads that come in."""

from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.jobs.models import Job
from estates.jobs.work import work
from estates.leads.filing import start_filing
from estates.leads.models import Lead, RoutingRule
from estates.leads.models.leads import Way
from estates.leads.saving import save


@pytest.fixture
def colleague(agency):
    """`colleague("ana")` is an agent of the agency, made at the first call."""

    def get(name, role=Role.AGENT, of=None) -> User:
        email = f"{name}@colleagues.example"
        found = User.objects.filter(email=email).first()
        if found is None:
            found = User.objects.create_user(email, name=name.title(), language="en")
            Membership.objects.create(agency=of or agency, user=found, role=role)
        return found

    return get


@pytest.fixture
def rule(agency):
    """`rule(ana, city="Nice")` is a rule behind those before it; several people take turns."""

    def make(*people, target="", **fields) -> RoutingRule:
        target = target or ("person" if len(people) == 1 else "turns")
        position = RoutingRule.objects.for_agency(agency).count() + 1
        fields = {"name": f"Rule {position}"} | fields
        made = RoutingRule.objects.create(agency=agency, position=position, target=target, **fields)
        made.people.set(people)
        return made

    return make


@pytest.fixture
def come(agency, connected, draft):
    """`come("1", "2", region="Lyon")` has leads come in and be filed; gives them in that order."""

    def do(*ids, of=None, connection=None, **fields) -> list[Lead]:
        of = of or agency
        fields = {"happened_at": timezone.now()} | fields
        save(connection or connected(of), [draft(each, **fields) for each in ids], Way.READ)
        assert work(start_filing(of).pk)
        rows = Lead.objects.for_agency(of).filter(remote_id__in=ids).select_related("agency", "assignee")
        return sorted(rows, key=lambda lead: ids.index(lead.remote_id))

    return do


@pytest.fixture
def estate(agency, connected):
    def make(reference="REF-7", city="Nice", price=450_000, **fields) -> Estate:
        now = timezone.now()
        return Estate.objects.create(
            agency=agency,
            connection=connected(agency, "ts_immo", "tsi_key_0123456789", "Lyon"),
            remote_id=f"id-{reference}",
            digest=b"1",
            reference=reference,
            city=city,
            price=Decimal(price),
            created_at=now,
            first_seen_at=now,
            changed_at=now,
            **fields,
        )

    return make


@pytest.fixture
def mailed(agency):
    """Does the mail jobs that are due, and gives what left, as (address, subject)."""

    def do(mailbox, kind="leads.notify"):
        for job in Job.objects.for_agency(agency).filter(kind=kind, status__in=("queued", "waiting")):
            Job.objects.across_agencies().filter(pk=job.pk).update(not_before=timezone.now())
            assert work(job.pk)
        return [(message.to[0], message.subject) for message in mailbox]

    return do

"""An agency whose every text carries a word that must never be read by anybody else."""

import hashlib
import json
from base64 import b64encode
from datetime import timedelta

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from accounts import invitations
from accounts.audit import record
from accounts.models import (
    Agency,
    IdempotentCall,
    Impersonation,
    MailChoice,
    MailKind,
    Membership,
    PartnerKey,
    PartnerKeyDay,
    Scope,
    User,
)
from accounts.roles import Role
from accounts.tenancy import TenantModel
from estates.catalogue.models import (
    Estate,
    EstateChange,
    EstatePayload,
    MirrorPlan,
    RejectedEstate,
    SavedSearch,
    SyncRun,
)
from estates.connections.models import Connection, ConnectionKey, System
from estates.connections.vault import seal
from estates.jobs.models import Job, JobEvent, Status
from estates.leads.models import (
    Batch,
    Digest,
    ErasedKey,
    Erasure,
    ErasureTrace,
    Forwarding,
    HashKey,
    KeptApart,
    Lead,
    LeadEvent,
    LeadOffer,
    LeadPayload,
    LeadSource,
    Notice,
    OfficeHours,
    Person,
    PersonChange,
    Programme,
    Pull,
    Retention,
    RoutingRule,
    SentBuyer,
    SentLead,
    StrayItem,
    Tombstone,
    WebhookCall,
    WebhookKey,
    WebhookSubscription,
)
from estates.remotes.secret import Secret
from estates.wordpress.models import (
    AddressProposal,
    HealthLook,
    PluginFile,
    PluginLook,
    Proof,
    Site,
    SiteEvent,
    SiteHealth,
    SiteKey,
    SitePlugin,
)
from tests.support import canary as support
from tests.syndication import canary as syndication
from tests.webhooks import canary as webhooks

WORD = "CANARY7QX"
NOT_SHOWN = {"token_hash", "hash", "previous_hash", "head", "claim", "slug"}


def fill(agency: Agency, word: str) -> dict[str, models.Model]:
    """One row of everything that an agency may own, with the word in it; by what a route's `pk` means."""
    now = timezone.now()
    owner = User.objects.create_user(f"owner@{word.lower()}.example", name=f"Owner {word}", language="en")
    second = User.objects.create_user(f"second@{word.lower()}.example", name=f"Second {word}", language="en")
    Membership.objects.create(agency=agency, user=owner, role=Role.OWNER)
    membership = Membership.objects.create(agency=agency, user=second, role=Role.OWNER)
    invitation, token = invitations.invite(agency, owner, f"invited@{word.lower()}.example", Role.AGENT)
    partner_key = PartnerKey.objects.create(
        agency=agency,
        name=f"Partner {word}",
        prefix=f"psl_{word[:8]}",
        token_hash=hashlib.sha256(word.encode()).hexdigest(),
        scopes=list(Scope.values),
        created_by=owner,
    )
    PartnerKeyDay.objects.create(key=partner_key, day=now.date(), calls=7)
    IdempotentCall.objects.create(
        agency=agency,
        key=partner_key,
        name=word,
        fingerprint="0" * 64,
        answered_at=now,
        status=202,
        body=word.encode(),
    )
    connection = Connection.objects.create(
        agency=agency, system=System.TS_IMMO, label=word, state="refused", last_answer=f"no {word}"
    )
    for standing in ConnectionKey.Standing:
        ConnectionKey.objects.create(
            connection=connection,
            standing=standing,
            ciphertext=seal(Secret(f"key-{word}")),
            last_four=word[-4:],
            stored_by=owner,
            answer=word,
        )
    job = Job.objects.create(
        agency=agency,
        kind="catalogue.sync",
        subject=f"connection:{word}",
        title=word,
        params={"word": word},
        checkpoint={"word": word},
        status=Status.FAILED,
        error=word,
        error_kind="refused",
        evidence=word.encode(),
        request_id=word,
        asked_by=owner,
    )
    JobEvent.objects.create(job=job, event="failed", words=word)
    run = SyncRun.objects.create(
        agency=agency, connection=connection, job=job, status=SyncRun.Status.ASKING, error=word, would_go=1
    )
    estate = Estate.objects.create(
        agency=agency,
        connection=connection,
        remote_id=word,
        digest=word.encode(),
        title=word,
        reference=word,
        type=word,
        sub_type=word,
        offer_type=word,
        status=word,
        currency="EUR",
        address=word,
        city=word,
        postal_code=word,
        region=word,
        country="FR",
        public_url=f"https://www.{word.lower()}.example/",
        images=[f"https://img.{word.lower()}.example/1.jpg"],
        search_text=word.lower(),
        price=450_000,
        latitude=43.7,
        longitude=7.26,
        created_at=now,
        first_seen_at=now,
        changed_at=now,
        missed=1,
    )
    EstatePayload.objects.create(estate=estate, body=f'{{"id": "{word}"}}')
    EstateChange.objects.create(agency=agency, estate=estate, at=now, field="status", before=word, after=word)
    RejectedEstate.objects.create(
        agency=agency, connection=connection, run=run, reason=word, body=f'"{word}"'
    )
    MirrorPlan.objects.create(agency=agency, connection=connection, next_at=now + timedelta(days=1))
    search = SavedSearch.objects.create(agency=agency, user=owner, name=word, query=f"city={word}")
    view = SavedSearch.objects.create(
        agency=agency, user=owner, page="leads", name=f"Leads {word}", query=f"portal={word}"
    )
    site = Site.objects.create(
        agency=agency,
        connection=connection,
        domain=f"www.{word.lower()}.example",
        theme_id=word,
        state="refused",
        plan=word,
        expires_at=now.date() + timedelta(days=9),
        max_properties=1,
        words=f"no {word}",
        in_doubt=True,
        answered_at=now,
    )
    SiteKey.objects.create(
        site=site, ciphertext=seal(Secret(f"plg-{word}")), last_four=word[-4:], stored_by=owner
    )
    SiteEvent.objects.create(site=site, actor=owner, what=SiteEvent.What.REFUSED, words=word)
    person = Person.objects.create(agency=agency)
    lead = Lead.objects.create(
        agency=agency,
        connection=connection,
        remote_id=word,
        source=System.TS_IMMO,
        way="pull",
        digest=word,
        happened_at=now,
        received_at=now,
        changed_at=now,
        portal=word,
        category=word,
        intention=word,
        first_name=word,
        last_name=word,
        email=f"{word.lower()}@buyer.example",
        email_key=f"{word.lower()}@buyer.example",
        phone=word,
        phones=[{"kind": word, "number": word, "e164": "", "mobile": False}],
        message=f"{word} " * 90,
        excerpt=word,
        programme_id=word,
        programme=word,
        region=word,
        classified_id=word,
        estate_reference=word,
        search_text=word.lower(),
        estate=estate,
        estate_by="hand",
        person=person,
        assignee=owner,
    )
    LeadPayload.objects.create(lead=lead, body=f'{{"action_id": "{word}"}}')
    LeadEvent.objects.create(lead=lead, actor=owner, what="note", words=word)
    OfficeHours.objects.create(agency=agency, closed=[["2026-12-24", "2027-01-02"]])
    forwarding = Forwarding.objects.create(
        agency=agency,
        lead=lead,
        connection=connection,
        estate=estate,
        buyer={"last_name": word},
        words=word,
        asked_by=owner,
        asked_at=now,
    )
    buyer = SentBuyer.objects.create(
        agency=agency,
        connection=connection,
        estate=estate,
        stream_id=word,
        digest="0" * 64,
        buyer={"streamId": word, "lastname": word},
        asked_at=now,
    )
    rule = RoutingRule.objects.create(
        agency=agency, position=1, name=word, city=word, target="first", fallback=owner
    )
    rule.people.add(owner)
    offer = LeadOffer.objects.create(agency=agency, lead=lead, until=now + timedelta(days=1), fallback=owner)
    offer.people.add(owner)
    Notice.objects.create(agency=agency, lead=lead, user=owner, kind="assigned", state="sent")
    MailChoice.objects.create(agency=agency, user=second, kind=MailKind.DIGEST, wanted=False)
    Digest.objects.create(agency=agency, user=owner, day=now.date())
    source = LeadSource.objects.create(agency=agency, connection=connection, next_at=now + timedelta(days=1))
    batch = Batch.objects.create(
        agency=agency, connection=connection, operation="readContacts", seen_at=now, digest="x", body=word
    )
    Programme.objects.create(
        agency=agency, connection=connection, remote_id=word, name=word, region=word, seen_at=now
    )
    Pull.objects.create(agency=agency, connection=connection)
    StrayItem.objects.create(agency=agency, connection=connection, digest="x", reason=word, body=word)
    Tombstone.objects.create(agency=agency, connection=connection, remote_id=f"erased-{word}")
    seeki = Connection.objects.create(agency=agency, system=System.SEEKI, label=word)
    ConnectionKey.objects.create(
        connection=seeki, ciphertext=seal(Secret(f"seeki_live_{word}")), stored_by=owner
    )
    aviv = Connection.objects.create(agency=agency, system=System.AVIV, label=word)
    ConnectionKey.objects.create(connection=aviv, ciphertext=seal(Secret(f"aviv-{word}")), stored_by=owner)
    subscription = WebhookSubscription.objects.create(
        agency=agency,
        connection=aviv,
        opaque=f"opaque-{word}",
        remote_id=word,
        state="ACTIVE",
        active_since=now,
        audited_at=now,
        events=[{"at": now.isoformat(), "status": word, "status_code": 200, "lead_id": word}],
    )
    WebhookKey.objects.create(subscription=subscription, ciphertext=seal(Secret(f"whk-{word}")))
    WebhookCall.objects.create(
        agency=agency, subscription=subscription, body=word.encode(), lead_id=word, handled_at=now
    )
    sent = SentLead.objects.create(
        agency=agency,
        connection=aviv,
        state="unknown",
        fields={"last_name": word},
        classified_id=word,
        words=word,
        created_by=owner,
    )
    fault = {"code": "shortcodes", "facts": {"names": word}}
    SiteHealth.objects.create(
        agency=agency,
        site=site,
        verdict="slow",
        since=now,
        checked_at=now,
        faults=[fault],
        facts={"url": f"https://{word}/", "hops": [[word, 301]]},
        next_at=now + timedelta(days=1),
    )
    HealthLook.objects.create(agency=agency, site=site, at=now, verdict="slow", milliseconds=1, faults=[word])
    Proof.objects.create(
        agency=agency,
        estate=estate,
        site=site,
        url=estate.public_url,
        price=450_000,
        status=word,
        verdict="differs",
        shown_price=430_000,
        landed=estate.public_url,
        checked_at=now,
        next_at=now + timedelta(days=1),
    )
    unpublished = Estate.objects.create(
        agency=agency,
        connection=connection,
        remote_id=f"{word}-2",
        digest=b"",
        reference=word,
        title=word,
        created_at=now,
        first_seen_at=now,
        changed_at=now,
    )
    proposal = AddressProposal.objects.create(
        agency=agency, estate=unpublished, site=site, url=f"{estate.public_url}bien/{word}/", found="path"
    )
    PluginLook.objects.create(site=site, looked_at=now)
    plugin = SitePlugin.objects.create(
        agency=agency,
        site=site,
        remote_id=word,
        name=word,
        description=word,
        version="1.0",
        shortcodes=[word],
        file=stored_file(word),
        first_seen=now,
        listed_at=now,
        changes={"name": [f"old {word}", word]},
        changed_at=now,
    )
    other = Person.objects.create(agency=agency)
    change = PersonChange.objects.create(
        agency=agency,
        kind="split",
        person=person,
        other=other,
        moved={lead.pk: {"before": [person.pk, ""], "after": [other.pk, "hand"]}},
        actor=owner,
    )
    KeptApart.objects.create(agency=agency, person=person, other=other)
    retention = Retention.objects.create(agency=agency, months=35)
    HashKey.objects.create(retention=retention, ciphertext=seal(Secret("00" * 32)))
    erasure = Erasure.objects.create(agency=agency, number=word, reason="request", asked_by=owner)
    ErasedKey.objects.create(erasure=erasure, hash=word)
    trace = b64encode(json.dumps({"mails": [word], "tails": [], "names": [], "ids": []}).encode()).decode()
    ErasureTrace.objects.create(erasure=erasure, ciphertext=seal(Secret(trace)))
    Impersonation.objects.create(
        agency=agency, operator=second, person=owner, reason=f"Why {word}", ends_at=now, ended_at=now
    )
    record(agency, owner, "connection.stored", word, word=word)
    return {
        "owner": owner,
        "membership": membership,
        "invitation": invitation,
        "connection": connection,
        "job": job,
        "run": run,
        "estate": estate,
        "saved search": search,
        "saved view": view,
        "site": site,
        "lead": lead,
        "forwarding": forwarding,
        "buyer": buyer,
        "rule": rule,
        "source": source,
        "batch": batch,
        "person": person,
        "aviv": aviv,
        "subscription": subscription,
        "sent lead": sent,
        "proposal": proposal,
        "plugin": plugin,
        "change of people": change,
        "erasure": erasure,
        "token": token,
        "seeki": seeki,
        "partner key": partner_key,
        **support.fill(agency, word, owner, site),
        **syndication.fill(agency, word, owner, seeki, estate),
        **webhooks.fill(agency, word, owner, partner_key),
    }


def stored_file(word: str) -> PluginFile:
    """Plugin files belong to no agency; what one agency alone was promised must not reach another one either."""
    body = f"PK {word}".encode()
    return PluginFile.objects.create(
        plugin=word.lower(),
        version="1.0",
        sha256=hashlib.sha256(body).hexdigest(),
        state=PluginFile.State.READY,
        size=len(body),
        stored_as=default_storage.save(f"plugins/{word}.zip", ContentFile(body)),
        listed_at=timezone.now(),
    )


def tenant_models() -> list[type[models.Model]]:
    """Every model whose rows belong to an agency: by their own column, or as a part of such a row."""
    ours = [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in ("accounts", "estates", "support")
    ]
    owned = [model for model in ours if issubclass(model, TenantModel)]
    parts = [
        model
        for model in ours
        if model not in owned
        and any(
            field.related_model in owned and field.remote_field.on_delete is models.CASCADE
            for field in model._meta.concrete_fields
            if field.is_relation
        )
    ]
    return owned + parts


def every_row(model: type[models.Model]) -> models.QuerySet:
    manager = model._default_manager
    return manager.across_agencies() if hasattr(manager, "across_agencies") else manager.all()


def dump(agency: Agency) -> dict[str, list[dict]]:
    """All that the agency owns, to compare what it was with what it is."""
    tables = {}
    for model in tenant_models():
        owner = "agency" if issubclass(model, TenantModel) else None
        if owner is None:
            parent = next(
                f
                for f in model._meta.concrete_fields
                if f.is_relation and issubclass(f.related_model, TenantModel)
            )
            owner = f"{parent.name}__agency"
        tables[model._meta.label] = list(every_row(model).filter(**{owner: agency}).order_by("pk").values())
    return tables

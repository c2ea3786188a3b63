"""What an agency may own in the room of syndication, each text with a word that nobody else must read."""

import hashlib
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from accounts.models import Agency, User
from estates.catalogue.models import Estate
from estates.connections.models import Connection
from estates.syndication.models import Batch, Feed, FeedItem, Listing, ListingEvent, Outlet, PictureLook, Plan


def fill(
    agency: Agency, word: str, owner: User, seeki: Connection, estate: Estate
) -> dict[str, models.Model]:
    """By what a route's `pk` means. The feed waits to be sent; its listing was refused."""
    now = timezone.now()
    plan = Plan.objects.create(
        agency=agency,
        connection=seeki,
        active=True,
        rules={"cities": [word]},
        changed_by=owner,
        looked_at=now,
    )
    feed = Feed.objects.create(
        agency=agency,
        plan=plan,
        format=Feed.Format.OPENIMMO,
        container=Feed.Container.XML,
        name=f"{word}.xml",
        size=len(word),
        sha256=hashlib.sha256(word.encode()).hexdigest(),
        stored_as=default_storage.save(f"feeds/{agency.pk}/{word}.xml", ContentFile(word.encode())),
        state=Feed.State.READ,
        scope="full",
        software=f"Software {word}",
        listings=1,
        removal=Feed.Removal.ASKING,
        missing=1,
        words=f"odd {word}",
        uploaded_by=owner,
        read_at=now,
    )
    item = FeedItem.objects.create(
        agency=agency,
        feed=feed,
        ordinal=0,
        line=1,
        external_id=f"number-{word}",
        title=f"Feed {word}",
        city=word,
        state=FeedItem.State.READ,
        words=word,
    )
    at_seeki = {
        "wanted": True,
        "stage": Listing.Stage.REFUSED,
        "code": "VALIDATION_FAILED",
        "words": f"no {word}",
        "import_item_id": f"item-{word}",
        "live_until": now + timedelta(days=9),
    }
    given = {"agency": agency, "plan": plan}
    listing = Listing.objects.create(
        **given, external_id=estate.remote_id, estate=estate, title=word, **at_seeki
    )
    Listing.objects.create(
        **given, external_id=item.external_id, feed_item=item, title=item.title, **at_seeki
    )
    ListingEvent.objects.create(listing=listing, what=ListingEvent.What.REFUSED, words=word)
    Batch.objects.create(**given, items=1, size=9, words=f"no {word}", answer=word.encode())
    PictureLook.objects.create(
        agency=agency, address=f"https://img.{word.lower()}.example/1.jpg", digest=word[:32], words=word
    )
    outlet = Outlet.objects.create(agency=agency, name=f"Portal {word}", created_by=owner)
    return {"plan": plan, "feed": feed, "listing": listing, "outlet": outlet}

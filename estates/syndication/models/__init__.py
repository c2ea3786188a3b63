from estates.syndication.models.feeds import Feed, FeedItem
from estates.syndication.models.listings import Batch, Listing, ListingEvent, PictureLook, Verdict
from estates.syndication.models.outlets import Outlet
from estates.syndication.models.plans import Plan

__all__ = [
    "Batch",
    "Feed",
    "FeedItem",
    "Listing",
    "ListingEvent",
    "Outlet",
    "PictureLook",
    "Plan",
    "Verdict",
]

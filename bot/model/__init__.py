"""The nouns of treatywatch: everything that passes between modules.

All are frozen. Times are aware and in UTC unless a zone stands beside them; durations are timedelta; a bare number
has its unit in its name.
"""

from bot.model.channels import (
    Cadence,
    Channel,
    ChannelId,
    Claim,
    Delivery,
    DigestKey,
    Draft,
    Owed,
    Post,
    PostKind,
    PostState,
    Readings,
    Status,
    Subscription,
    Watched,
    Wish,
)
from bot.model.feeds import Feed, FeedState, Fetched, FieldName, Item, ItemId, Rank, Reading
from bot.model.messages import Entry, Group, Limits, Link, Message, Quote, Receipt
from bot.model.topics import Coverage, Evidence, Found, Match, Near, Some, Story, Topic

__all__ = [
    "Cadence",
    "Channel",
    "ChannelId",
    "Claim",
    "Coverage",
    "Delivery",
    "DigestKey",
    "Draft",
    "Entry",
    "Evidence",
    "Feed",
    "FeedState",
    "Fetched",
    "FieldName",
    "Found",
    "Group",
    "Item",
    "ItemId",
    "Limits",
    "Link",
    "Match",
    "Message",
    "Near",
    "Owed",
    "Post",
    "PostKind",
    "PostState",
    "Quote",
    "Rank",
    "Reading",
    "Readings",
    "Receipt",
    "Some",
    "Status",
    "Story",
    "Subscription",
    "Topic",
    "Watched",
    "Wish",
]

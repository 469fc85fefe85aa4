"""What is due in a claimed channel → posts on disk: the digest, the stories at once, and what earlier ones are owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.chat import Chat
from bot.delivery.calendar import next_digest
from bot.delivery.compose import compose_batch, compose_instant
from bot.delivery.instants import HOUR, instants
from bot.delivery.once import Once
from bot.delivery.sequels import corrected, correction, coverage
from bot.log import log
from bot.model import Channel, Claim, Draft, Follow, Message, Outdated
from bot.store import Store
from bot.work.clock import Clock
from bot.work.editor import Editor


class Planner:
    """Plans what is due; nothing is sent here."""

    def __init__(self, store: Store, chats: Mapping[str, Chat], editor: Editor, *, clock: Clock, per_hour: int) -> None:
        """`per_hour`: how many messages a channel gets at once in an hour."""
        self._store, self._chats, self._editor = store, chats, editor
        self._clock, self._per_hour = clock, per_hour

    async def plan(self, claim: Claim) -> None:
        """Plan the digest that is due; where none is, what is owed at once and to messages that stand."""
        if claim.digest is not None:
            await self._plan_digest(claim)
            return
        await self._plan_instants(claim.channel)
        for outdated in await self._store.outdated(claim.channel.id):
            await self._follow(outdated, claim.channel)

    async def _plan_digest(self, claim: Claim) -> None:
        channel, key, now = claim.channel, claim.digest, self._clock.now()
        cadence = channel.cadence(key.cadence) if key else None
        if key is None or cadence is None:
            return
        chat = self._chats[channel.id.platform]
        news = await self._editor.once(channel, key.wish, day=key.day)
        digest = await self._editor.digest_of(news, claim, now=now, limits=chat.limits)
        posts = await self._store.plan(
            channel.id,
            [_draft(message, news, chat) for message in digest.messages],
            digest=key,
            next_digest=next_digest(cadence, after=now),
            dropped=news.all_dropped(digest.dropped),
            now=now,
        )
        log.info("digest.planned", channel=str(channel.id), cadence=key.name, day=str(key.day), posts=len(posts))

    async def _plan_instants(self, channel: Channel) -> None:
        """Each in a transaction of its own: what a kill leaves unplanned is owed as before."""
        chat, now = self._chats[channel.id.platform], self._clock.now()
        news = await self._editor.once(channel, "instant", day=now.date())
        if news.never:
            await self._store.plan(channel.id, [], digest=None, next_digest=None, dropped=news.never, now=now)
        if not news.owed:
            return
        told = await self._store.told_at_once(channel.id, since=now - 2 * HOUR)
        due = instants(news.owed, told, channel=channel, per_hour=self._per_hour, now=now)
        if due.stale:
            await self._store.fold(channel.id, news.all_of([one.story.id for one in due.stale]))
            log.info("stories.folded", channel=str(channel.id), stories=len(due.stale))
        if due.wait is not None:
            await self._store.wait(channel.id, until=due.wait)
        desk = await self._editor.desk(channel)
        for owed in due.alone:
            draft = _draft(compose_instant(owed, desk=desk, limits=chat.limits), news, chat)
            await self._store.plan(channel.id, [draft], digest=None, next_digest=None, now=now)
        if due.together:
            batch = compose_batch(due.together, desk=desk, day=now.date(), limits=chat.limits)
            first, *rest = (_draft(message, news, chat) for message in batch)
            drafts = [replace(first, kind="instant"), *rest]
            await self._store.plan(channel.id, drafts, digest=None, next_digest=None, now=now)
            log.info("stories.gathered", channel=str(channel.id), stories=len(due.together))

    async def _follow(self, outdated: Outdated, channel: Channel) -> None:
        """Correct a message, and tell in its thread who else tells its stories."""
        chat, desk, now = self._chats[channel.id.platform], await self._editor.desk(channel), self._clock.now()
        follows = [
            Follow(
                post=outdated.post,
                how="reply",
                draft=replace(_without_stories(reply.message, chat), kind="rest"),
                sequels=reply.sequels,
            )
            for reply in coverage(outdated, desk=desk, limits=chat.limits)
        ]
        if (message := corrected(outdated, desk=desk, limits=chat.limits)) is not None:
            corrections = tuple(each for each in outdated.sequels if each.kind == "correction")
            draft = _without_stories(message if chat.edits else correction(outdated, message), chat)
            draft = replace(draft, kind=outdated.post.kind if chat.edits else "rest")
            follows.append(
                Follow(
                    post=outdated.post,
                    how="edit" if chat.edits else "reply",
                    draft=draft,
                    sequels=corrections,
                    stands=message,
                )
            )
        told = {each for one in follows for each in one.sequels}
        done = [each for each in outdated.sequels if each not in told]
        await self._store.follow(follows, done=done, now=now)
        for one in follows:
            log.info("message.followed", channel=str(channel.id), post=outdated.post.id, how=one.how)


def _draft(message: Message, news: Once, chat: Chat) -> Draft:
    return Draft(kind=message.kind, payload=chat.render(message), stories=news.all_of(message.stories), message=message)


def _without_stories(message: Message, chat: Chat) -> Draft:
    """A draft that tells nothing that is owed."""
    return Draft(kind=message.kind, payload=chat.render(message), stories=(), message=message)

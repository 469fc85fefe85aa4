"""/healthz for a load balancer or container, /metrics for Prometheus; nothing else, and nothing secret."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Self, get_args

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

from bot.errors import ConfigError, Fault, StoreError
from bot.model import DUTIES, FeedFault, Outcome, PostState, Status
from bot.store import Reader
from bot.work.clock import Clock
from bot.work.health import ailments
from bot.work.tally import Tally

SHUTDOWN_SECONDS = 1.0  # for who is being answered when we stop; aiohttp's own is a minute


class Door:
    """The bot's own small web server; does nothing where no address is given.

    `tally`: what this process has read; None where another one reads, so that nothing is counted as never done.
    `ways`: the platforms that there is a way to, as feeds.yaml and the tokens have it now.
    """

    def __init__(
        self,
        address: tuple[str, int] | None,
        store: Reader,
        clock: Clock,
        *,
        tally: Tally | None,
        ways: Callable[[], Collection[str]],
    ) -> None:
        self._address, self._store, self._clock, self._tally = address, store, clock, tally
        self._ways = ways
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Listen; raises ConfigError where the address cannot be had."""
        if self._address is None:
            return self
        pages = web.Application()
        pages.add_routes([web.get("/healthz", self._healthz), web.get("/metrics", self._metrics)])
        self._runner = web.AppRunner(pages, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        host, port = self._address
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            what = f"cannot listen on {host}:{port} ({error.strerror}); choose another address or leave it empty"
            raise ConfigError("environment", [Fault(0, 0, "TREATYWATCH_WEB", what)]) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        try:
            ailing = ailments(await self._store.status(), now=self._clock.now(), ways=self._ways())
        except StoreError as error:
            ailing = [str(error)]
        return web.json_response({"healthy": not ailing, "why": ailing}, status=503 if ailing else 200)

    async def _metrics(self, _request: web.Request) -> web.Response:
        body = metrics(await self._store.status(), self._tally, self._ways())
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def metrics(status: Status, tally: Tally | None, ways: Collection[str] | None = None) -> bytes:
    """The status, and what this process has read since it started, in Prometheus' text format."""
    registry = CollectorRegistry()
    _stand(registry, status, ways)
    if tally is not None:
        _done(registry, tally)
    return generate_latest(registry)


def _stand(registry: CollectorRegistry, status: Status, ways: Collection[str] | None) -> None:
    def gauge(name: str, told: str, value: float) -> None:
        Gauge(f"treatywatch_{name}", told, registry=registry).set(value)

    failing = sum(1 for state in status.feeds if state.failures)
    gauge("feeds", "Feeds that are watched", len(status.feeds))
    gauge("feeds_failing", "Feeds whose last reading failed", failing)
    gauge("items", "Items in the archive", status.items)
    gauge("items_matched", "Items about the convention", status.matched)
    gauge("stories", "Stories told by these", status.stories)
    gauge("deliveries_owed", "Stories owed to channels and not told yet", status.owed)
    late = status.late_since(ways)
    told = "Since when the oldest story at once, or planned post, could have been told; 0: none waits"
    gauge("oldest_owed_timestamp_seconds", told, late.timestamp() if late else 0.0)
    beat = status.beat.timestamp() if status.beat else 0.0
    gauge("beat_timestamp_seconds", "The last sign of life of what reads and what posts, the older of the two", beat)
    beats = Gauge("treatywatch_part_beat_timestamp_seconds", "The same by part; 0: never", ["part"], registry=registry)
    for duty in DUTIES:
        beats.labels(duty).set(status.beats[duty].timestamp() if duty in status.beats else 0.0)
    posts = Gauge("treatywatch_posts", "Posts by state", ["state"], registry=registry)
    for state in PostState:
        posts.labels(state.value).set(status.posts.get(state, 0))


def _done(registry: CollectorRegistry, tally: Tally) -> None:
    def counter(name: str, told: str, value: int) -> None:
        Counter(f"treatywatch_{name}", told, registry=registry).inc(value)

    polls = Counter("treatywatch_polls", "Readings of feeds by their outcome", ["outcome"], registry=registry)
    for outcome in get_args(Outcome):
        polls.labels(outcome).inc(tally.readings[outcome])
    faults = Counter("treatywatch_poll_faults", "Readings that failed, by fault", ["fault"], registry=registry)
    for fault in FeedFault:
        faults.labels(fault.value).inc(tally.faults[fault])
    counter("polls_not_modified", "Answers with 304", tally.not_modified)
    counter("items_new", "New items", tally.new)
    counter("items_new_matched", "New items about the convention", tally.matched)
    counter("stories_held_back", "Stories kept from channels, too many at once", tally.held)
    counter("parser_kills", "Readers that ran out of time or memory", tally.faults[FeedFault.KILLED])
    counter("addresses_refused", "Connections that the guard refused", tally.faults[FeedFault.REFUSED])

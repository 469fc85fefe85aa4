"""Pages that ask whether we are human, told from other pages and from feeds."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.feeds.answers import Head, is_wall
from bot.feeds.pages import page_fault
from bot.model import FeedFault
from tests.feed_server import FeedServer, Page, Told, rss
from tests.test_fetch import BRIEF, failure, fetched


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


def page(title: str, body: str = "", head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


STORY = "The committee met in the morning and heard the delegates of forty states. " * 40

WALLS = {
    "Cloudflare's challenge": page(
        "Just a moment...", "<noscript>Enable JavaScript and cookies to continue</noscript>"
    ),
    "Cloudflare's challenge in another language": page(
        "Nur einen Moment…", '<script>window._cf_chl_opt={cType:"managed"};</script>'
    ),
    "Cloudflare's block": page("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>"),
    "Cloudflare's script alone": page(
        "", '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>'
    ),
    "Imperva's block": page("", "Request unsuccessful. Incapsula incident ID: 123-456"),
    "Imperva's frame": page("", '<iframe src="/_Incapsula_Resource?CWUDNSAI=9&incident_id=1"></iframe>'),
    "Imperva's script alone": page("", '<script src="/_Incapsula_Resource?SWJIYLWA=719d"></script>'),
    "Imperva's interruption": page("Pardon Our Interruption", STORY),
    "Akamai's denial": (
        "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n \nYou don't have permission"
        " to access this.<P>\nReference&#32;&#35;18&#46;2d351ab8&#46;1557333295\n</BODY>\n</HTML>\n"
    ),
    "Akamai's check": page("", '<script src="/_sec/verify?provider=interstitial"></script>'),
    "DDoS-Guard": page("DDoS-Guard", '<script src="https://check.ddos-guard.net/check.js"></script>'),
    "Anubis": page("Making sure you&#39;re not a bot!", "Loading..."),
    "Anubis in another language": page("Un momento", '<img src="/.within.website/x/cmd/anubis/static/img/a.webp">'),
    "AWS WAF": page("", "<script>window.gokuProps = {};</script>"),
    "Sucuri": page("Sucuri WebSite Firewall - Access Denied", "Access Denied"),
    "Sucuri's script": page("You are being redirected...", "<script>var sucuri_cloudproxy_js='';</script>"),
    "HUMAN": page("Access to this page has been denied", '<div id="px-captcha"></div>'),
    "DataDome": page("example.org", '<script src="https://ct.captcha-delivery.com/c.js"></script>'),
    "F5": "<html><head><title>Request Rejected</title></head><body>Your support ID is: 42</body></html>",
    "the Council of the EU": page("Browser check", "<p>Your browser is being looked at.</p>"),
    "a check of the browser": page("example.org", "<p>Checking your browser before you may go on.</p>"),
    "a question": page("example.org", "<p>Please verify you are a human.</p>"),
    "a captcha": page("example.org", "<p>Please solve this CAPTCHA.</p>"),
    "a puzzle and nothing else": page("example.org", '<div class="h-captcha" data-sitekey="1"></div>'),
    "typographic apostrophes": page("example.org", "<p>Show that you’re not a robot.</p>"),
    "without a doctype": "\ufeff \n<!-- made by a machine --><HTML><TITLE>Robot Check</TITLE>",
    "XHTML": '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><title>Captcha</title>',
}
PAGES = {
    "an empty text": "",
    "a page": page("News", STORY),
    "a page that is not there": page("Not found", "<h1>Not found</h1>"),
    "maintenance": page("Maintenance", "The site is currently unavailable for urgent maintenance."),
    "an article about walls": page("How sites ask whether you are human", f"<p>Verify you are human. {STORY}</p>"),
    "a page with a guarded form": page("Contact", f'{STORY}<div class="g-recaptcha"></div>'),
    "a page watched by Cloudflare": page(
        "News", STORY + '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'
    ),
    "a page watched by Imperva": page("News", STORY, '<script src="/_Incapsula_Resource?SWJIYLWA=719d"></script>'),
    "a page drawn by a script": page(
        "News", '<div id="root"></div><noscript>You need to enable JavaScript.</noscript>'
    ),
    "denied without a reference": page("Access Denied", "<h1>Access Denied</h1>"),
    "words in a script": page("News", "<script>say('checking your browser')</script>" + STORY),
    "JSON": '{"message": "captcha"}',
    "words": "Checking your browser",
    "a feed that speaks of walls": rss(
        "Just a moment...", [Told(title="Captcha", summary="Verify you are human, px-captcha, _cf_chl_opt")]
    ).decode(),
    "Atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>Just a moment...</title></feed>',
    "RDF": '<?xml version="1.0"?><rdf:RDF><title>Just a moment...</title></rdf:RDF>',
    "RSS 0.91": '<!DOCTYPE rss SYSTEM "rss-0.91.dtd"><rss version="0.91"><title>Robot check</title></rss>',
    "a feed after a warning": "<br /><b>Warning</b>: captcha in line 1<br />" + rss("A feed", []).decode(),
}


@pytest.mark.parametrize("text", WALLS.values(), ids=WALLS.keys())
def test_a_page_that_asks_whether_we_are_human_is_a_challenge(text: str) -> None:
    assert page_fault(text) == FeedFault.CHALLENGE


@pytest.mark.parametrize("text", PAGES.values(), ids=PAGES.keys())
def test_anything_else_is_just_a_page(text: str) -> None:
    assert page_fault(text) == FeedFault.PAGE


def test_only_the_beginning_of_a_page_is_looked_at() -> None:
    assert page_fault(page("News", STORY * 30 + "_cf_chl_opt")) == FeedFault.PAGE


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<?", "<script>", "<title", "<title>", "access denied", "<a:", "&#", "<feed:", " "]
)
def test_no_page_takes_long_to_judge(piece: str) -> None:
    text = f"<html>{piece * 70_000}"
    started = time.process_time()
    assert page_fault(text) == FeedFault.PAGE
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("status", "headers", "walled"),
    [
        (403, [("CF-Mitigated", "challenge")], True),
        (200, [("cf-mitigated", "challenge")], True),
        (202, [("x-amzn-waf-action", "challenge")], True),
        (405, [("x-amzn-waf-action", "captcha")], True),
        (403, [("X-Sucuri-Block", "EVA")], True),
        (403, [("Server", "ddos-guard")], True),
        (200, [("Server", "ddos-guard")], False),
        (404, [("Server", "ddos-guard")], False),
        (403, [("X-DataDome", "protected")], True),
        (200, [("X-DataDome", "protected")], False),
        (403, [("Server", "cloudflare"), ("CF-Ray", "1")], False),
        (200, [], False),
    ],
)
def test_some_walls_are_told_by_their_headers(status: int, headers: list[tuple[str, str]], walled: bool) -> None:
    assert is_wall(Head.of(status, headers)) is walled


@pytest.mark.parametrize("status", [202, 403, 405, 410, 429, 503])
async def test_a_wall_is_a_challenge_whatever_its_status(server: FeedServer, status: int) -> None:
    server.page("/rss.xml", Page(status=status, body=WALLS["Cloudflare's challenge"].encode(), encoding="gzip"))
    error = await failure(server.url("/rss.xml"))
    assert (error.fault, error.status) == (FeedFault.CHALLENGE, status)


async def test_a_challenge_is_told_in_one_plain_sentence(server: FeedServer) -> None:
    server.page("/rss.xml", Page(status=403, headers={"cf-mitigated": "challenge", "Retry-After": "60"}))
    error = await failure(server.url("/rss.xml"))
    assert str(error) == "answered 403 Forbidden, with a page that asks whether we are human"
    assert error.wait == timedelta(minutes=1)


async def test_a_wall_that_calls_itself_well_is_known_by_its_headers(server: FeedServer) -> None:
    server.page("/rss.xml", Page(headers={"cf-mitigated": "challenge"}))
    assert (await failure(server.url("/rss.xml"))).fault == FeedFault.CHALLENGE


async def test_a_page_that_calls_itself_well_is_left_to_the_parser(server: FeedServer) -> None:
    body = WALLS["Cloudflare's challenge"].encode()
    server.page("/rss.xml", Page(body=body))
    assert (await fetched(server.url("/rss.xml"))).body == body


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(Page(status=403, body=b"x" * 1000, fault="stalls"), id="stalls"),
        pytest.param(Page(status=403, body=b"x" * 1000, fault="cut"), id="is cut"),
        pytest.param(Page(status=403, body=b"x" * 2**22), id="is large"),
        pytest.param(Page(status=403, body=bytes(2**21), encoding="gzip"), id="is a bomb"),
        pytest.param(Page(status=403, body=b"x", headers={"Content-Encoding": "gzip"}), id="is not packed as it says"),
        pytest.param(Page(status=403, body=b"x", encoding="compress"), id="cannot be read"),
    ],
)
async def test_a_status_is_told_even_where_its_page(server: FeedServer, page: Page) -> None:
    server.page("/rss.xml", page)
    error = await failure(server.url("/rss.xml"), limits=BRIEF)
    assert (str(error), error.fault) == ("answered 403 Forbidden", FeedFault.STATUS)

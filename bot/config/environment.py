"""The environment → where things are, and the tokens; nothing but the variables named here is read from it.

A secret is never shown: not in a fault, not in a log, not in a repr.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from yarl import URL

from bot.config.values import address
from bot.config.words import did_you_mean, say
from bot.errors import Fault
from bot.log import STRUCK

OURS = ("TREATYWATCH_CONFIG", "TREATYWATCH_DATABASE", "TREATYWATCH_WEB")
BOT_TOKEN, APP_TOKEN, API_URL = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL"
DISCORD_TOKEN, DISCORD_API_URL, DISCORD_GATEWAY_URL = "DISCORD_TOKEN", "DISCORD_API_URL", "DISCORD_GATEWAY_URL"
FROM_FILE = "_FILE"  # behind the name of a secret: the file that holds it
SECRETS = (BOT_TOKEN, APP_TOKEN, DISCORD_TOKEN)
VARIABLES = (
    *OURS,
    *(f"{secret}{end}" for secret in SECRETS for end in ("", FROM_FILE)),
    *(API_URL, DISCORD_API_URL, DISCORD_GATEWAY_URL),
)

DEFAULT_DATABASE = "treatywatch.db"
DEFAULT_API_URL = "https://slack.com/api/"
DEFAULT_DISCORD_API_URL = "https://discord.com/api/v10"
DEFAULT_GATEWAY_URL = "wss://gateway.discord.gg/"
LONGEST_SECRET = 4096  # bytes; Slack's tokens have some hundred


@dataclass(frozen=True, slots=True)
class TokenForm:
    """How a token is known, and where its owner finds it."""

    name: str
    looks: str  # what one of the kind matches
    told: str  # the same in words
    where: str


# https://docs.slack.dev/authentication/tokens; Discord's is the bot's id, a time and a signature, each in base64.
FORMS = {
    BOT_TOKEN: TokenForm(
        "bot token",
        r"xoxb-[!-~]+",
        "begins with xoxb-",
        "OAuth & Permissions on your app's page at https://api.slack.com/apps",
    ),
    APP_TOKEN: TokenForm(
        "app-level token",
        r"xapp-[!-~]+",
        "begins with xapp-",
        "Basic Information on your app's page at https://api.slack.com/apps, with the scope connections:write",
    ),
    DISCORD_TOKEN: TokenForm(
        "bot token",
        r"[\w-]{18,40}\.[\w-]{4,10}\.[\w-]{20,80}",
        "has three parts with dots between them",
        "Bot on your application's page at https://discord.com/developers/applications",
    ),
}


class Secret:
    """A text that shows as stars wherever it is printed; `reveal()` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself, for the one who must send it."""
        return self._value

    def __repr__(self) -> str:
        """Stars, and no more of them for a longer text."""
        return STRUCK

    def __eq__(self, other: object) -> bool:
        """Whether the texts are equal."""
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        """As equality has it."""
        return hash((Secret, self._value))


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackTokens:
    """What it takes to speak with Slack, in both directions."""

    bot_token: Secret  # xoxb-…: posts
    app_token: Secret  # xapp-…: opens the socket that commands come through
    api_url: str = DEFAULT_API_URL  # ends with a slash


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordToken:
    """What it takes to speak with Discord, in both directions."""

    token: Secret
    api_url: str = DEFAULT_DISCORD_API_URL  # without a slash at its end
    gateway_url: str = DEFAULT_GATEWAY_URL


@dataclass(slots=True)
class Outside:
    """What the environment says, and what is wrong there."""

    database: Path = Path(DEFAULT_DATABASE)
    web: tuple[str, int] | None = None
    slack: SlackTokens | None = None
    discord: DiscordToken | None = None
    faults: list[Fault] = field(default_factory=list)

    def blame(self, name: str, what: str) -> None:
        """Add a fault of this variable."""
        self.faults.append(Fault(0, 1, name, what))


def outside(environ: Mapping[str, str], database: str | None) -> Outside:
    """All that the environment says; `database` stands before TREATYWATCH_DATABASE. An empty variable says nothing."""
    found = Outside(faults=list(_strangers(environ)))
    try:
        found.database = _database(database or environ.get("TREATYWATCH_DATABASE") or DEFAULT_DATABASE)
    except ValueError as error:
        found.blame("--database" if database else "TREATYWATCH_DATABASE", str(error))
    try:
        found.web = _web(environ.get("TREATYWATCH_WEB", ""))
    except ValueError as error:
        found.blame("TREATYWATCH_WEB", str(error))
    found.slack = _slack(environ, found)
    found.discord = _discord(environ, found)
    return found


def _strangers(names: Iterable[str]) -> Iterator[Fault]:
    for name in names:
        if name.startswith("TREATYWATCH_") and name not in OURS:
            hint = did_you_mean(name, OURS, apart=len("TREATYWATCH_")) or f"; known are {', '.join(OURS)}"
            yield Fault(0, 1, name, f"unknown variable{hint}")


def _database(value: str) -> Path:
    """A path, or the path in sqlite:///…; an address is never repeated in the error, it may hold a password."""
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+):/", value)
    if scheme and scheme[1] != "sqlite":
        raise ValueError(f"{scheme[1]} is not possible, only SQLite is; write a path or sqlite:///path")
    path = value.removeprefix("sqlite:///")
    if not path or path.startswith("sqlite:") or (scheme and "?" in path):
        raise ValueError(f"{say(value)} names no file; write a path or sqlite:///path, without options")
    if ":memory:" in path:
        raise ValueError("a database in memory is lost at every stop; write a path")
    return Path(path)


def _web(value: str) -> tuple[str, int] | None:
    """host:port; "" is off, port 0 any free one."""
    if not value:
        return None
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9.-]+)):([0-9]{1,5})", value)
    if not found or int(found[3]) > 65535 or (found[1] and not _is_six(found[1])):
        raise ValueError(f"{say(value)} is not host:port; write 127.0.0.1:8080 or [::1]:8080")
    return found[1] or found[2], int(found[3])


def _is_six(host: str) -> bool:
    try:
        return ip_address(host).version == 6
    except ValueError:
        return False


# ── Slack and Discord


def _slack(environ: Mapping[str, str], found: Outside) -> SlackTokens | None:
    """Both tokens, or none; what is wrong goes to `found`."""
    before = len(found.faults)
    bot, app = (_token(name, environ, found) for name in (BOT_TOKEN, APP_TOKEN))
    api_url = _address(API_URL, environ, DEFAULT_API_URL, found).rstrip("/") + "/"
    if len(found.faults) > before or (bot is None and app is None):
        return None
    if bot is not None and app is not None:
        return SlackTokens(bot_token=bot, app_token=app, api_url=api_url)
    there, missing = (BOT_TOKEN, APP_TOKEN) if app is None else (APP_TOKEN, BOT_TOKEN)
    form = FORMS[missing]
    what = f"is missing, and {there} alone is not enough; add the {form.name} (it {form.told}) from {form.where}"
    found.blame(missing, what)
    return None


def _discord(environ: Mapping[str, str], found: Outside) -> DiscordToken | None:
    """The token and where it goes; what is wrong goes to `found`."""
    before = len(found.faults)
    token = _token(DISCORD_TOKEN, environ, found)
    api_url = _address(DISCORD_API_URL, environ, DEFAULT_DISCORD_API_URL, found).rstrip("/")
    gateway_url = _address(DISCORD_GATEWAY_URL, environ, DEFAULT_GATEWAY_URL, found)
    if len(found.faults) > before or token is None:
        return None
    return DiscordToken(token=token, api_url=api_url, gateway_url=gateway_url)


def _token(name: str, environ: Mapping[str, str], found: Outside) -> Secret | None:
    """The token of this name, from the environment or from its file; None: there is none, or it is wrong."""
    told, file = environ.get(name, ""), environ.get(name + FROM_FILE, "")
    if told and file:
        found.blame(name + FROM_FILE, f"is set, and so is {name}; keep one of the two")
        return None
    where, form = name, FORMS[name]
    if file:
        where = name + FROM_FILE
        try:
            told = _first_bytes(Path(file))
        except OSError as error:
            what = f"{say(file)} cannot be read ({error.strerror}); name a file that holds the {form.name}"
            found.blame(where, what)
            return None
    elif not told:
        return None
    told = told.strip()  # editors end a file with a line end
    # Never repeated in the fault, not even in part: what stands in the wrong place may be a secret of another kind.
    if not re.fullmatch(form.looks, told, re.ASCII):
        found.blame(where, f"holds no {form.name}; that {form.told} and is found under {form.where}")
        return None
    return Secret(told)


def _first_bytes(path: Path) -> str:
    """What a file of one secret holds; what is longer, or no ASCII, is no token."""
    with path.open("rb") as file:
        return file.read(LONGEST_SECRET).decode("ascii", errors="replace")


def _address(name: str, environ: Mapping[str, str], default: str, found: Outside) -> str:
    """The address that a variable names in place of a platform's own; what is wrong with it goes to `found`."""
    try:
        return _platform_address(environ.get(name) or default, default)
    except ValueError as error:
        found.blame(name, str(error))
        return default


def _platform_address(value: str, default: str) -> str:
    """An address of the default's kind; unencrypted only to this machine, since tokens go there."""
    secure = URL(default).scheme
    plain = secure.removesuffix("s")
    # A socket's address is judged as a web address is.
    url = URL(address(re.sub(r"^ws(s?)://", r"http\1://", value) if plain == "ws" else value))
    host = url.host or ""
    if url.scheme == "http" and not (host == "localhost" or _is_loopback(host)):
        raise ValueError(f"would send the tokens unencrypted; write {secure}://…, or {plain}://127.0.0.1:… in a test")
    if url.query_string or url.fragment or url.user or url.password:
        raise ValueError(f"holds more than host and path; write it as in {default}")
    return str(url.with_scheme(plain if url.scheme == "http" else secure))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

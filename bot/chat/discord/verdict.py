"""What an error of Discord's means for us (pure).

Sure: Discord took nothing, since it says what is wrong with our request or with the channel. Where its answer was
lost, or it failed itself, it may have taken the message; the same nonce or a look at the channel then tells.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from bot.chat import AGAIN, LATEST, SOONEST
from bot.errors import Closed, Refused, TreatywatchError, TryLater, Unreached, Unsure

Verdict = TryLater | Closed | Refused | Unsure

APPLICATIONS = "https://discord.com/developers/applications"
WHERE = f'copy it from "Bot" of the application at {APPLICATIONS}, or reset it there'

# Codes of https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
# The channel takes nothing until somebody does something there. The first such answer pauses it: 10,000 requests in
# ten minutes that are answered with 401, 403 or 429 have Discord shut out the host.
CHANNEL = {
    10003: "the channel does not exist any more",
    10004: "the bot is not in this server any more",
    20016: "the channel is in slow mode",
    50001: "the bot may not see this channel; give it View Channel there",
    50008: "no message can be sent into a channel of this kind",
    50013: "the bot may not post here; give it View Channel, Send Messages and Embed Links",
    50024: "no message can be sent into a channel of this kind",
    50083: "the thread is archived",
    160005: "the thread is locked",
}
UNINVITED = frozenset({50001, 50013})  # with the permission it takes everything, and nobody tells us of that
# It names what is wrong with our request; the same request would be refused again. 10008: the message that should be
# changed is gone; 50005: it is somebody else's.
OURS = frozenset({10008, 40060, 50005, 50006, 50035, 50068, 50109, 50168, 160004})
# Of a thread that cannot be begun at a message: it goes on in the channel, as an answer to that message.
NO_THREAD = frozenset({40067, 50001, 50013, 50024, 160005, 160006, 160007})
NEVER_A_THREAD = frozenset({40067, 50024})  # of these, where no thread can ever be begun; else somebody may mend it
# Of a thread that is there and takes nothing: deleted, hidden, archived, locked, or not for us to write in. So it goes
# on in the channel, and what is wrong with the channel itself comes to light there.
CLOSED_THREAD = frozenset({10003, 50001, 50013, 50083, 160005})
UNREADABLE = "the bot may not read this channel's past; that takes Read Message History"
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, THREAD_EXISTS = 10003, 10008, 160004


def verdict(code: int, *, status: int, retry_after: float | None = None, page: bool = False) -> Verdict:
    """What came of a request that Discord answered with this code (0: none) and HTTP status.

    `page`: the answer was a web page, which is a proxy's, or of what stands before Discord.
    """
    said = f"Discord says {code}" if code else f"Discord answered {status}"
    if status == 429:
        return TryLater("Discord asks to wait", retry_after=wait(retry_after))
    if page and 400 <= status < 500:
        return TryLater(f"a web page came in place of Discord's answer ({status})", retry_after=LATEST)
    if status == 401:
        return Closed("Discord does not take DISCORD_TOKEN any more", workspace=True)
    if status >= 500:
        return Unsure(said)
    if code not in OURS and (code in CHANNEL or status in {403, 404}):
        return Closed(f"{CHANNEL[code]} ({code})" if code in CHANNEL else said, uninvited=code in UNINVITED)
    return Refused(said) if code in OURS or status == 400 else Unsure(said)


def wait(retry_after: float | None) -> timedelta:
    """How long Discord asks to wait, between a second and ten minutes; half a minute where it does not say."""
    if retry_after is None or not retry_after >= 0:
        return AGAIN
    return min(max(timedelta(seconds=min(retry_after, 10**6)), SOONEST), LATEST)


def cannot_look(code: int) -> str:
    """Why a channel's past cannot be read, as the end of a sentence."""
    if code == 50001:
        return UNREADABLE
    return CHANNEL.get(code) or (f"Discord says {code}" if code else "Discord did not answer as it should")


def not_said(error: Verdict) -> str:
    """What somebody is told whose command changed something, where the channel itself could not be told."""
    match error:
        case Closed(uninvited=True):
            return (
                f"I cannot post in this channel yet: {error}. What you asked for stands; once I may, it comes within "
                "an hour."
            )
        case Closed():
            return (
                f"I cannot post in this channel: {error}. What you asked for stands; once that is mended, "
                "`/treaty resume` goes on."
            )
        case Unsure():
            return f"I do not know whether I could say this in this channel: {error}. What you asked for stands."
    return f"I could not say this in this channel: {error}. What you asked for stands."


def not_taken(status: int | None, *, retry_after: float | None = None) -> TreatywatchError:
    """Why Discord did not let us begin with the token; None: it could not be reached."""
    if status == 401:
        return TreatywatchError(f"Discord does not take DISCORD_TOKEN; {WHERE}.")
    if retry_after is not None:
        pause = wait(retry_after)
        seconds = ceil(pause.total_seconds())
        return Unreached("DISCORD_TOKEN", f"it asks to wait {seconds} s", platform="Discord", retry_after=pause)
    why = f"it answered {status}" if status else "it cannot be reached"
    return Unreached("DISCORD_TOKEN", why, platform="Discord")


def absent() -> TreatywatchError:
    """DISCORD_TOKEN is there, and what speaks with Discord is not."""
    return TreatywatchError(
        "DISCORD_TOKEN is set, but discord.py is not installed; run pip install 'treatywatch[discord]', or unset it."
    )

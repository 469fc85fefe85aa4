"""What an error of Slack's means for us.

Sure: Slack took nothing, since it says what is wrong with our request or with the channel. All else, and every code
that is not written here, may have been taken: only a look at the channel can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from bot.chat import AGAIN, LATEST, SOONEST
from bot.errors import Closed, Refused, TreatywatchError, TryLater, Unreached, Unsure

Verdict = TryLater | Closed | Refused | Unsure
Token = Literal["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]

APPS = "https://api.slack.com/apps"
INVITE = "/invite @TreatyWatch"

# Codes of https://docs.slack.dev/reference/methods/chat.postMessage and the ones common to all methods.
# No channel of the workspace takes anything:
WORKSPACE = {
    "access_denied": "Slack denies the app access to the workspace",
    "account_inactive": "the app was removed from the workspace",
    "app_access_restricted": "the workspace does not let this app in",
    "enterprise_is_restricted": "the organisation does not let this app in",
    "invalid_auth": "Slack does not know SLACK_BOT_TOKEN",
    "missing_scope": "the app lacks a permission that it needs",
    "not_allowed_token_type": "SLACK_BOT_TOKEN is not of the right kind",
    "not_authed": "Slack did not get SLACK_BOT_TOKEN",
    "token_expired": "SLACK_BOT_TOKEN has expired",
    "token_revoked": "SLACK_BOT_TOKEN was revoked",
}
# The channel takes nothing until somebody does something there:
CHANNEL = {
    "channel_not_found": f"Slack does not show the app this channel; if it is private, type `{INVITE}` there",
    "ekm_access_denied": "the organisation's key management does not let the app post",
    "is_archived": "the channel is archived",
    "messages_tab_disabled": "the app takes no direct messages",
    "no_permission": "the app may not post in this channel",
    "not_in_channel": f"the app is not in this channel; type `{INVITE}` there",
    "restricted_action": "a setting of the workspace does not let the app post in this channel",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_only_channel": "the channel takes only answers in threads",
    "team_not_found": "Slack does not find the workspace of this channel",
}
UNINVITED = frozenset({"channel_not_found", "not_in_channel"})
# It names what is wrong with our request; the same request would be refused again:
OURS = frozenset(
    [
        "as_user_not_supported",
        "attachment_payload_limit_exceeded",
        "cannot_reply_to_message",
        "draft_already_deleted",
        "draft_already_sent",
        "draft_has_conflict",
        "draft_not_found",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "json_not_object",
        "markdown_text_conflict",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "missing_file_data",
        "missing_post_type",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "send_on_behalf_not_allowed",
        "slack_connect_canvas_sharing_blocked",
        "slack_connect_file_link_sharing_blocked",
        "slack_connect_lists_sharing_blocked",
        "thread_not_found",
        "too_many_attachments",
        "too_many_contact_cards",
        "unknown_method",
    ]
)
# The same of chat.update: the message is not there any more, or cannot be changed any more.
OURS |= {"block_mismatch", "cant_update_message", "edit_window_closed", "is_inactive", "message_not_found"}
# It says so itself that nothing was done, and that it would be another time:
LATER = frozenset(
    [
        "message_limit_exceeded",
        "org_login_required",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    ]
)


def verdict(code: str | None, *, status: int = 200, retry_after: str | None = None) -> Verdict:
    """What came of a request that Slack answered with this error code, HTTP status and Retry-After."""
    said = f"Slack says {code}" if code else f"Slack answered {status} without a code"
    if status == 429 or (code in LATER and status < 500):
        return TryLater(f"Slack asks to wait ({code or status})", retry_after=wait(retry_after))
    if status >= 500 or code is None:
        return Unsure(said if status < 500 else f"Slack answered {status}")
    if code in WORKSPACE:
        return Closed(f"{WORKSPACE[code]} ({code})", workspace=True)
    if code in CHANNEL:
        return Closed(f"{CHANNEL[code]} ({code})", uninvited=code in UNINVITED)
    return Refused(said) if code in OURS else Unsure(said)


def wait(retry_after: str | None) -> timedelta:
    """What Retry-After asks for, between a second and ten minutes; half a minute where it is absent or odd."""
    if retry_after is None or not retry_after.strip().isdecimal():
        return AGAIN
    return min(max(timedelta(seconds=min(int(retry_after), 10**6)), SOONEST), LATEST)


def cannot_look(code: str | None, needed: str | None = None) -> str:
    """Why a channel's past cannot be read, as the end of a sentence."""
    if code == "missing_scope":
        return f"the app may not read this channel's past; that takes the scope {needed or 'channels:history'}"
    if code in CHANNEL:
        return CHANNEL[code]
    return f"Slack says {code}" if code else "Slack did not answer as it should"


def not_said(error: Verdict, *, there: bool = False) -> str:
    """What somebody is told whose command changed something, where the channel itself could not be told.

    `there`: the person does not read it in that channel, whose name stands above.
    """
    where, this = ("there", "that") if there else ("here", "this")
    match error:
        case Closed(uninvited=True):
            return (
                f"I am not in {this} channel yet. Type `{INVITE}` {where}; nothing else needs to be done, "
                "and what you asked for stands."
            )
        case Closed():
            return f"I cannot post in {this} channel: {error}. What you asked for stands."
        case Unsure():
            return f"I do not know whether I could say this in {this} channel: {error}. What you asked for stands."
    return f"I could not say this in {this} channel: {error}. What you asked for stands."


# ── the tokens, before anything else ──────────────────────────────────────────

KINDS: Mapping[Token, str] = {"SLACK_BOT_TOKEN": "xoxb-", "SLACK_APP_TOKEN": "xapp-"}
WHERE: Mapping[Token, str] = {
    "SLACK_BOT_TOKEN": f'copy the "Bot User OAuth Token" from "OAuth & Permissions" of the app at {APPS}',
    "SLACK_APP_TOKEN": f'make one with the scope connections:write in "App-Level Tokens" of the app at {APPS}',
}


def wrong_kind(name: Token, value: str) -> TreatywatchError | None:
    """What is wrong with a token by its looks; None: nothing. The token itself is never said."""
    if value.startswith(KINDS[name]):
        return None
    other = next((one for one, kind in KINDS.items() if value.startswith(kind)), None)
    found = f"it holds what belongs into {other}" if other else f"it does not begin with {KINDS[name]}"
    return TreatywatchError(f"{name} is wrong: {found}; {WHERE[name]}.")


def not_taken(name: Token, error: Verdict, code: str | None) -> TreatywatchError:
    """Why Slack did not let us begin with a token."""
    if isinstance(error, TryLater) or code is None or code in LATER or code == "internal_error":
        return Unreached(name, str(error), platform="Slack")
    return TreatywatchError(f"Slack does not take {name} ({code}); {WHERE[name]}.")

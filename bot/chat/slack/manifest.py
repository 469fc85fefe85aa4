"""The app's manifest: what an administrator of a workspace pastes at api.slack.com/apps to make the app."""

from __future__ import annotations

import json

from bot.chat.slack.asked import SUBSCRIBE, WHY

# Each with its reason; the README's table says the same.
SCOPES = (
    "commands",  # /treaty and the two shortcuts
    "chat:write",  # post where the app was invited, and answer who asked
    "chat:write.public",  # post in public channels without an invitation
)
# Asked for, but the app can be installed without. The first two: to look whether a post whose answer was lost stands in
# its channel; without them such a post is sent once more, marked as a possible repeat. The third: the zone of who
# subscribes; without it, the zone of feeds.yaml is offered.
OPTIONAL = ("channels:history", "groups:history", "users:read")
# What `bot.may_change` needs, where it is not anyone; `users:read`, for who is an admin, stands above.
CREATORS = ("channels:read", "groups:read")
GROUP = ("usergroups:read",)
# None of these takes a scope.
EVENTS = ("app_home_opened", "app_uninstalled", "tokens_revoked")

DESCRIPTION = "Watches feeds for the UN Convention against Cybercrime and tells your channels what is new, and why."
LONG = (
    f"{DESCRIPTION}\n\nSubscribe a channel to topics such as ratification or human rights: stories come at once or in "
    "a daily or weekly digest, each with its source and the sentence that proves what it is about. Type /treaty help "
    "or open its Home to begin. TreatyWatch mentions nobody and posts only where somebody asked for it; it reads no "
    "messages, unless you let it look for its own posts."
)


def scopes(may_change: str) -> tuple[str, ...]:
    """The optional scopes, for this bot.may_change."""
    if may_change in {"anyone", "admins"}:
        return OPTIONAL
    return OPTIONAL + (CREATORS if may_change == "creators" else GROUP)


def manifest(may_change: str = "anyone") -> str:
    """The manifest as JSON, indented, for Socket Mode: no address of ours needs to be reachable from outside.

    `may_change`: bot.may_change, some of which take scopes of their own.
    """
    optional = scopes(may_change)
    return json.dumps(
        {
            "_metadata": {"major_version": 2, "minor_version": 1},
            "display_information": {
                "name": "TreatyWatch",
                "description": DESCRIPTION,
                "long_description": LONG,
                "background_color": "#1d3b66",
            },
            "features": {
                # Messages are open for reading: there a person is told how to begin, and that a channel which he
                # subscribed had to be paused.
                "app_home": {
                    "home_tab_enabled": True,
                    "messages_tab_enabled": True,
                    "messages_tab_read_only_enabled": True,
                },
                "shortcuts": [
                    {
                        "name": "Subscribe a channel",
                        "type": "global",
                        "callback_id": SUBSCRIBE,
                        "description": "Choose a channel, its topics, and when they come",
                    },
                    {
                        "name": "Why is this here?",
                        "type": "message",
                        "callback_id": WHY,
                        "description": "Which words of the stories in this message prove what they are about",
                    },
                ],
                "bot_user": {"display_name": "TreatyWatch", "always_online": True},
                "slash_commands": [
                    {
                        "command": "/treaty",
                        "description": "News of the UN Convention against Cybercrime for this channel",
                        "usage_hint": "help | latest | subscribe TOPIC | list | pause",
                        "should_escape": True,
                    }
                ],
            },
            # What is optional stands in both lists.
            "oauth_config": {"scopes": {"bot": [*SCOPES, *optional], "bot_optional": list(optional)}},
            "settings": {
                "event_subscriptions": {"bot_events": list(EVENTS)},
                "interactivity": {"is_enabled": True},
                "org_deploy_enabled": False,
                "socket_mode_enabled": True,
                "token_rotation_enabled": False,
            },
        },
        indent=2,
    )

"""The app's manifest: what an administrator of a workspace pastes at api.slack.com/apps to make the app."""

from __future__ import annotations

import json

# Each with its reason; the README's table says the same.
SCOPES = (
    "commands",  # /treaty
    "chat:write",  # post where the app was invited
    "chat:write.public",  # post in public channels without an invitation
)
# Asked for, but the app can be installed without: to look whether a post whose answer was lost stands in its channel.
# Without them such a post is sent once more, marked as a possible repeat.
OPTIONAL = ("channels:history", "groups:history")

DESCRIPTION = "Watches feeds for the UN Convention against Cybercrime and tells your channels what is new, and why."
LONG = (
    f"{DESCRIPTION}\n\nSubscribe a channel to topics such as ratification or human rights: stories come at once or in "
    "a daily or weekly digest, each with its source and the sentence that proves what it is about. Type /treaty help "
    "to begin. TreatyWatch mentions nobody and posts only where somebody asked for it; it reads no messages, unless "
    "you let it look for its own posts."
)


def manifest() -> str:
    """The manifest as JSON, indented, for Socket Mode: no address of ours needs to be reachable from outside."""
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
                # Open for reading: there a person is told that a channel which he subscribed had to be paused.
                "app_home": {
                    "home_tab_enabled": False,
                    "messages_tab_enabled": True,
                    "messages_tab_read_only_enabled": True,
                },
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
            "oauth_config": {"scopes": {"bot": [*SCOPES, *OPTIONAL], "bot_optional": list(OPTIONAL)}},
            "settings": {
                "interactivity": {"is_enabled": False},
                "org_deploy_enabled": False,
                "socket_mode_enabled": True,
                "token_rotation_enabled": False,
            },
        },
        indent=2,
    )

"""What every request is held against: Discord's own description where it is there, limits and safety always.

`reference` is the folder of foreign checks (`$SHARED/oracles`); without it the shape of bodies is not checked.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.fake_discord.markdown import seen
from tests.fake_discord.nouns import Json, components_in, markdown_in
from tests.fake_slack.safety import HIDING, of_link
from tests.schemas import Schema

# https://discord.com/developers/docs/resources/message#embed-object-embed-limits and …/components/reference
CONTENT, EMBEDS, WHOLE = 2000, 10, 6000
PARTS = {"title": 256, "description": 4096}
ROWS, IN_A_ROW, LABEL, CUSTOM_ID, OPTIONS, OPTION = 5, 5, 80, 100, 25, 100
MODAL_TITLE, MODAL_LABEL, MODAL_HINT, MODAL_ROWS = 45, 45, 100, 5
NAME = re.compile(r"[-_\w]{1,32}")

# The routes whose bodies are checked, by the names of their schemas in the description.
SCHEMAS = {
    "POST /channels/{channel}/messages": "MessageCreateRequest",
    "PATCH /channels/{channel}/messages/{message}": "MessageEditRequestPartial",
    "POST /channels/{channel}/messages/{message}/threads": "CreateTextThreadWithMessageRequest",
    "POST /users/@me/channels": "CreatePrivateChannelRequest",
    "POST /webhooks/{application}/{token}": "IncomingWebhookRequestPartial",
    "PATCH /webhooks/{application}/{token}/messages/@original": "IncomingWebhookUpdateRequestPartial",
}
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
CALLBACKS = {
    4: "CreateMessageInteractionCallbackRequest",
    5: "CreateMessageInteractionCallbackRequest",
    6: "UpdateMessageInteractionCallbackRequest",
    7: "UpdateMessageInteractionCallbackRequest",
    8: "ApplicationCommandAutocompleteCallbackRequest",
    9: "ModalInteractionCallbackRequest",
}
COMMANDS = "PUT /applications/{application}/commands"
SAYING = frozenset(SCHEMAS) - {"POST /channels/{channel}/messages/{message}/threads", "POST /users/@me/channels"}


class Checks:
    """Holds requests against the references."""

    def __init__(self, reference: Path | None) -> None:
        self._reference = reference

    def shape(self, route: str, body: object) -> list[str]:
        """Where a body breaks Discord's description or its limits: Discord would refuse it with 50035."""
        found = [*self._against(route, body)]
        if isinstance(body, dict):
            message = body.get("data") or {} if route == CALLBACK else body
            found += _modal(message) if route == CALLBACK and body.get("type") == 9 else _limits(message)
        return found

    def rules(self, route: str, body: object) -> list[str]:
        """What Discord would take and we do not want: pings, forged links, hidden signs, no nonce."""
        if not isinstance(body, dict):
            return []
        if route == CALLBACK:
            message = body.get("data") or {}
            return list(_safe(message)) if body.get("type") in (4, 7) else []
        if route not in SAYING:
            return []
        found = list(_safe(body))
        if route == "POST /channels/{channel}/messages" and not (body.get("nonce") and body.get("enforce_nonce")):
            found.append("has no nonce that is enforced")
        return found

    def _against(self, route: str, body: object) -> Iterator[str]:
        if self._reference is None:
            return
        name = SCHEMAS.get(route)
        if route == CALLBACK and isinstance(body, dict):
            name = CALLBACKS.get(body.get("type", 0))
        if route == COMMANDS:
            for one in body if isinstance(body, list) else []:
                yield from self._faults("ApplicationCommandUpdateRequest", one)
        elif name is not None:
            yield from self._faults(name, body)
        elif body is not None:
            yield "a body that is not looked at"

    def _faults(self, name: str, body: object) -> Iterator[str]:
        assert self._reference is not None
        known, schema = _schema(self._reference, name)
        if isinstance(body, dict) and (strange := sorted(set(body) - known)):
            yield f"{name} knows no {', '.join(strange)}"
        if fault := schema.fault(body):
            yield f"{name}: {fault}"


@cache
def _schema(reference: Path, name: str) -> tuple[frozenset[str], Schema]:
    """The names of what a body may hold, and all that is said of it."""
    components = _components_of(reference)
    schema = {"$ref": f"#/components/schemas/{name}", "components": components}
    return frozenset(components["schemas"][name].get("properties", {})), Schema.draft2020(schema)


@cache
def _components_of(reference: Path) -> Json:
    path = reference / "discord-api-spec" / "specs" / "openapi.json"
    found: Json = json.loads(path.read_text(encoding="utf-8"))["components"]
    return found


def _limits(body: Json) -> list[str]:
    return [*_embeds(body), *_components(body)]


def _embeds(body: Json) -> Iterator[str]:
    embeds = body.get("embeds") or []
    if len(body.get("content") or "") > CONTENT:
        yield f"content has {len(body['content'])} characters"
    if len(embeds) > EMBEDS:
        yield f"{len(embeds)} embeds"
    whole = 0
    for number, embed in enumerate(embeds):
        texts = {name: embed.get(name) or "" for name in PARTS}
        for name, limit in PARTS.items():
            if len(texts[name]) > limit:
                yield f"embeds[{number}].{name} has {len(texts[name])} characters"
        foot = (embed.get("footer") or {}).get("text", "")
        if len(foot) > 2048:
            yield f"embeds[{number}].footer has {len(foot)} characters"
        if not any((*texts.values(), foot)):
            yield f"embeds[{number}] says nothing"
        whole += len(foot) + sum(map(len, texts.values()))
    if whole > WHOLE:
        yield f"the embeds have {whole} characters"
    urls = Counter(embed["url"] for embed in embeds if embed.get("url"))
    yield from (
        f"{count} embeds have the address {url} and would be merged" for url, count in urls.items() if count > 1
    )


def _components(body: Json) -> Iterator[str]:
    rows = body.get("components") or []
    if len(rows) > ROWS:
        yield f"{len(rows)} rows of components"
    for number, row in enumerate(rows):
        parts = row.get("components") or []
        menus = [one for one in parts if one.get("type") != 2]
        if not parts or len(parts) > IN_A_ROW or (menus and len(parts) > 1):
            yield f"components[{number}] holds {len(parts)}, {len(menus)} of them menus"
    ids = Counter(str(one.get("custom_id", "")) for one in components_in(body))
    yield from (f"{count} components have the custom_id {name!r}" for name, count in ids.items() if count > 1)
    yield from (f"the custom_id {name!r} has {len(name)} characters" for name in ids if not 0 < len(name) <= CUSTOM_ID)
    for one in components_in(body):
        if one["type"] == 2 and not 0 < len(one.get("label", "")) <= LABEL:
            yield f"a button's label is {one.get('label')!r}"
        yield from _options(one)


def _options(menu: Json) -> Iterator[str]:
    options = menu.get("options")
    if options is None:
        return
    if not 0 < len(options) <= OPTIONS:
        yield f"{len(options)} options"
    values = Counter(one["value"] for one in options)
    yield from (f"{count} options have the value {value!r}" for value, count in values.items() if count > 1)
    for one in options:
        for name in ("label", "value", "description"):
            if name in one and not 0 < len(one[name]) <= OPTION:
                yield f"an option's {name} has {len(one[name])} characters"


def _modal(data: Json) -> list[str]:
    rows = data.get("components") or []
    found = [f"a modal's title has {len(data['title'])} characters"] * (
        not 0 < len(data.get("title", "")) <= MODAL_TITLE
    )
    found += [f"a modal with {len(rows)} fields"] * (not 0 < len(rows) <= MODAL_ROWS)
    for row in rows:
        found += [f"a field's label is {row.get('label')!r}"] * (not 0 < len(row.get("label", "")) <= MODAL_LABEL)
        hint = len(row.get("description", ""))
        found += [f"a hint has {hint} characters"] * (hint > MODAL_HINT)
        component = row.get("component") or {}
        found += [*_options(component)]
        found += [f"the custom_id {component.get('custom_id')!r}"] * (
            not 0 < len(component.get("custom_id", "")) <= CUSTOM_ID
        )
    return found


def _safe(body: Json) -> Iterator[str]:
    """What in a message pings, forges or hides."""
    if body.get("allowed_mentions") != {"parse": []}:
        yield f"allowed_mentions are {body.get('allowed_mentions')!r}"
    for text in markdown_in(body):
        told = seen(text)
        yield from (f"{name!r} in {text[:80]!r}" for name in told.names if not re.match(r"t:|#\d", name))
        for label, address in told.links:
            yield from of_link(address, label)
    for text in [*markdown_in(body), *_shown_as_it_is(body)]:
        if found := HIDING.search(text):
            yield f"U+{ord(found[0]):04X} stands in {text[:80]!r}"


def _shown_as_it_is(body: Json) -> Iterator[str]:
    for embed in body.get("embeds") or ():
        yield (embed.get("footer") or {}).get("text", "")
    for one in components_in(body):
        yield one.get("label", "")
        for option in one.get("options") or ():
            yield from (option["label"], option.get("description", ""))

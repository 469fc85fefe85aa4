"""What every request is held against: foreign references where they are there, limits and safety always.

`reference` is the folder of foreign checks (`$SHARED/oracles`); without it argument names and the shape of blocks are not
checked, and `Checks.unchecked` says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.fake_slack import limits, safety
from tests.fake_slack.nouns import Json
from tests.schemas import Schema

EVENT_TYPE = "treatywatch_post"
SAYING = ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url")
WITH_VIEW = ("views.open", "views.publish", "views.update")
ANSWERS = {"errors", "update", "push", "clear"}  # what a view_submission may be answered with
TEXT_CUT, TEXT_WISE = 40_000, 4_000  # characters
# The SDK raises its own error for a length, and stumbles over shapes it does not expect.
MODEL_FAULTS = (SlackObjectFormationError, TypeError, ValueError, KeyError, AttributeError)


@dataclass(kw_only=True)
class Findings:
    """What is wrong with a request, and what Slack would say of it."""

    violations: list[str] = field(default_factory=list)
    refusal: str | None = None  # the error with which Slack would refuse it
    faults: tuple[str, ...] = ()  # those of the violations that are the reason


class Checks:
    """Holds requests against the references."""

    def __init__(self, reference: Path | None) -> None:
        self._reference = reference
        self._names: dict[str, tuple[set[str], set[str]] | None] = {}

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What is not checked for want of the reference."""
        return () if self._reference else ("argument names", "the shape of blocks and views")

    def of(self, method: str, arguments: Json) -> Findings:
        """Everything wrong with a request; `method` may be response_url."""
        found = Findings()
        if method != "response_url":
            found.violations += self._arguments(method, set(arguments))
        if method in SAYING:
            found.violations += list(_saying(method, arguments))
        if method == "chat.postMessage":
            found.violations += list(_metadata(arguments.get("metadata")))
        if method in SAYING or method in WITH_VIEW:
            found.violations += list(safety.of_request(arguments))
        faults = self._shape(method, arguments)
        if faults:
            found.violations += faults
            found.refusal = "invalid_arguments" if method in WITH_VIEW else "invalid_blocks"
            found.faults = tuple(faults)
        return found

    def _shape(self, method: str, arguments: Json) -> list[str]:
        if method in SAYING and arguments.get("blocks") is not None:
            return self.blocks(arguments["blocks"])
        if method in WITH_VIEW and isinstance(arguments.get("view"), dict):
            return self.view(arguments["view"])
        return []

    def blocks(self, blocks: object) -> list[str]:
        """Where a message's blocks break the limits, the SDK's models or the schema."""
        return list(dict.fromkeys([*limits.of_blocks(blocks), *self._each(blocks)]))

    def _each(self, blocks: object) -> Iterator[str]:
        for place, block in enumerate(blocks if isinstance(blocks, list) else []):
            if isinstance(block, dict):
                yield from (f"blocks[{place}] ({block.get('type')}): {what}" for what in self._block(block))

    def _block(self, block: Json) -> Iterator[str]:
        try:
            parsed = Block.parse(block)
            if parsed is None:
                yield "slack_sdk knows no such block"
            else:
                parsed.to_dict()
        except MODEL_FAULTS as error:
            yield f"slack_sdk: {error}"
        if self._reference:
            name = self._blocks.get(str(block.get("type")))
            if name is None:
                yield "the schema knows no such block"
            else:
                yield from self._against("message", name, block)

    def view(self, view: Json) -> list[str]:
        """Likewise for a view."""
        found = [*limits.of_view(view), *self._each(view.get("blocks"))]
        try:
            View(**view).to_dict()
        except MODEL_FAULTS as error:
            found.append(f"slack_sdk: {error}")
        if self._reference:
            name = {"home": "HomeView", "modal": "ModalView"}.get(str(view.get("type")))
            bare = view | {"blocks": []}
            found += self._against("view", name, bare) if name else ["type is neither home nor modal"]
        return [f"view: {what}" for what in dict.fromkeys(found)]

    def _arguments(self, method: str, given: set[str]) -> Iterator[str]:
        if self._reference is None:
            return
        names = self._known(method)
        if names is None:
            yield "is no method of Slack's"
            return
        known, required = names
        yield from (f"has no argument {name!r}" for name in sorted(given - known))
        yield from (f"lacks the argument {name!r}" for name in sorted(required - given - {"token"}))

    def _known(self, method: str) -> tuple[set[str], set[str]] | None:
        """All arguments of a method, and the required ones; None: there is no such method."""
        if method not in self._names and self._reference:
            path = self._reference / "slack-api-ref" / "docs.slack.dev" / "methods" / f"{method}.json"
            args = json.loads(path.read_text())["args"] if path.is_file() else None
            self._names[method] = (set(args["properties"]), set(args.get("required", []))) if args else None
        return self._names[method]

    def _against(self, kind: str, name: str, value: Json) -> list[str]:
        """The most telling fault of a value under one definition of the schema of messages or of views."""
        assert self._reference is not None
        fault = _schema(self._reference, kind, name).fault(value)
        return [f"schema: {fault}"] if fault else []

    @cached_property
    def _blocks(self) -> dict[str, str]:
        """A block's type → the name of its definition: a whole choice of twenty says nothing about what is wrong."""
        assert self._reference is not None
        definitions = _definitions(self._reference, "message")
        found = {}
        for choice in definitions["KnownBlock"]["anyOf"]:
            name = str(choice["$ref"]).rpartition("/")[2]
            forms = definitions[name].get("anyOf", [definitions[name]])  # an image has two
            found[str(forms[0]["properties"]["type"]["const"])] = name
        return found


@cache
def _schema(reference: Path, kind: str, name: str) -> Schema:
    return Schema.draft7({"$ref": f"#/definitions/{name}", "definitions": _definitions(reference, kind)})


@cache
def _definitions(reference: Path, kind: str) -> Json:
    path = reference / "slack-blockkit-schema" / f"{kind}.schema.json"
    definitions: Json = json.loads(path.read_text())["definitions"]
    return definitions


def _saying(method: str, arguments: Json) -> Iterator[str]:
    """What is wrong with a message besides its blocks."""
    text = arguments.get("text")
    if not isinstance(text, str) or not text.strip():
        if not arguments.get("delete_original"):
            yield "has no text, which is what notifications and screen readers show"
    elif len(text) > TEXT_CUT:
        yield f"text is {len(text)} characters and would be cut at {TEXT_CUT}"
    elif len(text) > TEXT_WISE:
        yield f"text is {len(text)} characters, more than {TEXT_WISE}"
    if method == "chat.postMessage" or arguments.get("response_type") == "in_channel":
        for name in ("unfurl_links", "unfurl_media"):
            if arguments.get(name) is not False:
                yield f"{name} is not false"


def _metadata(metadata: object) -> Iterator[str]:
    """What is wrong with the metadata, by which a post is found again."""
    if not isinstance(metadata, dict):
        yield "has no metadata"
        return
    if metadata.get("event_type") != EVENT_TYPE:
        yield f"metadata has the event_type {metadata.get('event_type')!r}, not {EVENT_TYPE!r}"
    payload = metadata.get("event_payload")
    if not isinstance(payload, dict) or not isinstance(payload.get("id"), str) or not payload["id"]:
        yield "metadata has no id in its event_payload"
    if extra := set(metadata) - {"event_type", "event_payload"}:
        yield f"metadata holds {', '.join(sorted(extra))} besides event_type and event_payload"


def of_ack(envelope: Json, payload: Json | None) -> Iterator[str]:
    """What is wrong with what an acknowledgement carries for a form or for a search."""
    body = envelope["payload"]
    if body.get("type") == "block_suggestion":
        options = (payload or {}).get("options")
        if not isinstance(options, list):
            yield "a search is answered with options"
        else:
            # An empty list is what Slack shows as "no results"; any other obeys the rules of a menu.
            menu = {"type": "static_select", "options": options} if options else {}
            yield from limits.of_blocks([{"type": "actions", "elements": [menu]}] if menu else [])
            yield from safety.of_parts(options)
    if body.get("type") == "view_submission" and payload:
        action, errors = payload.get("response_action"), payload.get("errors")
        known = {block.get("block_id") for block in body["view"]["blocks"] if block.get("type") == "input"}
        if action not in ANSWERS:
            yield f"a form is answered with the response_action {action!r}"
        if action == "errors" and (not isinstance(errors, dict) or not errors or not set(errors) <= known):
            yield f"the errors of a form do not name its fields: {errors!r:.200}"

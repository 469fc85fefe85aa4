"""A value held against a JSON Schema: whether it fits, at once; and where it does not, what tells most about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import jsonschema_rs
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import best_match

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema, compiled."""

    quick: jsonschema_rs.Draft7Validator | jsonschema_rs.Draft202012Validator  # a hundred times as fast as the other
    telling: Draft7Validator | Draft202012Validator

    @classmethod
    def draft7(cls, schema: Json) -> Self:
        """As Slack's are."""
        return cls(jsonschema_rs.Draft7Validator(schema), Draft7Validator(schema))

    @classmethod
    def draft2020(cls, schema: Json) -> Self:
        """As Discord's are."""
        return cls(jsonschema_rs.Draft202012Validator(schema), Draft202012Validator(schema))

    def fault(self, value: object) -> str:
        """Where the value breaks the schema, and how; "": nowhere."""
        if self.quick.is_valid(value):
            return ""
        error = best_match(self.telling.iter_errors(value))
        return f"{error.json_path} {error.message[:300]}" if error is not None else "the two validators disagree"

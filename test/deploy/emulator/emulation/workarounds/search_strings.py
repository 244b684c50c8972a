"""The text that a web ACL's rule looks for: a template has it as it is, the API in base64."""

from __future__ import annotations

import base64
import copy
from typing import Any

from .workaround import Workaround, wrap_handler

_TYPE = "AWS::WAFv2::WebACL"
_TEXT = "SearchString"


def _encode(value: Any) -> Any:
    if isinstance(value, list):
        return [_encode(item) for item in value]
    if not isinstance(value, dict):
        return value
    encoded = {key: _encode(item) for key, item in value.items()}
    text = encoded.get(_TEXT)
    if isinstance(text, str):
        encoded[_TEXT] = base64.b64encode(text.encode()).decode()
    # A template may give it in base64 itself, under another name.
    given = encoded.pop("SearchStringBase64", None)
    return {**encoded, _TEXT: given} if given else encoded


def _with_encoded_rules(properties: dict[str, Any]) -> dict[str, Any]:
    return {**properties, "Rules": _encode(copy.deepcopy(properties.get("Rules") or []))}


def _around_create(create: Any) -> Any:
    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        return create(logical_id, _with_encoded_rules(properties), stack_name)

    return created


def _around_update(update: Any) -> Any:
    def updated(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        return update(physical_id, _with_encoded_rules(old), _with_encoded_rules(new), *rest)

    return updated


def _apply() -> None:
    wrap_handler(_TYPE, "create", _around_create)
    wrap_handler(_TYPE, "update", _around_update)


WORKAROUND = Workaround(
    "search-strings",
    "GetWebACL answers the text that a rule of a template looks for without its encoding",
    _apply,
    (_TYPE,),
)

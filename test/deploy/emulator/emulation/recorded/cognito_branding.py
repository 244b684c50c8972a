"""Styles of Cognito's managed login pages: the emulator's sign-in page has one look."""

from __future__ import annotations

import uuid
from typing import Any

from ..tiers import Properties
from .record import Recorded


def _style_id(properties: Properties) -> str:
    """The same for the same app client, which has one style at most."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, str(properties.get("ClientId"))))


def _identify(logical_id: str, properties: Properties, stack_name: str) -> str:
    return f"{properties['UserPoolId']}|{_style_id(properties)}"


def _attributes(physical_id: str, properties: Properties) -> dict[str, Any]:
    return {"ManagedLoginBrandingId": _style_id(properties)}


HANDLERS = (
    Recorded(
        "AWS::Cognito::ManagedLoginBranding",
        identify=_identify,
        required=frozenset({"UserPoolId", "ClientId"}),
        attributes=_attributes,
        create_only=frozenset({"UserPoolId", "ClientId"}),
    ).handler(),
)

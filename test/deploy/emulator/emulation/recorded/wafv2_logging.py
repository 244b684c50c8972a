"""Where a web ACL's log would go: no request is inspected, so nothing is written."""

from __future__ import annotations

from ..tiers import Properties
from .record import Recorded


def _identify(logical_id: str, properties: Properties, stack_name: str) -> str:
    return str(properties["ResourceArn"])


HANDLERS = (
    Recorded(
        "AWS::WAFv2::LoggingConfiguration",
        identify=_identify,
        required=frozenset({"ResourceArn", "LogDestinationConfigs"}),
        create_only=frozenset({"ResourceArn"}),
    ).handler(),
)

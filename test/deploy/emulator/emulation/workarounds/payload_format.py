"""A function behind an HTTP API that asks for payload format 1.0 is refused.

The emulator hands it format 2.0 all the same, whose paths, cookies and methods
stand elsewhere. An integration without a function (a URL, a service) names 1.0
too, and means nothing by it.
"""

from __future__ import annotations

from typing import Any

from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::ApiGatewayV2::Integration"


def _refuse(physical_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    calls_function = properties.get("IntegrationType") == "AWS_PROXY"
    calls_function = calls_function and "IntegrationSubtype" not in properties
    if calls_function and properties.get("PayloadFormatVersion") == "1.0":
        raise ValueError("the emulator knows payload format 2.0 alone for HTTP APIs")


def _apply() -> None:
    after_create_and_update(_TYPE, _refuse)


WORKAROUND = Workaround(
    "payload-format",
    "an HTTP API hands payload format 2.0 to a function that asked for 1.0",
    _apply,
    (_TYPE,),
)

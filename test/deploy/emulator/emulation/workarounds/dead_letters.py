"""What a function's dead-letter queue gets: the event itself, with the error as attributes.

The emulator sends the form that destinations get, which is for them alone.
"""

from __future__ import annotations

import json
from typing import Any

from .workaround import Workaround

_MESSAGE_LENGTH = 1024


def _dead_letters_of(name: str) -> str | None:
    from ministack.services import lambda_svc

    function = lambda_svc._functions.get(name) or {}
    settings = lambda_svc._event_invoke_config(function, None) or {}
    if ((settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination"):
        return None
    arn = (function.get("config", {}).get("DeadLetterConfig") or {}).get("TargetArn")
    return arn if arn and ":sqs:" in arn else None


def _attributes(result: dict[str, Any]) -> dict[str, Any]:
    from ministack.core.responses import new_uuid

    body = result.get("body") if isinstance(result.get("body"), dict) else {}
    message = str((body or {}).get("errorMessage", ""))[:_MESSAGE_LENGTH]
    return {
        "RequestID": {"DataType": "String", "StringValue": new_uuid()},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": message or "Unhandled"},
    }


def _apply() -> None:
    from ministack.services import lambda_svc, sqs

    route = lambda_svc._route_async_failure

    def routed(arn: str, name: str, event: Any, result: dict[str, Any]) -> None:
        queue = sqs._queue_by_arn(arn) if arn == _dead_letters_of(name) else None
        if queue is None:
            route(arn, name, event, result)
            return
        message = {"MessageBody": json.dumps(event), "MessageAttributes": _attributes(result)}
        sqs._act_send_message(message, queue["url"])

    lambda_svc._route_async_failure = routed


WORKAROUND = Workaround(
    "dead-letters",
    "the dead-letter queue of a function gets the form of a destination instead of the event",
    _apply,
    ("AWS::Lambda::Function",),
)

"""The paths in the events of HTTP APIs: a named stage is part of them.

AWS leaves out the stage `$default` alone, and has no `pathParameters` without
parameters.
"""

from __future__ import annotations

from typing import Any

from .workaround import Workaround

_DEFAULT_STAGE = "$default"
_FORMAT = "2.0"


def _correct(event: Any) -> None:
    """The event of an HTTP API; other callers of functions have none of this form."""
    context = event.get("requestContext") if isinstance(event, dict) else None
    if not context or event.get("version") != _FORMAT or "apiId" not in context:
        return
    if event.get("pathParameters") is None:
        event.pop("pathParameters", None)
    stage = context.get("stage", _DEFAULT_STAGE)
    if stage != _DEFAULT_STAGE:
        event["rawPath"] = f"/{stage}{event['rawPath']}"
        context["http"]["path"] = event["rawPath"]


def _apply() -> None:
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function_with_config_scope

    def executed(function: dict[str, Any], event: Any, *rest: Any, **named: Any) -> Any:
        _correct(event)
        return execute(function, event, *rest, **named)

    lambda_svc._execute_function_with_config_scope = executed


WORKAROUND = Workaround(
    "http-api-paths",
    "the paths in an HTTP API's event lack its named stage",
    _apply,
    ("AWS::ApiGatewayV2::Stage",),
)

"""Functions made by a template: their network, where failed events go, how many run at once."""

from __future__ import annotations

from typing import Any

from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::Lambda::Function"
_UNPUBLISHED = "$LATEST"


def _complete(name: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import lambda_svc

    function = lambda_svc._functions[name]
    reserved = properties.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)
    dead_letters = properties.get("DeadLetterConfig")
    if dead_letters:
        function["config"]["DeadLetterConfig"] = dead_letters
    else:
        function["config"].pop("DeadLetterConfig", None)
    function["config"]["VpcConfig"] = lambda_svc._vpc_config_with_id(properties.get("VpcConfig"))
    function["config"]["LoggingConfig"].setdefault("LogFormat", "Text")


def _apply() -> None:
    from ministack.services import lambda_svc

    find = lambda_svc._event_invoke_config

    def found(function: dict[str, Any], qualifier: str | None) -> Any:
        settings = find(function, qualifier)
        return settings or (None if qualifier else find(function, _UNPUBLISHED))

    lambda_svc._event_invoke_config = found
    after_create_and_update(_TYPE, _complete)


WORKAROUND = Workaround(
    "function-details",
    "functions of a template have no network, no dead-letter queue and no reserved concurrency, "
    "and what is to become of their events is found only by the qualifier $LATEST",
    _apply,
    (_TYPE, "AWS::Lambda::EventInvokeConfig"),
)

"""State machines of a template: their logging and tracing can be read back; nothing is logged."""

from __future__ import annotations

from typing import Any

from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::StepFunctions::StateMachine"
_PROPERTIES = {
    "loggingConfiguration": "LoggingConfiguration",
    "tracingConfiguration": "TracingConfiguration",
}


def _as_answered(value: Any) -> Any:
    """With small first letters, and truths that a template may give as text."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _as_answered(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_answered(item) for item in value]
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _complete(arn: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import stepfunctions

    machine = stepfunctions._state_machines[arn]
    for name, of_template in _PROPERTIES.items():
        if properties.get(of_template):
            machine[name] = _as_answered(properties[of_template])
        elif name in machine:
            machine[name] = {"level": "OFF"} if name == "loggingConfiguration" else {}


WORKAROUND = Workaround(
    "state-machine-details",
    "state machines of a template have no logging and no tracing",
    lambda: after_create_and_update(_TYPE, _complete),
    (_TYPE,),
)

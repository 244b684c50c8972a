"""A template's task definition with all its properties, and Fargate's sizes.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

from __future__ import annotations

from typing import Any

from ..api_names import api_names
from ..service_call import Answer, call_json
from .workaround import Workaround

_TYPE = "AWS::ECS::TaskDefinition"
_GIB = 1024


def _range(first: int, last: int, step: int = 1) -> frozenset[int]:
    return frozenset(gib * _GIB for gib in range(first, last + 1, step))


_MEMORY_OF_CPU = {
    256: frozenset({512, 1 * _GIB, 2 * _GIB}),
    512: _range(1, 4),
    1024: _range(2, 8),
    2048: _range(4, 16),
    4096: _range(8, 30),
    8192: _range(16, 60, 4),
    16384: _range(32, 120, 8),
    32768: frozenset({60 * _GIB, 120 * _GIB, 244 * _GIB}),
}


def _units(value: Any, unit: str) -> int:
    """1024 units: as a number, or as text with the unit, like "1 vCPU" or "2GB"."""
    text = str(value or 0).lower().replace(" ", "")
    if text.endswith(unit):
        return int(float(text.removesuffix(unit)) * 1024)
    return int(text)


def _refusal(data: dict[str, Any]) -> str | None:
    if "FARGATE" not in (data.get("requiresCompatibilities") or []):
        return None
    if data.get("networkMode", "awsvpc") != "awsvpc":
        return "Fargate only supports network mode 'awsvpc'."
    memory = _units(data.get("memory"), "gb")
    if memory not in _MEMORY_OF_CPU.get(_units(data.get("cpu"), "vcpu"), ()):
        return "No Fargate configuration exists for given values."
    return None


def _refuse_other_sizes() -> None:
    from ministack.services import ecs

    register = ecs._register_task_definition

    def registered(data: dict[str, Any]) -> Answer:
        refusal = _refusal(data)
        answer: Answer = (
            ecs.error_response_json("ClientException", refusal, 400) if refusal else register(data)
        )
        return answer

    ecs._register_task_definition = ecs._ACTION_MAP["RegisterTaskDefinition"] = registered


def _create(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
    from ministack.services import ecs

    data = {"family": f"{stack_name}-{logical_id}", **api_names(properties)}
    for size in ("cpu", "memory"):
        if size in data:
            data[size] = str(data[size])
    definition = call_json(ecs._register_task_definition, data)["taskDefinition"]
    arn = definition["taskDefinitionArn"]
    return arn, {"TaskDefinitionArn": arn}


def _apply() -> None:
    from ministack.services.cloudformation import provisioners

    _refuse_other_sizes()
    # The handler of updates calls it by this name, to register the next revision.
    provisioners._ecs_task_def_create = _create
    provisioners._RESOURCE_HANDLERS[_TYPE]["create"] = _create


WORKAROUND = Workaround(
    "task-definition-details",
    "a template's task definition loses its platform, storage, secrets and health checks, and "
    "sizes that Fargate does not have are accepted",
    _apply,
    (_TYPE,),
)

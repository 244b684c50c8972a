"""A template's ECS service with all its properties.

UpdateService gets all properties of the template that it can change, as on AWS,
also those that a change of the stack left alone.
"""

from __future__ import annotations

from typing import Any

from ..api_names import api_names
from ..properties import truth, without_none
from ..service_call import Answer, call_json
from .workaround import Workaround

_TYPE = "AWS::ECS::Service"
_CREATE_ONLY = ("Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName")
_CHANGEABLE = frozenset(
    {
        "availabilityZoneRebalancing",
        "capacityProviderStrategy",
        "deploymentConfiguration",
        "desiredCount",
        "enableECSManagedTags",
        "enableExecuteCommand",
        "healthCheckGracePeriodSeconds",
        "loadBalancers",
        "networkConfiguration",
        "platformVersion",
        "propagateTags",
        "serviceRegistries",
        "taskDefinition",
    }
)
# What the emulator's own UpdateService leaves as it was.
_FORGOTTEN = (
    "availabilityZoneRebalancing",
    "enableECSManagedTags",
    "propagateTags",
    "serviceRegistries",
)
_NUMBERS = ("desiredCount", "healthCheckGracePeriodSeconds")
_CODE_DEPLOY_REFUSED = {
    "taskDefinition": "task definition",
    "networkConfiguration": "network configuration",
    "platformVersion": "platform version",
    "loadBalancers": "load balancers",
}


def _request(properties: dict[str, Any]) -> dict[str, Any]:
    request = {
        name: value
        for name, value in api_names(properties).items()
        if name not in ("forceNewDeployment", "serviceName")
    }
    for name in _NUMBERS:
        if name in request:
            request[name] = int(request[name])
    return request


def _provisioned(service: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    arn = service["serviceArn"]
    return arn, {"ServiceArn": arn, "Name": service["serviceName"]}


def _create(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
    from ministack.services import ecs

    request = {
        "desiredCount": 1,
        "availabilityZoneRebalancing": "ENABLED",
        **_request(properties),
        "serviceName": properties.get("ServiceName") or f"{stack_name}-{logical_id}",
    }
    return _provisioned(call_json(ecs._create_service, request)["service"])


def _changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    wanted = {name: value for name, value in _request(new).items() if name in _CHANGEABLE}
    force = new.get("ForceNewDeployment") or {}
    if truth(force.get("EnableForceNewDeployment")) and force != old.get("ForceNewDeployment"):
        wanted["forceNewDeployment"] = True
    controller = (new.get("DeploymentController") or {}).get("Type")
    if controller != "CODE_DEPLOY":
        return wanted
    before = _request(old)
    return {name: value for name, value in wanted.items() if before.get(name) != value}


def _update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str) -> Any:
    from ministack.services import ecs

    request = {
        **_changes(old, new),
        "cluster": new.get("Cluster", "default"),
        "service": physical_id,
    }
    return _provisioned(call_json(ecs._update_service, request)["service"])


def _update_or_replace(
    physical_id: str,
    old: dict[str, Any],
    new: dict[str, Any],
    stack_name: str,
    logical_id: str | None = None,
) -> Any:
    if any(old.get(name) != new.get(name) for name in _CREATE_ONLY):
        return _create(logical_id or physical_id, new, stack_name)
    return _update(physical_id, old, new, stack_name)


def _service(data: dict[str, Any]) -> dict[str, Any] | None:
    from ministack.services import ecs

    reference = ecs._resolve_service_ref(data.get("service", ""))
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    return ecs._services.get(f"{cluster}/{reference[0]}") if reference else None


def _refusal(service: dict[str, Any], data: dict[str, Any]) -> str | None:
    if service["deploymentController"].get("type") != "CODE_DEPLOY":
        return None
    refused = [text for name, text in _CODE_DEPLOY_REFUSED.items() if name in data]
    if not refused:
        return None
    return (
        f"Unable to update {refused[0]} on services with a CODE_DEPLOY deployment controller. "
        "Use AWS CodeDeploy to trigger a new deployment."
    )


def _around_create(create: Any) -> Any:
    from ministack.services import ecs

    def created(data: dict[str, Any]) -> Answer:
        key = ecs._resolve_td_key(data.get("taskDefinition", ""))
        definition = ecs._task_defs.get(key) or {}
        if definition.get("status") == "INACTIVE":
            refused: Answer = ecs.error_response_json(
                "ClientException", "TaskDefinition is inactive", 400
            )
            return refused
        answer: Answer = create(data)
        if answer[0] < 400:
            cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
            service = ecs._services[f"{cluster}/{data['serviceName']}"]
            rebalancing = data.get("availabilityZoneRebalancing", "DISABLED")
            service["availabilityZoneRebalancing"] = rebalancing
        return answer

    return created


def _around_update(update: Any) -> Any:
    from ministack.services import ecs

    def updated(data: dict[str, Any]) -> Answer:
        service = _service(data)
        refusal = _refusal(service, data) if service else None
        if refusal:
            refused: Answer = ecs.error_response_json("InvalidParameterException", refusal, 400)
            return refused
        if service:
            service.update(without_none({name: data.get(name) for name in _FORGOTTEN}))
        answer: Answer = update(data)
        return answer

    return updated


def _apply() -> None:
    from ministack.services import ecs
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    ecs._create_service = ecs._ACTION_MAP["CreateService"] = _around_create(ecs._create_service)
    ecs._update_service = ecs._ACTION_MAP["UpdateService"] = _around_update(ecs._update_service)
    entry = _RESOURCE_HANDLERS[_TYPE]
    entry.update(create=_create, update=_update_or_replace, update_with_logical_id=True)


WORKAROUND = Workaround(
    "service-details",
    "a template's service loses its deployment controller, grace period and tags, and a service "
    "of CodeDeploy takes a new task definition from elsewhere",
    _apply,
    (_TYPE,),
)

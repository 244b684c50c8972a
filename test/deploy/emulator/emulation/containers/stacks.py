"""CloudFormation waits for the deployment of a service, and for the end of its tasks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..service_call import ServiceError
from . import records, releases
from .services import cluster_of, live_sets, unhealthy
from .tasks import await_end

_TYPE = "AWS::ECS::Service"
_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 60.0


def _service(arn: str) -> dict[str, Any] | None:
    from ministack.services import ecs

    found = [one for one in ecs._services.values() if one["serviceArn"] == arn]
    return found[0] if found else None


def _await_steady(service: dict[str, Any]) -> None:
    """Return when the tasks of a service of CodeDeploy serve."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while wrong := list(filter(None, (unhealthy(service, known) for known in live_sets(service)))):
        if time.monotonic() > end or service["status"] != "ACTIVE":
            raise ServiceError("NotStabilized", f"{service['serviceArn']}: {wrong[0]}")
        time.sleep(_POLL_SECONDS)


def _refuse_failure(arn: str) -> None:
    service = _service(arn)
    deployment = releases.await_end(service) if service else None
    if service and deployment is None:
        _await_steady(service)
    if deployment and deployment.status != records.SUCCESSFUL:
        raise ServiceError(
            "NotStabilized", f"{deployment.arn} is {deployment.status}: {deployment.reason}"
        )


def _delete(arn: str) -> None:
    from ministack.services import ecs

    service = _service(arn)
    if service is None:
        return
    group, cluster = f"service:{service['serviceName']}", service["clusterArn"]
    tasks = [
        task["taskArn"]
        for task in ecs._tasks.values()
        if (task.get("group"), task.get("clusterArn")) == (group, cluster)
    ]
    ecs._delete_service(
        {"cluster": cluster_of(service), "service": service["serviceName"], "force": True}
    )
    await_end(tasks)


def _around_create(create: Callable[..., Any]) -> Callable[..., Any]:
    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        made = create(logical_id, properties, stack_name)
        try:
            _refuse_failure(made[0])
        except ServiceError:
            # The engine knows no id of what was not created, and would leave it.
            _delete(made[0])
            raise
        return made

    return created


def _around_update(update: Callable[..., Any]) -> Callable[..., Any]:
    def updated(*arguments: Any, **named: Any) -> Any:
        made = update(*arguments, **named)
        _refuse_failure(made[0])
        return made

    return updated


def wait_in_stacks() -> None:
    """Let a stack's service be complete when its deployment is, and gone when its tasks are."""
    from ministack.services.cloudformation import stacks
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    entry = _RESOURCE_HANDLERS[_TYPE]
    entry["create"] = _around_create(entry["create"])
    entry["update"] = _around_update(entry["update"])
    entry["delete"] = lambda physical_id, properties: _delete(physical_id)
    runs_on_worker_thread = stacks._runs_on_worker_thread

    def with_services(resource_type: str) -> bool:
        return resource_type == _TYPE or runs_on_worker_thread(resource_type)

    stacks._runs_on_worker_thread = with_services

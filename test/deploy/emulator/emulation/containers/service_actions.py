"""CreateService, UpdateService and DescribeServices, with deployments that take their course."""

from __future__ import annotations

import json
from typing import Any

from ..service_call import Answer
from . import releases
from .records import platform_version
from .services import cluster_of, group_for, key_of, live_sets, reconcile

_CODE_DEPLOY = "CODE_DEPLOY"
# A change of one of these needs new tasks.
_OF_REVISION = (
    "capacityProviderStrategy",
    "enableExecuteCommand",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
)


def is_code_deploy(service: dict[str, Any]) -> bool:
    """Whether CodeDeploy, and not ECS, deploys the service."""
    return bool((service.get("deploymentController") or {}).get("type") == _CODE_DEPLOY)


def _task_set(service: dict[str, Any], task_set: dict[str, Any]) -> dict[str, Any]:
    """A deployment of a service of CodeDeploy in the form of a task set."""
    number = task_set["id"].rpartition("/")[2]
    desired, running = task_set.get("desiredCount", 0), task_set.get("runningCount", 0)
    return {
        "id": number,
        "taskSetArn": service["serviceArn"].replace(":service/", ":task-set/") + f"/{number}",
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "externalId": task_set.get("_external"),
        "startedBy": "CODE_DEPLOY",
        "status": task_set["status"],
        "taskDefinition": task_set["taskDefinition"],
        "computedDesiredCount": desired,
        "runningCount": running,
        "pendingCount": task_set.get("pendingCount", 0),
        "createdAt": task_set["createdAt"],
        "updatedAt": task_set["updatedAt"],
        "launchType": service.get("launchType"),
        "platformVersion": platform_version(service),
        "networkConfiguration": service.get("networkConfiguration"),
        "loadBalancers": [
            {
                "targetGroupArn": group_for(balancer, task_set),
                "containerName": balancer.get("containerName"),
                "containerPort": balancer.get("containerPort"),
            }
            for balancer in service.get("loadBalancers") or []
        ],
        "scale": {"value": 100.0, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE" if running >= desired else "STABILIZING",
    }


def _document(service: dict[str, Any]) -> dict[str, Any]:
    from ministack.services import ecs

    sets = live_sets(service)
    document = dict(service)
    if is_code_deploy(service):
        document["taskSets"] = [_task_set(service, known) for known in sets]
        document["deployments"] = []
    else:
        document["currentServiceRevisions"] = [
            {
                "arn": known["_revision"],
                "requestedTaskCount": known.get("desiredCount", 0),
                "runningTaskCount": known.get("runningCount", 0),
                "pendingTaskCount": known.get("pendingCount", 0),
            }
            for known in sets
        ]
    sanitized: dict[str, Any] = ecs._sanitize(document)
    return sanitized


def _answer(service: dict[str, Any]) -> Answer:
    from ministack.services import ecs

    answer: Answer = ecs.json_response({"service": _document(service)})
    return answer


def service_of(data: dict[str, Any]) -> dict[str, Any] | None:
    """The service that a request names."""
    from ministack.services import ecs

    reference = ecs._resolve_service_ref(data.get("service", ""))
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    return ecs._services.get(f"{cluster}/{reference[0]}") if reference else None


def _started(service: dict[str, Any], task_set: dict[str, Any]) -> None:
    if not is_code_deploy(service):
        releases.begin(service, task_set)
        return
    task_set.update(_live=True, _side=0, status="PRIMARY")
    reconcile(cluster_of(service), key_of(service))


def _around_create(create: Any) -> Any:
    from ministack.services import ecs

    def created(data: dict[str, Any]) -> Answer:
        answer: Answer = create(data)
        if answer[0] >= 400:
            return answer
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        service = ecs._services[f"{cluster}/{data['serviceName']}"]
        _started(service, service["deployments"][0])
        return _answer(service)

    return created


def _is_new_revision(service: dict[str, Any], data: dict[str, Any]) -> bool:
    from ministack.services import ecs

    wanted = data.get("taskDefinition")
    definition = ecs._task_defs.get(ecs._resolve_td_key(wanted)) if wanted else None
    if definition and definition["taskDefinitionArn"] != service["taskDefinition"]:
        return True
    changed = any(name in data and data[name] != service.get(name) for name in _OF_REVISION)
    return changed or bool(data.get("forceNewDeployment"))


def _around_update(update: Any) -> Any:
    from ministack.services import ecs

    def updated(data: dict[str, Any]) -> Answer:
        service = service_of(data)
        wanted = data.get("taskDefinition")
        key = ecs._resolve_td_key(wanted) if wanted else None
        is_unknown = bool(wanted) and key not in ecs._task_defs
        # What the emulator refuses anyhow.
        if service is None or service["status"] != "ACTIVE" or is_unknown:
            refused: Answer = update(data)
            return refused
        if is_code_deploy(service):
            of_code_deploy: Answer = update(data)
            return of_code_deploy if of_code_deploy[0] >= 400 else _answer(service)
        is_new = _is_new_revision(service, data)
        plain = {
            name: value
            for name, value in data.items()
            if name not in ("taskDefinition", "forceNewDeployment")
        }
        answer: Answer = update(plain)
        if answer[0] >= 400 or not is_new:
            return answer if answer[0] >= 400 else _answer(service)
        if key:
            service["taskDefinition"] = ecs._task_defs[key]["taskDefinitionArn"]
        for known in service["deployments"]:
            known["status"] = "ACTIVE"
        task_set = ecs._make_deployment(service["taskDefinition"], service["desiredCount"])
        task_set["launchType"] = service.get("launchType")
        service["deployments"].insert(0, task_set)
        releases.begin(service, task_set)
        return _answer(service)

    return updated


def _around_describe(describe: Any) -> Any:
    from ministack.services import ecs

    def described(data: dict[str, Any]) -> Answer:
        answer: Answer = describe(data)
        if answer[0] >= 400:
            return answer
        document = json.loads(answer[2])
        known = {one["serviceArn"]: one for one in ecs._services.values()}
        document["services"] = [
            {**_document(known[one["serviceArn"]]), "tags": one.get("tags", [])}
            for one in document["services"]
        ]
        changed: Answer = ecs.json_response(document)
        return changed

    return described


def deploy_services() -> None:
    """Let a service's deployments take their course."""
    from ministack.services import ecs

    ecs._create_service = ecs._ACTION_MAP["CreateService"] = _around_create(ecs._create_service)
    ecs._update_service = ecs._ACTION_MAP["UpdateService"] = _around_update(ecs._update_service)
    ecs._describe_services = _around_describe(ecs._describe_services)
    ecs._ACTION_MAP["DescribeServices"] = ecs._describe_services

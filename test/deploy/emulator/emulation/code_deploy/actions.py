"""The actions of CodeDeploy that deployments of ECS services need."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..api_names import api_names
from ..containers.service_actions import is_code_deploy
from ..containers.tasks import in_background
from ..service_call import Answer
from . import records
from .course import Course
from .records import Deployment
from .revisions import Refused, group_properties, read_app_spec

_ANSWERS = ("Succeeded", "Failed")


def _owner() -> tuple[str, str]:
    from ministack.core.responses import get_account_id, get_region

    return get_account_id(), get_region()


def _service_of(properties: dict[str, Any]) -> dict[str, Any]:
    from ministack.services import ecs

    for named in properties.get("ECSServices") or []:
        cluster = ecs._resolve_cluster_name(named["ClusterName"])
        service: dict[str, Any] | None = ecs._services.get(f"{cluster}/{named['ServiceName']}")
        if service and service["status"] == "ACTIVE" and is_code_deploy(service):
            return service
    raise Refused(
        "InvalidECSServiceException", "The group names no service with a CODE_DEPLOY controller."
    )


def _create(data: dict[str, Any]) -> dict[str, Any]:
    application, group = data.get("applicationName", ""), data.get("deploymentGroupName", "")
    properties = group_properties(application, group)
    service = _service_of(properties)
    running = [
        known.id
        for known in records.deployments.values()
        if (known.application, known.group, known.owner) == (application, group, _owner())
        and not known.ended
    ]
    if running:
        raise Refused(
            "DeploymentLimitExceededException",
            f"The deployment group already has an active deployment '{running[0]}'.",
        )
    revision = data.get("revision") or {}
    deployment = Deployment(
        application,
        group,
        properties,
        revision,
        read_app_spec(revision),
        data.get("description", ""),
        _owner(),
    )
    in_background(Course(deployment, service).run)
    return {"deploymentId": deployment.id}


def _known(data: dict[str, Any]) -> Deployment:
    deployment = records.deployments.get(data.get("deploymentId", ""))
    if deployment is None or deployment.owner != _owner():
        message = f"{data.get('deploymentId')} is not known."
        raise Refused("DeploymentDoesNotExistException", message)
    return deployment


def _get(data: dict[str, Any]) -> dict[str, Any]:
    return {"deploymentInfo": _known(data).document()}


def _list(data: dict[str, Any]) -> dict[str, Any]:
    wanted = data.get("includeOnlyStatuses") or []
    found = [
        known.id
        for known in reversed(list(records.deployments.values()))
        if known.owner == _owner()
        and data.get("applicationName", known.application) == known.application
        and data.get("deploymentGroupName", known.group) == known.group
        and (not wanted or known.status in wanted)
    ]
    return {"deployments": found}


def _stop(data: dict[str, Any]) -> dict[str, Any]:
    deployment = _known(data)
    if deployment.ended:
        raise Refused("DeploymentAlreadyCompletedException", f"{deployment.id} has ended.")
    deployment.is_to_stop = True
    return {"status": "Pending", "statusMessage": "Stopping the deployment."}


def _put_hook_status(data: dict[str, Any]) -> dict[str, Any]:
    deployment = _known(data)
    question, status = data.get("lifecycleEventHookExecutionId", ""), data.get("status")
    if question != f"{deployment.id}-{deployment.event}" or deployment.ended:
        raise Refused("InvalidLifecycleEventHookExecutionIdException", f"{question} is not asked.")
    if status not in _ANSWERS:
        code = "InvalidLifecycleEventHookExecutionStatusException"
        raise Refused(code, f"{status} is no answer.")
    deployment.answers[question] = str(status)
    return {"lifecycleEventHookExecutionId": question}


def _get_group(data: dict[str, Any]) -> dict[str, Any]:
    application, group = data.get("applicationName", ""), data.get("deploymentGroupName", "")
    properties = group_properties(application, group)
    known = {**api_names(properties), "deploymentGroupName": group, "computePlatform": "ECS"}
    return {"deploymentGroupInfo": known}


_ACTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "CreateDeployment": _create,
    "GetDeployment": _get,
    "GetDeploymentGroup": _get_group,
    "ListDeployments": _list,
    "PutLifecycleEventHookExecutionStatus": _put_hook_status,
    "StopDeployment": _stop,
}


async def handle_request(
    method: str, path: str, headers: Any, body: bytes, query_params: Any
) -> Answer:
    """Answer a request of CodeDeploy's JSON protocol."""
    from ministack.core.responses import error_response_json, json_response

    name = (headers.get("x-amz-target") or "").rpartition(".")[2]
    action = _ACTIONS.get(name)
    if action is None:
        unknown: Answer = error_response_json("InvalidAction", f"Unknown action: {name}", 400)
        return unknown
    try:
        answer: Answer = json_response(action(json.loads(body or b"{}")))
    except Refused as refused:
        answer = error_response_json(refused.code, str(refused), 400)
    return answer

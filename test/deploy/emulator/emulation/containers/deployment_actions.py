"""The actions of ECS that answer service deployments and revisions, and the one that stops them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..service_call import Answer
from . import records
from .records import ServiceDeployment

_PAGE = 100


def _answer(document: dict[str, Any]) -> Answer:
    from ministack.services import ecs

    answer: Answer = ecs.json_response(ecs._sanitize(document))
    return answer


def _refuse(code: str, message: str) -> Answer:
    from ministack.services import ecs

    refused: Answer = ecs.error_response_json(code, message, 400)
    return refused


def _time(value: Any) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    return datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp()


def _is_in(deployment: ServiceDeployment, created: dict[str, Any]) -> bool:
    after, before = created.get("after"), created.get("before")
    return (after is None or deployment.created >= _time(after)) and (
        before is None or deployment.created <= _time(before)
    )


def _list(data: dict[str, Any]) -> Answer:
    from ministack.services import ecs

    reference = ecs._resolve_service_ref(data.get("service", ""))
    name, cluster = reference or ("", None)
    cluster = cluster or ecs._resolve_cluster_name(data.get("cluster", "default"))
    service = ecs._services.get(f"{cluster}/{name}")
    if service is None:
        return _refuse("ServiceNotFoundException", "Service not found.")
    wanted = data.get("status") or []
    found = [
        known.brief()
        for known in reversed(list(records.deployments.values()))
        if known.service is service
        and (not wanted or known.status in wanted)
        and _is_in(known, data.get("createdAt") or {})
    ]
    first = int(data.get("nextToken") or 0)
    last = first + int(data.get("maxResults") or _PAGE)
    rest = str(last) if last < len(found) else None
    return _answer({"serviceDeployments": found[first:last], "nextToken": rest})


def _missing(arns: list[str], known: dict[str, Any]) -> list[dict[str, str]]:
    return [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in known]


def _describe(data: dict[str, Any]) -> Answer:
    arns = data.get("serviceDeploymentArns") or []
    found = [records.deployments[arn].document() for arn in arns if arn in records.deployments]
    return _answer(
        {"serviceDeployments": found, "failures": _missing(arns, records.deployments)}
    )


def _describe_revisions(data: dict[str, Any]) -> Answer:
    arns = data.get("serviceRevisionArns") or []
    found = [records.revisions[arn] for arn in arns if arn in records.revisions]
    return _answer({"serviceRevisions": found, "failures": _missing(arns, records.revisions)})


def _stop(data: dict[str, Any]) -> Answer:
    arn = data.get("serviceDeploymentArn", "")
    deployment = records.deployments.get(arn)
    if deployment is None:
        return _refuse("ServiceDeploymentNotFoundException", f"{arn} was not found.")
    if deployment.status not in (records.PENDING, records.IN_PROGRESS):
        return _refuse(
            "ConflictException", f"{arn} is {deployment.status} and can't be stopped any more."
        )
    if data.get("stopType", "ROLLBACK") == "ABORT":
        deployment.status = records.STOP_REQUESTED
    else:
        deployment.reason = "rollback requested by the user"
        deployment.status = records.ROLLBACK_REQUESTED
    return _answer({"serviceDeploymentArn": arn})


def answer_actions() -> None:
    """Let ECS answer what its services' deployments are."""
    from ministack.services import ecs

    ecs._ACTION_MAP.update(
        ListServiceDeployments=_list,
        DescribeServiceDeployments=_describe,
        DescribeServiceRevisions=_describe_revisions,
        StopServiceDeployment=_stop,
    )

"""Which deployments a service has: the one that serves, the one under way, those that wait."""

from __future__ import annotations

import threading
import time
from typing import Any

from . import records
from .lifecycle import Course
from .records import ServiceDeployment
from .steps import shifts_traffic
from .tasks import in_background

_POLL_SECONDS = 0.1
_LONGEST_SECONDS = 600.0

_turn = threading.Lock()


def _of(service: dict[str, Any]) -> list[ServiceDeployment]:
    return [known for known in records.deployments.values() if known.service is service]


def current(service: dict[str, Any]) -> ServiceDeployment | None:
    """The newest deployment of a service."""
    known = _of(service)
    return known[-1] if known else None


def _serving(service: dict[str, Any]) -> dict[str, Any] | None:
    """The tasks that serve: those of the last deployment that succeeded."""
    for known in reversed(_of(service)):
        if known.status == records.SUCCESSFUL:
            return known.target
    return None


def _run_in_turn(deployment: ServiceDeployment, before: list[ServiceDeployment]) -> None:
    """A deployment under way goes back before the next begins."""
    for earlier in before:
        while not earlier.ended:
            time.sleep(_POLL_SECONDS)
    service, target = deployment.service, deployment.target
    deployment.source = _serving(service)
    side = deployment.source["_side"] if deployment.source else 0
    target["_side"] = 1 - side if deployment.source and shifts_traffic(service) else side
    Course(deployment).run()


def begin(service: dict[str, Any], task_set: dict[str, Any]) -> ServiceDeployment:
    """Begin to bring a service to what its new deployment runs."""
    with _turn:
        before = [known for known in _of(service) if not known.ended]
        for earlier in before:
            earlier.reason = "a newer deployment was requested"
            earlier.status = records.ROLLBACK_REQUESTED
        task_set["_revision"] = records.new_revision(service, task_set["taskDefinition"])
        task_set["_side"] = 0
        task_set["rolloutState"] = "IN_PROGRESS"
        task_set["rolloutStateReason"] = f"ECS deployment {task_set['id']} in progress."
        deployment = ServiceDeployment(service, _serving(service), task_set)
        service["currentServiceDeployment"] = deployment.arn
    in_background(_run_in_turn, deployment, before)
    return deployment


def await_end(service: dict[str, Any]) -> ServiceDeployment | None:
    """The newest deployment when it has ended, or None where a service has none."""
    deployment = current(service)
    end = time.monotonic() + _LONGEST_SECONDS
    while deployment and not deployment.ended:
        if time.monotonic() > end:
            raise TimeoutError(f"{deployment.arn} is still {deployment.status}")
        time.sleep(_POLL_SECONDS)
    return deployment

"""Service deployments and service revisions, as ECS answers them."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

PENDING = "PENDING"
IN_PROGRESS = "IN_PROGRESS"
SUCCESSFUL = "SUCCESSFUL"
STOP_REQUESTED = "STOP_REQUESTED"
STOPPED = "STOPPED"
ROLLBACK_REQUESTED = "ROLLBACK_REQUESTED"
ROLLBACK_IN_PROGRESS = "ROLLBACK_IN_PROGRESS"
ROLLBACK_SUCCESSFUL = "ROLLBACK_SUCCESSFUL"
ROLLBACK_FAILED = "ROLLBACK_FAILED"
ENDED = frozenset({SUCCESSFUL, STOPPED, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED})

revisions: dict[str, dict[str, Any]] = {}
deployments: dict[str, ServiceDeployment] = {}


def _new_arn(kind: str, service: dict[str, Any]) -> str:
    from ministack.core.responses import get_account_id, get_region, new_uuid

    cluster = str(service["clusterArn"]).rpartition("/")[2]
    number = str(int(new_uuid().replace("-", ""), 16))[:19]
    owner = f"arn:aws:ecs:{get_region()}:{get_account_id()}"
    return f"{owner}:{kind}/{cluster}/{service['serviceName']}/{number}"


def _image(container: dict[str, Any]) -> dict[str, str]:
    image = container["image"]
    _, _, digest = image.partition("@")
    # No registry is asked: the same name has the same digest.
    made = f"sha256:{hashlib.sha256(image.encode()).hexdigest()}"
    return {
        "containerName": container["name"],
        "image": image,
        "imageDigest": digest or made,
    }


def platform_version(service: dict[str, Any]) -> str:
    """The version of Fargate's platform that a service gets."""
    wanted = service.get("platformVersion") or "LATEST"
    return "1.4.0" if wanted == "LATEST" else str(wanted)


def new_revision(service: dict[str, Any], task_definition: str) -> str:
    """Write down what a service is to run from now on; the ARN of that."""
    from ministack.services import ecs

    arn = _new_arn("service-revision", service)
    definition = ecs._task_defs[ecs._resolve_td_key(task_definition)]
    balancers = service.get("loadBalancers") or []
    revisions[arn] = {
        "serviceRevisionArn": arn,
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "taskDefinition": definition["taskDefinitionArn"],
        "launchType": service.get("launchType"),
        "platformVersion": platform_version(service),
        "platformFamily": "Linux",
        "loadBalancers": balancers,
        "networkConfiguration": service.get("networkConfiguration"),
        "containerImages": [_image(one) for one in definition["containerDefinitions"]],
        "createdAt": time.time(),
        "resolvedConfiguration": {
            "loadBalancers": [
                {
                    "targetGroupArn": one.get("targetGroupArn"),
                    "productionListenerRule": advanced.get("productionListenerRule"),
                    "testListenerRule": advanced.get("testListenerRule"),
                }
                for one in balancers
                if (advanced := one.get("advancedConfiguration"))
            ]
        },
    }
    return arn


@dataclass(eq=False)
class ServiceDeployment:
    """One deployment of a service, from its request to its end."""

    service: dict[str, Any]
    source: dict[str, Any] | None
    target: dict[str, Any]
    arn: str = ""
    status: str = PENDING
    stage: str = ""
    reason: str = ""
    created: float = field(default_factory=time.time)
    started: float | None = None
    finished: float | None = None
    stopped: float | None = None
    rollback: dict[str, Any] | None = None
    triggered_alarms: list[str] = field(default_factory=list)
    shares: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.arn = _new_arn("service-deployment", self.service)
        deployments[self.arn] = self

    @property
    def ended(self) -> bool:
        """Whether nothing changes any more."""
        return self.status in ENDED

    def _revision(self, task_set: dict[str, Any], side: int) -> dict[str, Any]:
        return {
            "arn": task_set["_revision"],
            "requestedTaskCount": task_set.get("desiredCount", 0),
            "runningTaskCount": task_set.get("runningCount", 0),
            "pendingTaskCount": task_set.get("pendingCount", 0),
            "requestedTestTrafficWeight": self.shares.get("test", (0, 0))[side],
            "requestedProductionTrafficWeight": self.shares.get("production", (0, 0))[side],
        }

    def brief(self) -> dict[str, Any]:
        """The form in which deployments are listed."""
        return {
            "serviceDeploymentArn": self.arn,
            "serviceArn": self.service["serviceArn"],
            "clusterArn": self.service["clusterArn"],
            "createdAt": self.created,
            "startedAt": self.started,
            "finishedAt": self.finished,
            "stoppedAt": self.stopped,
            "targetServiceRevisionArn": self.target["_revision"],
            "status": self.status,
            "statusReason": self.reason or None,
        }

    def document(self) -> dict[str, Any]:
        """The form in which one deployment is described."""
        brief = self.brief()
        brief.pop("targetServiceRevisionArn")
        configuration = self.service.get("deploymentConfiguration") or {}
        alarms = configuration.get("alarms") or {}
        return {
            **brief,
            "updatedAt": self.finished or time.time(),
            "lifecycleStage": self.stage or None,
            "sourceServiceRevisions": [self._revision(self.source, 0)] if self.source else [],
            "targetServiceRevision": self._revision(self.target, 1),
            "deploymentConfiguration": configuration,
            "rollback": self.rollback,
            "alarms": {
                "status": "TRIGGERED" if self.triggered_alarms else "MONITORING",
                "alarmNames": alarms.get("alarmNames") or [],
                "triggeredAlarmNames": self.triggered_alarms,
            }
            if alarms.get("enable")
            else None,
        }

"""What ECS tells EventBridge about deployments.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from . import records
from .records import ServiceDeployment

_NAMES = {
    records.IN_PROGRESS: ("INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS"),
    records.SUCCESSFUL: ("INFO", "SERVICE_DEPLOYMENT_COMPLETED"),
}
_FAILED = ("ERROR", "SERVICE_DEPLOYMENT_FAILED")


def tell(deployment: ServiceDeployment) -> None:
    """Send the event of the state that a deployment has now."""
    from ministack.services import eventbridge

    kind, name = _NAMES.get(deployment.status, _FAILED)
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    detail = {
        "eventType": kind,
        "eventName": name,
        "clusterArn": deployment.service["clusterArn"],
        "deploymentId": deployment.target["id"],
        "serviceDeploymentArn": deployment.arn,
        "updatedAt": now,
        "reason": deployment.reason or f"ECS deployment {deployment.target['id']} {name}.",
    }
    entry = {
        "Source": "aws.ecs",
        "DetailType": "ECS Deployment State Change",
        "Resources": [deployment.service["serviceArn"]],
        "Detail": json.dumps(detail),
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)

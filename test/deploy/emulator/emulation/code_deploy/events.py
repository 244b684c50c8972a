"""What CodeDeploy tells EventBridge about deployments.

https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
"""

from __future__ import annotations

import json

from . import records
from .records import Deployment

_STATES = {
    records.IN_PROGRESS: "START",
    records.SUCCEEDED: "SUCCESS",
    records.FAILED: "FAILURE",
    records.STOPPED: "STOP",
}


def tell(deployment: Deployment) -> None:
    """Send the event of the state that a deployment has now."""
    from ministack.core.responses import get_region
    from ministack.services import eventbridge

    detail = {
        "application": deployment.application,
        "deploymentGroup": deployment.group,
        "deploymentId": deployment.id,
        "region": get_region(),
        "state": _STATES[deployment.status],
    }
    entry = {
        "Source": "aws.codedeploy",
        "DetailType": "CodeDeploy Deployment State-change Notification",
        "Detail": json.dumps(detail),
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)

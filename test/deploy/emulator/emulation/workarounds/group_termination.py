"""TerminateInstanceInAutoScalingGroup, which the emulator does not know.

The instance leaves by way of its lifecycle hooks. Unless the group is to become
smaller, another one is launched in its zone at once.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from ..properties import truth
from ..service_call import Answer
from . import auto_scaling_instances
from .auto_scaling_instances import add_instance, in_service
from .workaround import Workaround


def _activity(group: dict[str, Any], instance_id: str) -> Answer:
    from ministack.core.responses import new_uuid, now_iso
    from ministack.services import autoscaling

    values = {
        "ActivityId": new_uuid(),
        "AutoScalingGroupName": group["AutoScalingGroupName"],
        "Cause": "instance was taken out of service in response to a user request.",
        "Description": f"Terminating EC2 instance: {instance_id}",
        "Progress": "0",
        "StartTime": now_iso(),
        "StatusCode": "InProgress",
    }
    inner = "".join(f"<{tag}>{escape(value)}</{tag}>" for tag, value in values.items())
    action = "TerminateInstanceInAutoScalingGroup"
    answer: Answer = autoscaling._xml(
        200, f"{action}Response", f"<{action}Result><Activity>{inner}</Activity></{action}Result>"
    )
    return answer


def _terminate(parameters: Any) -> Answer:
    from ministack.services import autoscaling, ec2

    instance_id = autoscaling._p(parameters, "InstanceId")
    for group in autoscaling._asgs.values():
        for member in in_service(group):
            if member["InstanceId"] != instance_id:
                continue
            subnet = ec2._instances[instance_id]["SubnetId"]
            auto_scaling_instances.scale_in(group, member)
            if truth(autoscaling._p(parameters, "ShouldDecrementDesiredCapacity")):
                group["DesiredCapacity"] -= 1
            else:
                add_instance(group, subnet)
            return _activity(group, instance_id)
    refused: Answer = autoscaling._error(
        "ValidationError", f"Instance Id not found - No managed instance found: {instance_id}"
    )
    return refused


def _apply() -> None:
    from ministack.services import autoscaling

    autoscaling._ACTION_MAP["TerminateInstanceInAutoScalingGroup"] = _terminate


WORKAROUND = Workaround(
    "group-termination",
    "TerminateInstanceInAutoScalingGroup is not known",
    _apply,
    ("AWS::AutoScaling::AutoScalingGroup",),
)

"""An instance with a terminating lifecycle hook waits before it ends.

That is so when its group becomes smaller. It leaves the target groups first,
and ends when CompleteLifecycleAction says so, or after the heartbeat timeout.
"""

from __future__ import annotations

import contextvars
import threading
from typing import Any

from ..service_call import Answer
from . import auto_scaling_instances
from .auto_scaling_instances import deregister, remove_instance
from .workaround import Workaround

_TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
_WAITING = "Terminating:Wait"


def _hook_of(group: dict[str, Any]) -> dict[str, Any] | None:
    from ministack.services import autoscaling

    for hook in autoscaling._hooks.values():
        is_ours = hook["AutoScalingGroupName"] == group["AutoScalingGroupName"]
        if is_ours and hook["LifecycleTransition"] == _TERMINATING:
            return dict(hook)
    return None


def _end(group: dict[str, Any], member: dict[str, Any]) -> None:
    """End an instance that still waits: it may have gone with its group."""
    if member in group["Instances"]:
        remove_instance(group, member)


def _scale_in(group: dict[str, Any], member: dict[str, Any]) -> None:
    hook = _hook_of(group)
    if hook is None:
        remove_instance(group, member)
        return
    member["LifecycleState"] = _WAITING
    deregister(group, member["InstanceId"])
    # The emulator keeps account and region in the context.
    context = contextvars.copy_context()
    timer = threading.Timer(hook["HeartbeatTimeout"], context.run, (_end, group, member))
    timer.daemon = True
    timer.start()


def _waiting(group_name: str, hook_name: str, instance_id: str) -> dict[str, Any] | None:
    """The instance of a group if it waits for the hook."""
    from ministack.services import autoscaling

    group = autoscaling._asgs.get(group_name)
    hook = _hook_of(group) if group else None
    if group is None or hook is None or hook["LifecycleHookName"] != hook_name:
        return None
    for member in group["Instances"]:
        if (member["InstanceId"], member["LifecycleState"]) == (instance_id, _WAITING):
            return dict(member)
    return None


def _complete(parameters: Any) -> Answer:
    from ministack.services import autoscaling

    names = ("AutoScalingGroupName", "LifecycleHookName", "InstanceId")
    group_name, hook_name, instance_id = (autoscaling._p(parameters, name) for name in names)
    member = _waiting(group_name, hook_name, instance_id)
    if member is None:
        message = f"No active Lifecycle Action found with instance ID {instance_id}"
        refused: Answer = autoscaling._error("ValidationError", message)
        return refused
    _end(autoscaling._asgs[group_name], member)
    completed: Answer = autoscaling._complete_lifecycle_action(parameters)
    return completed


def _apply() -> None:
    from ministack.services import autoscaling

    auto_scaling_instances.scale_in = _scale_in
    autoscaling._ACTION_MAP["CompleteLifecycleAction"] = _complete


WORKAROUND = Workaround(
    "lifecycle-hooks",
    "an instance ends without waiting for its lifecycle hook, and every lifecycle action "
    "can be completed",
    _apply,
    ("AWS::AutoScaling::LifecycleHook",),
)

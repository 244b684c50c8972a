"""The lifecycle hooks that an Auto Scaling group of a template has from its beginning."""

from __future__ import annotations

from typing import Any

from ..service_call import refuse_error
from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::AutoScaling::AutoScalingGroup"


def _complete(name: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import autoscaling

    for hook in properties.get("LifecycleHookSpecificationList") or []:
        given = {key: str(value) for key, value in hook.items()}
        refuse_error(
            autoscaling._ACTION_MAP["PutLifecycleHook"]({"AutoScalingGroupName": name, **given})
        )


WORKAROUND = Workaround(
    "group-hooks",
    "an Auto Scaling group forgets the lifecycle hooks of its LifecycleHookSpecificationList",
    lambda: after_create_and_update(_TYPE, _complete),
    (_TYPE,),
)

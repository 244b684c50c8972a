"""An update leaves the size that scaling gave to an Auto Scaling group.

A template without DesiredCapacity says nothing about it. With
IgnoreUnmodifiedGroupSizeProperties, which the CDK always sets, an update also
leaves the sizes that the template has but does not change: a scheduled action
may have changed them.
"""

from __future__ import annotations

from typing import Any

from ..properties import truth
from ..resource_signals import declaration_of
from .workaround import Workaround, wrap_handler

_TYPE = "AWS::AutoScaling::AutoScalingGroup"
_SIZES = ("MinSize", "MaxSize", "DesiredCapacity")


def _ignores_unmodified(stack_name: str, logical_id: str) -> bool:
    policy = declaration_of(stack_name, logical_id).get("UpdatePolicy") or {}
    scheduled = policy.get("AutoScalingScheduledAction") or {}
    return truth(scheduled.get("IgnoreUnmodifiedGroupSizeProperties"))


def _around_update(update: Any) -> Any:
    def updated(
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        logical_id: str,
    ) -> Any:
        from ministack.services import autoscaling

        before = {size: autoscaling._asgs[physical_id][size] for size in _SIZES}
        new_id, attributes = update(physical_id, old, new, stack_name, logical_id)
        if new_id != physical_id:
            return new_id, attributes
        group = autoscaling._asgs[physical_id]
        if _ignores_unmodified(stack_name, logical_id):
            group.update({size: before[size] for size in _SIZES if old.get(size) == new.get(size)})
        elif "DesiredCapacity" not in new:
            group["DesiredCapacity"] = before["DesiredCapacity"]
        wanted = max(group["DesiredCapacity"], group["MinSize"])
        group["DesiredCapacity"] = min(wanted, group["MaxSize"])
        return new_id, attributes

    return updated


WORKAROUND = Workaround(
    "auto-scaling-sizes",
    "every update resets the size of an Auto Scaling group to its minimum",
    lambda: wrap_handler(_TYPE, "update", _around_update),
    (_TYPE,),
)

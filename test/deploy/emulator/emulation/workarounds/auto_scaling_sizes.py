"""An update leaves the size that scaling gave to an Auto Scaling group.

A template without DesiredCapacity says nothing about it. With
IgnoreUnmodifiedGroupSizeProperties, which the CDK always sets, an update also
leaves the sizes that the template has but does not change: a scheduled action
may have changed them. UpdateAutoScalingGroup keeps the size between its limits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..properties import truth
from ..resource_signals import declaration_of
from ..service_call import Answer
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
        group["DesiredCapacity"] = _within(group)
        return new_id, attributes

    return updated


def _within(group: dict[str, Any]) -> int:
    """The size that a group has, or the nearest one that its limits allow."""
    wanted = max(int(group["DesiredCapacity"]), int(group["MinSize"]))
    return min(wanted, int(group["MaxSize"]))


def _around_action(update: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
    def updated(parameters: Any) -> Answer:
        from ministack.services import autoscaling

        group = autoscaling._asgs.get(autoscaling._p(parameters, "AutoScalingGroupName"))
        given = {size: autoscaling._p(parameters, size) for size in _SIZES}
        if group and not given["DesiredCapacity"]:
            sizes = {size: given[size] or group[size] for size in _SIZES}
            parameters = {**parameters, "DesiredCapacity": [str(_within(sizes))]}
        return update(parameters)

    return updated


def _apply() -> None:
    from ministack.services import autoscaling

    actions = autoscaling._ACTION_MAP
    actions["UpdateAutoScalingGroup"] = _around_action(actions["UpdateAutoScalingGroup"])
    wrap_handler(_TYPE, "update", _around_update)


WORKAROUND = Workaround(
    "auto-scaling-sizes",
    "every update of a template resets the size of an Auto Scaling group to its minimum, and "
    "UpdateAutoScalingGroup leaves it below a new one",
    _apply,
    (_TYPE,),
)

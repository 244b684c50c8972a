"""Instances of an Auto Scaling group are replaced by a new launch template, or because one asks.

An update does so by the group's UpdatePolicy: in batches, new instances first
where the policy allows more than the group's size; StartInstanceRefresh by its
preferences. No machine boots and no health is checked, so nothing is awaited,
no signal and no lifecycle hook either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..backed.ec2_launch_template import version_number
from ..properties import truth
from ..resource_signals import declaration_of
from ..service_call import Answer
from .auto_scaling_instances import add_instance, in_service, launches, remove_instance
from .workaround import Workaround, wrap_handler

_TYPE = "AWS::AutoScaling::AutoScalingGroup"
_REFRESH = "AutoScalingInstanceRefresh"
_ROLLING = "AutoScalingRollingUpdate"
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html
_MIN_HEALTHY, _MAX_HEALTHY = 100, 110
_ALL = 100


def _outdated(group: dict[str, Any]) -> list[dict[str, Any]]:
    """The instances of another template, another version, or another subnet."""
    from ministack.services import ec2

    wanted = group["LaunchTemplate"]["LaunchTemplateId"], version_number(group["LaunchTemplate"])
    subnets = group["VPCZoneIdentifier"].split(",")
    return [
        member
        for member in in_service(group)
        if (member["LaunchTemplate"]["LaunchTemplateId"], member["LaunchTemplate"]["Version"])
        != wanted
        or ec2._instances[member["InstanceId"]]["SubnetId"] not in subnets
    ]


def _batch(policy: dict[str, Any], size: int) -> tuple[int, bool]:
    """How many instances are replaced at a time, and whether the new ones come first."""
    if _REFRESH not in policy:
        return int(policy[_ROLLING].get("MaxBatchSize", 1)), False
    preferences = policy[_REFRESH].get("Preferences") or {}
    lowest = int(preferences.get("MinHealthyPercentage", _MIN_HEALTHY))
    highest = int(preferences.get("MaxHealthyPercentage", max(_MAX_HEALTHY, lowest)))
    if lowest < _ALL:
        return max(1, size * (_ALL - lowest) // _ALL), False
    return max(1, size * (highest - _ALL) // _ALL), True


def _replace(group: dict[str, Any], batch: list[dict[str, Any]], *, new_first: bool) -> None:
    from ministack.services import ec2

    subnets = [ec2._instances[member["InstanceId"]]["SubnetId"] for member in batch]
    if not new_first:
        for member in batch:
            remove_instance(group, member)
    for subnet in subnets:
        add_instance(group, subnet)
    if new_first:
        for member in batch:
            remove_instance(group, member)


def _record(group: dict[str, Any]) -> None:
    from ministack.services import autoscaling

    autoscaling._start_instance_refresh({"AutoScalingGroupName": group["AutoScalingGroupName"]})


def _replace_in_batches(
    group: dict[str, Any], instances: list[dict[str, Any]], policy: dict[str, Any]
) -> None:
    count, new_first = _batch(policy, len(in_service(group)))
    for start in range(0, len(instances), count):
        _replace(group, instances[start : start + count], new_first=new_first)


def _refresh(group: dict[str, Any], policy: dict[str, Any]) -> None:
    outdated = _outdated(group) if launches(group) else []
    if not outdated:
        return
    _replace_in_batches(group, outdated, policy)
    if _REFRESH in policy:
        _record(group)


def _around_start(start: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
    """Replace all instances; those of another template only, where one says SkipMatching."""

    def started(parameters: Any) -> Answer:
        from ministack.services import autoscaling

        answer = start(parameters)
        group = autoscaling._asgs.get(autoscaling._p(parameters, "AutoScalingGroupName"))
        if answer[0] >= 400 or not launches(group):
            return answer
        given = {
            name: autoscaling._p(parameters, f"Preferences.{name}")
            for name in ("MinHealthyPercentage", "MaxHealthyPercentage")
        }
        preferences = {name: value for name, value in given.items() if value}
        skips = truth(autoscaling._p(parameters, "Preferences.SkipMatching"))
        instances = _outdated(group) if skips else in_service(group)
        _replace_in_batches(group, instances, {_REFRESH: {"Preferences": preferences}})
        return answer

    return started


def _around_update(update: Any) -> Any:
    def updated(
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        logical_id: str,
    ) -> Any:
        from ministack.services import autoscaling

        new_id, attributes = update(physical_id, old, new, stack_name, logical_id)
        policy = declaration_of(stack_name, logical_id).get("UpdatePolicy") or {}
        if _REFRESH in policy or _ROLLING in policy:
            _refresh(autoscaling._asgs[new_id], policy)
        return new_id, attributes

    return updated


def _apply() -> None:
    from ministack.services import autoscaling

    actions = autoscaling._ACTION_MAP
    actions["StartInstanceRefresh"] = _around_start(actions["StartInstanceRefresh"])
    wrap_handler(_TYPE, "update", _around_update)


WORKAROUND = Workaround(
    "instance-refresh",
    "an Auto Scaling group keeps the instances of its old launch template, whatever its "
    "UpdatePolicy says, and StartInstanceRefresh replaces none",
    _apply,
    (_TYPE,),
)

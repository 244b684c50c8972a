"""Instances of Auto Scaling groups: the emulator invents ids, or has none at all.

Here a group launches what its template says, in its subnets, registers it with
its target groups, and ends it. The signals of its CreationPolicy are treated
like those of a single instance. What an update replaces is the business of
`instance_refresh`.
"""

from __future__ import annotations

from typing import Any

from ..backed.ec2_instance import launch, terminate
from ..backed.ec2_launch_template import version_number, with_launch_template
from ..properties import truth
from ..resource_signals import await_signals
from ..service_call import flatten, refuse_error
from .auto_scaling_answer import answer_more, members
from .workaround import Workaround, wrap_handler

_TYPE = "AWS::AutoScaling::AutoScalingGroup"


def _subnets(group: dict[str, Any]) -> list[str]:
    return [subnet for subnet in group["VPCZoneIdentifier"].split(",") if subnet]


def _subnet_for_next(group: dict[str, Any]) -> str:
    """The subnet with the fewest of the group's instances: groups keep their zones in balance."""
    from ministack.services import ec2

    used = [ec2._instances[member["InstanceId"]]["SubnetId"] for member in in_service(group)]
    return min(_subnets(group), key=used.count)


def _instance_properties(group: dict[str, Any], subnet: str) -> dict[str, Any]:
    tags = [
        {"Key": tag["Key"], "Value": tag["Value"]}
        for tag in group["Tags"]
        if tag.get("PropagateAtLaunch")
    ]
    name = group["AutoScalingGroupName"]
    properties = with_launch_template({"LaunchTemplate": group["LaunchTemplate"]})
    monitoring = properties.get("Monitoring")
    if isinstance(monitoring, dict):
        properties["Monitoring"] = monitoring.get("Enabled")
    return {
        **properties,
        "SubnetId": subnet,
        "Tags": [*tags, {"Key": "aws:autoscaling:groupName", "Value": name}],
    }


def _register(
    group: dict[str, Any], instance_id: str, action: str, only: set[str] | None = None
) -> None:
    from ministack.services import alb

    for target_group in group.get("TargetGroupARNs") or [] if only is None else only:
        if target_group in alb._tgs:
            target = flatten({"Targets.member": [{"Id": instance_id}]})
            refuse_error(alb._ACTION_MAP[action]({"TargetGroupArn": [target_group], **target}))


def add_instance(group: dict[str, Any], subnet: str | None = None) -> None:
    """Launch an instance, and register it with the group's target groups."""
    chosen = subnet if subnet in _subnets(group) else _subnet_for_next(group)
    instance = launch(_instance_properties(group, chosen))
    group["Instances"].append(
        {
            "InstanceId": instance["InstanceId"],
            "LifecycleState": "InService",
            "HealthStatus": "Healthy",
            "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
            "ProtectedFromScaleIn": truth(group["NewInstancesProtectedFromScaleIn"]),
            "LaunchTemplate": {
                **group["LaunchTemplate"],
                "Version": version_number(group["LaunchTemplate"]),
            },
            "LaunchConfigurationName": "",
        }
    )
    _register(group, instance["InstanceId"], "RegisterTargets")


def deregister(group: dict[str, Any], instance_id: str) -> None:
    """Take an instance out of the group's target groups."""
    _register(group, instance_id, "DeregisterTargets")


def remove_instance(group: dict[str, Any], member: dict[str, Any]) -> None:
    """End an instance of the group, without its lifecycle hooks."""
    group["Instances"].remove(member)
    deregister(group, member["InstanceId"])
    terminate(member["InstanceId"])


# How an instance leaves a group that becomes smaller; `lifecycle_hooks` lets it wait.
scale_in = remove_instance


def in_service(group: dict[str, Any]) -> list[dict[str, Any]]:
    """The instances that count for the group's size."""
    return [member for member in group["Instances"] if member["LifecycleState"] == "InService"]


def _resize(group: dict[str, Any], size: int) -> None:
    for member in reversed(in_service(group)[size:]):
        scale_in(group, member)
    while len(in_service(group)) < size:
        add_instance(group)


def launches(group: dict[str, Any]) -> bool:
    """Whether the group has all that it takes to launch instances."""
    return bool(group.get("LaunchTemplate") and _subnets(group))


def _adopt(physical_id: str, properties: dict[str, Any]) -> None:
    from ministack.services import autoscaling

    group = autoscaling._asgs[physical_id]
    before = set(group.get("TargetGroupARNs") or [])
    group["TargetGroupARNs"] = properties.get("TargetGroupARNs") or []
    after = set(group["TargetGroupARNs"])
    for member in in_service(group):
        _register(group, member["InstanceId"], "DeregisterTargets", before - after)
        _register(group, member["InstanceId"], "RegisterTargets", after - before)
    if launches(group):
        _resize(group, group["DesiredCapacity"])


def _around_create(create: Any) -> Any:
    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        physical_id, attributes = create(logical_id, properties, stack_name)
        try:
            _adopt(physical_id, properties)
            await_signals(stack_name, logical_id, _TYPE, physical_id)
        except Exception:
            _delete_group(physical_id)
            raise
        return physical_id, attributes

    return created


def _around_update(update: Any) -> Any:
    def updated(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        new_id, attributes = update(physical_id, old, new, *rest)
        _adopt(new_id, new)
        return new_id, attributes

    return updated


def _delete_group(physical_id: str) -> None:
    from ministack.services import autoscaling

    group = autoscaling._asgs.get(physical_id)
    if group and launches(group):
        for member in list(group["Instances"]):
            remove_instance(group, member)
    autoscaling._asgs.pop(physical_id, None)
    autoscaling._tags.pop(physical_id, None)


def _around_delete(delete: Any) -> Any:
    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        _delete_group(physical_id)
        delete(physical_id, properties)

    return deleted


def _reconcile_with_instances() -> None:
    """Let SetDesiredCapacity and UpdateAutoScalingGroup launch and end instances too."""
    from ministack.services import autoscaling

    invent = autoscaling._reconcile_instances

    def reconcile(group: dict[str, Any]) -> None:
        if launches(group):
            _resize(group, group["DesiredCapacity"])
        else:
            invent(group)

    autoscaling._reconcile_instances = reconcile


def _answer_target_groups(group: dict[str, Any]) -> str:
    return members("TargetGroupARNs", group.get("TargetGroupARNs") or [])


def _apply() -> None:
    wrap_handler(_TYPE, "create", _around_create)
    wrap_handler(_TYPE, "update", _around_update)
    wrap_handler(_TYPE, "delete", _around_delete)
    _reconcile_with_instances()
    answer_more(_answer_target_groups)


WORKAROUND = Workaround(
    "auto-scaling-instances",
    "an Auto Scaling group of a template launches no instances and has no target groups",
    _apply,
    (_TYPE,),
)

"""Instances of Auto Scaling groups: the emulator invents ids, or has none at all.

Here a group launches what its template says, in its subnets, registers it with
its target groups, and ends it. The signals of its CreationPolicy are treated
like those of a single instance. A rolling update replaces nothing: the group's
instances stay as they were launched.
"""

from __future__ import annotations

from typing import Any

from ..backed.ec2_instance import launch, terminate
from ..backed.ec2_launch_template import with_launch_template
from ..properties import truth
from ..resource_signals import await_signals
from ..service_call import flatten, refuse_error
from .workaround import Workaround, wrap_handler

_TYPE = "AWS::AutoScaling::AutoScalingGroup"


def _subnets(group: dict[str, Any]) -> list[str]:
    return [subnet for subnet in group["VPCZoneIdentifier"].split(",") if subnet]


def _instance_properties(group: dict[str, Any], number: int) -> dict[str, Any]:
    subnets = _subnets(group)
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
        "SubnetId": subnets[number % len(subnets)],
        "Tags": [*tags, {"Key": "aws:autoscaling:groupName", "Value": name}],
    }


def _register(group: dict[str, Any], instance_id: str, action: str) -> None:
    from ministack.services import alb

    for target_group in group.get("TargetGroupARNs") or []:
        if target_group in alb._tgs:
            target = flatten({"Targets.member": [{"Id": instance_id}]})
            refuse_error(alb._ACTION_MAP[action]({"TargetGroupArn": [target_group], **target}))


def _add(group: dict[str, Any]) -> None:
    instance = launch(_instance_properties(group, len(group["Instances"])))
    group["Instances"].append(
        {
            "InstanceId": instance["InstanceId"],
            "LifecycleState": "InService",
            "HealthStatus": "Healthy",
            "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
            "ProtectedFromScaleIn": truth(group["NewInstancesProtectedFromScaleIn"]),
            "LaunchTemplate": group["LaunchTemplate"],
            "LaunchConfigurationName": "",
        }
    )
    _register(group, instance["InstanceId"], "RegisterTargets")


def _remove(group: dict[str, Any]) -> None:
    instance_id = group["Instances"].pop()["InstanceId"]
    _register(group, instance_id, "DeregisterTargets")
    terminate(instance_id)


def _resize(group: dict[str, Any], size: int) -> None:
    while len(group["Instances"]) > size:
        _remove(group)
    while len(group["Instances"]) < size:
        _add(group)


def _launches(group: dict[str, Any]) -> bool:
    return bool(group.get("LaunchTemplate") and _subnets(group))


def _adopt(physical_id: str, properties: dict[str, Any]) -> None:
    from ministack.services import autoscaling

    group = autoscaling._asgs[physical_id]
    group["TargetGroupARNs"] = properties.get("TargetGroupARNs") or []
    if _launches(group):
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
    if group and _launches(group):
        _resize(group, 0)
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
        if _launches(group):
            _resize(group, group["DesiredCapacity"])
        else:
            invent(group)

    autoscaling._reconcile_instances = reconcile


def _answer_target_groups() -> None:
    from ministack.services import autoscaling

    describe = autoscaling._ACTION_MAP["DescribeAutoScalingGroups"]

    def described(parameters: Any) -> Any:
        status, headers, body = describe(parameters)
        text = body.decode() if isinstance(body, bytes) else body
        for name, group in autoscaling._asgs.items():
            arns = "".join(f"<member>{arn}</member>" for arn in group.get("TargetGroupARNs") or [])
            head = f"<AutoScalingGroupName>{name}</AutoScalingGroupName><AutoScalingGroupARN>"
            text = text.replace(head, f"<TargetGroupARNs>{arns}</TargetGroupARNs>{head}")
        return status, headers, text.encode()

    autoscaling._ACTION_MAP["DescribeAutoScalingGroups"] = described


def _apply() -> None:
    wrap_handler(_TYPE, "create", _around_create)
    wrap_handler(_TYPE, "update", _around_update)
    wrap_handler(_TYPE, "delete", _around_delete)
    _reconcile_with_instances()
    _answer_target_groups()


WORKAROUND = Workaround(
    "auto-scaling-instances",
    "an Auto Scaling group of a template launches no instances and has no target groups",
    _apply,
    (_TYPE,),
)

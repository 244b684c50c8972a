"""Probes of Auto Scaling groups."""

from __future__ import annotations

from typing import Any

from .emulator import Emulator, Probe, Resources, Stack, refused
from .networks import subnet

_OUTPUTS = {"Group": {"Ref": "Group"}}


def _group(instance_type: str = "t3.micro", **properties: Any) -> Resources:
    return {
        **subnet(zone="us-east-1b"),
        "Template": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {
                "LaunchTemplateData": {
                    "ImageId": "ami-0c2023a1b2c3d4e5f",
                    "InstanceType": instance_type,
                }
            },
        },
        "Group": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "UpdatePolicy": {"AutoScalingInstanceRefresh": {"Strategy": "Rolling"}},
            "Properties": {
                "MinSize": "1",
                "MaxSize": "2",
                "VPCZoneIdentifier": [{"Ref": "Subnet"}],
                "LaunchTemplate": {
                    "LaunchTemplateId": {"Ref": "Template"},
                    "Version": {"Fn::GetAtt": ["Template", "LatestVersionNumber"]},
                },
                **properties,
            },
        },
    }


def _described(emulator: Emulator, stack: Stack) -> dict[str, Any]:
    answer = emulator.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[stack.outputs["Group"]]
    )
    described: dict[str, Any] = answer["AutoScalingGroups"][0]
    return described


def _auto_scaling_instances(emulator: Emulator) -> bool:
    return not _described(emulator, emulator.create(_group(), _OUTPUTS))["Instances"]


def _auto_scaling_details(emulator: Emulator) -> bool:
    stack = emulator.create(
        _group(
            MetricsCollection=[{"Granularity": "1Minute"}],
            DefaultInstanceWarmup=60,
            InstanceMaintenancePolicy={"MinHealthyPercentage": 100, "MaxHealthyPercentage": 150},
        ),
        _OUTPUTS,
    )
    group = _described(emulator, stack)
    return (
        not group.get("EnabledMetrics")
        or not group.get("InstanceMaintenancePolicy")
        or group.get("DefaultInstanceWarmup") != 60
        or group["AvailabilityZones"] != ["us-east-1b"]
    )


def _auto_scaling_sizes(emulator: Emulator) -> bool:
    stack = emulator.create(_group(), _OUTPUTS)
    emulator.client("autoscaling").set_desired_capacity(
        AutoScalingGroupName=stack.outputs["Group"], DesiredCapacity=2
    )
    emulator.update(stack, _group(MaxSize="3"), _OUTPUTS)
    kept = _described(emulator, stack)["DesiredCapacity"]
    emulator.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=stack.outputs["Group"], MinSize=3
    )
    return [kept, _described(emulator, stack)["DesiredCapacity"]] != [2, 3]


def _instance_refresh(emulator: Emulator) -> bool:
    stack = emulator.create(_group(), _OUTPUTS)
    before = _described(emulator, stack)["Instances"]
    emulator.update(stack, _group(instance_type="t3.small"), _OUTPUTS)
    updated = _described(emulator, stack)["Instances"]
    emulator.client("autoscaling").start_instance_refresh(
        AutoScalingGroupName=stack.outputs["Group"]
    )
    refreshed = _described(emulator, stack)["Instances"]
    return updated in (before, refreshed) or len(refreshed) != len(before)


def _lifecycle_hooks(emulator: Emulator) -> bool:
    hook = {
        "Type": "AWS::AutoScaling::LifecycleHook",
        "Properties": {
            "AutoScalingGroupName": {"Ref": "Group"},
            "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        },
    }
    stack = emulator.create({**_group(), "Hook": hook}, {**_OUTPUTS, "Hook": {"Ref": "Hook"}})
    return not refused(
        emulator.client("autoscaling").complete_lifecycle_action,
        AutoScalingGroupName=stack.outputs["Group"],
        LifecycleHookName=stack.outputs["Hook"],
        InstanceId="i-00000000000000000",
        LifecycleActionResult="CONTINUE",
    )


_LEAVE_HOOK = {
    "LifecycleHookName": "leave",
    "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
    "HeartbeatTimeout": 60,
}


def _group_hooks(emulator: Emulator) -> bool:
    stack = emulator.create(_group(LifecycleHookSpecificationList=[_LEAVE_HOOK]), _OUTPUTS)
    answer = emulator.client("autoscaling").describe_lifecycle_hooks(
        AutoScalingGroupName=stack.outputs["Group"]
    )
    return not answer["LifecycleHooks"]


def _group_termination(emulator: Emulator) -> bool:
    stack = emulator.create(_group(LifecycleHookSpecificationList=[_LEAVE_HOOK]), _OUTPUTS)
    before = [member["InstanceId"] for member in _described(emulator, stack)["Instances"]]
    terminate = emulator.client("autoscaling").terminate_instance_in_auto_scaling_group
    if not before or refused(terminate, InstanceId=before[0], ShouldDecrementDesiredCapacity=False):
        return True
    states = {
        member["InstanceId"]: member["LifecycleState"]
        for member in _described(emulator, stack)["Instances"]
    }
    return states.pop(before[0]) != "Terminating:Wait" or list(states.values()) != ["InService"]


def _scaling_answers(emulator: Emulator) -> bool:
    policy = {
        "Type": "AWS::AutoScaling::ScalingPolicy",
        "Properties": {"AutoScalingGroupName": {"Ref": "Group"}, "ScalingAdjustment": 1},
    }
    stack = emulator.create({**_group(), "Policy": policy}, _OUTPUTS)
    answer = emulator.client("autoscaling").describe_policies(
        AutoScalingGroupName=stack.outputs["Group"], PolicyTypes=["StepScaling"]
    )
    return bool(answer["ScalingPolicies"])


PROBES: dict[str, Probe] = {
    "auto-scaling-details": _auto_scaling_details,
    "auto-scaling-instances": _auto_scaling_instances,
    "auto-scaling-sizes": _auto_scaling_sizes,
    "group-hooks": _group_hooks,
    "group-termination": _group_termination,
    "instance-refresh": _instance_refresh,
    "lifecycle-hooks": _lifecycle_hooks,
    "scaling-answers": _scaling_answers,
}

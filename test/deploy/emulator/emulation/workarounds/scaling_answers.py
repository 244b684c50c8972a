"""What the emulator leaves out when it is asked how an Auto Scaling group scales."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from .auto_scaling_answer import change_answer
from .ec2_answer import add_element, add_text
from .workaround import Workaround

# Parameter and element by which each action's members are chosen.
_CHOICES = {
    "DescribePolicies": (
        ("ScalingPolicies", "PolicyTypes", "PolicyType"),
        ("ScalingPolicies", "PolicyNames", "PolicyName"),
    ),
    "DescribeScheduledActions": (
        ("ScheduledUpdateGroupActions", "ScheduledActionNames", "ScheduledActionName"),
    ),
    "DescribeLifecycleHooks": (("LifecycleHooks", "LifecycleHookNames", "LifecycleHookName"),),
}


def _choose(action: str) -> Callable[[ElementTree.Element, Any], None]:
    def choose(root: ElementTree.Element, parameters: Any) -> None:
        from ministack.services import autoscaling

        for list_tag, parameter, tag in _CHOICES[action]:
            wanted = autoscaling._parse_member_list(parameters, parameter)
            for found in root.iter(list_tag):
                for member in list(found) if wanted else ():
                    if member.findtext(tag) not in wanted:
                        found.remove(member)

    return choose


def _name_alarms(root: ElementTree.Element, parameters: Any) -> None:
    """A policy names the alarms that call it, also those that a template made."""
    from ministack.services import cloudwatch

    for policies in root.iter("ScalingPolicies"):
        for policy in policies:
            arn = policy.findtext("PolicyARN")
            alarms = add_element(policy, "Alarms")
            for alarm in cloudwatch._alarms.values():
                if arn in (alarm.get("AlarmActions") or []):
                    member = ElementTree.SubElement(alarms, "member")
                    add_text(member, "AlarmName", alarm["AlarmName"])
                    add_text(member, "AlarmARN", alarm["AlarmArn"])


def _track_requests() -> None:
    """Let a policy on the requests per target have its alarms, like one on the processors."""
    from ministack.services import autoscaling

    metric_of = autoscaling._tracking_metric

    def tracked(tracking: dict[str, Any], group: str) -> dict[str, Any] | None:
        specification = tracking.get("PredefinedMetricSpecification") or {}
        label = str(specification.get("ResourceLabel", ""))
        if specification.get("PredefinedMetricType") != "ALBRequestCountPerTarget" or not label:
            return metric_of(tracking, group)
        target_group = "/".join(label.split("/")[3:])
        return {
            "Namespace": "AWS/ApplicationELB",
            "MetricName": "RequestCountPerTarget",
            "Statistic": "Sum",
            "Dimensions": [{"Name": "TargetGroup", "Value": target_group}],
        }

    autoscaling._tracking_metric = tracked


def _apply() -> None:
    change_answer("DescribePolicies", _name_alarms)
    for action in _CHOICES:
        change_answer(action, _choose(action))
    _track_requests()


WORKAROUND = Workaround(
    "scaling-answers",
    "scaling policies name no alarms of a template, and cannot be asked for by name or type",
    _apply,
    ("AWS::AutoScaling::ScalingPolicy",),
)

"""What the emulator forgets about an Auto Scaling group of a template."""

from __future__ import annotations

from typing import Any

from .auto_scaling_answer import answer_more, members
from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::AutoScaling::AutoScalingGroup"

# What a collection without names collects.
# https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_EnableMetricsCollection.html
_ALL_METRICS = (
    *(f"Group{size}" for size in ("MinSize", "MaxSize", "DesiredCapacity")),
    *(
        f"Group{state}{unit}"
        for state in ("InService", "Pending", "Standby", "Terminating", "Total")
        for unit in ("Instances", "Capacity")
    ),
    *(
        f"WarmPool{state}Capacity"
        for state in ("Desired", "Warmed", "Pending", "Terminating", "Total")
    ),
    *(f"GroupAndWarmPool{state}Capacity" for state in ("Desired", "Total")),
)


_POLICIES = ("AvailabilityZoneImpairmentPolicy", "InstanceMaintenancePolicy")


def _collected(collections: list[dict[str, Any]]) -> list[str]:
    return [
        f"<Metric>{metric}</Metric><Granularity>{collection['Granularity']}</Granularity>"
        for collection in collections
        for metric in collection.get("Metrics") or _ALL_METRICS
    ]


def _complete(name: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import autoscaling, ec2

    group = autoscaling._asgs[name]
    group["MetricsCollection"] = properties.get("MetricsCollection") or []
    group["DefaultInstanceWarmup"] = properties.get("DefaultInstanceWarmup")
    for policy in _POLICIES:
        group[policy] = properties.get(policy)
    subnets = [ec2._subnets.get(subnet) for subnet in group["VPCZoneIdentifier"].split(",")]
    zones = [subnet["AvailabilityZone"] for subnet in subnets if subnet]
    if zones:
        group["AvailabilityZones"] = list(dict.fromkeys(zones))


def _answer(group: dict[str, Any]) -> str:
    text = members("EnabledMetrics", _collected(group.get("MetricsCollection") or []))
    warmup = group.get("DefaultInstanceWarmup")
    if warmup is not None:
        text += f"<DefaultInstanceWarmup>{warmup}</DefaultInstanceWarmup>"
    for policy in _POLICIES:
        if group.get(policy):
            inner = "".join(f"<{tag}>{value}</{tag}>" for tag, value in group[policy].items())
            text += f"<{policy}>{inner}</{policy}>"
    return text


def _apply() -> None:
    after_create_and_update(_TYPE, _complete)
    answer_more(_answer)


WORKAROUND = Workaround(
    "auto-scaling-details",
    "an Auto Scaling group forgets its metrics, its warm-up and its policies on maintenance and "
    "impaired zones, and is in one zone",
    _apply,
    (_TYPE,),
)

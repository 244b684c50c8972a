"""Application Auto Scaling: targets and policies, which scale nothing."""

from __future__ import annotations

from typing import Any

from ..tiers import Properties
from .record import Recorded, arn

_TARGET_KEY = ("ResourceId", "ScalableDimension", "ServiceNamespace")


def _target_id(logical_id: str, properties: Properties, stack_name: str) -> str:
    return "|".join(properties[name] for name in _TARGET_KEY)


def _target_attributes(physical_id: str, properties: Properties) -> dict[str, Any]:
    return {"Id": physical_id}


def _policy_id(logical_id: str, properties: Properties, stack_name: str) -> str:
    target = properties.get("ScalingTargetId", "").split("|")
    resource_id = properties.get("ResourceId") or target[0]
    namespace = properties.get("ServiceNamespace") or target[-1]
    name = properties["PolicyName"]
    return arn("autoscaling", f"scalingPolicy:resource/{namespace}/{resource_id}:policyName/{name}")


def _policy_attributes(physical_id: str, properties: Properties) -> dict[str, Any]:
    return {"Arn": physical_id}


HANDLERS = (
    Recorded(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        identify=_target_id,
        required=frozenset({*_TARGET_KEY, "MinCapacity", "MaxCapacity"}),
        attributes=_target_attributes,
        create_only=frozenset(_TARGET_KEY),
    ).handler(),
    Recorded(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        identify=_policy_id,
        required=frozenset({"PolicyName", "PolicyType"}),
        attributes=_policy_attributes,
        create_only=frozenset({"PolicyName", "ScalingTargetId", *_TARGET_KEY}),
    ).handler(),
)

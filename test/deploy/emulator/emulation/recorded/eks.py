"""The parts of EKS that the emulator lacks: no pod runs anywhere."""

from __future__ import annotations

from typing import Any

from ..tiers import Properties
from .record import Recorded, arn, name_from


def _profile_attributes(physical_id: str, properties: Properties) -> dict[str, Any]:
    return {"Arn": arn("eks", f"fargateprofile/{properties['ClusterName']}/{physical_id}")}


def _addon_id(logical_id: str, properties: Properties, stack_name: str) -> str:
    return f"{properties['ClusterName']}|{properties['AddonName']}"


def _addon_attributes(physical_id: str, properties: Properties) -> dict[str, Any]:
    return {"Arn": arn("eks", f"addon/{physical_id.replace('|', '/')}")}


HANDLERS = (
    Recorded(
        "AWS::EKS::FargateProfile",
        identify=name_from("FargateProfileName"),
        required=frozenset({"ClusterName", "PodExecutionRoleArn", "Selectors"}),
        attributes=_profile_attributes,
        create_only=frozenset(
            {"ClusterName", "FargateProfileName", "PodExecutionRoleArn", "Selectors", "Subnets"}
        ),
    ).handler(),
    Recorded(
        "AWS::EKS::Addon",
        identify=_addon_id,
        required=frozenset({"ClusterName", "AddonName"}),
        attributes=_addon_attributes,
        create_only=frozenset({"ClusterName", "AddonName"}),
    ).handler(),
)

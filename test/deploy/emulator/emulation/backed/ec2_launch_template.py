"""The values that an instance takes from its launch template."""

from __future__ import annotations

from typing import Any

from ..service_call import ServiceError
from ..tiers import Properties


def _template(specification: dict[str, Any]) -> dict[str, Any]:
    from ministack.services import ec2

    for template in ec2._launch_templates.values():
        if specification.get("LaunchTemplateId") == template["LaunchTemplateId"]:
            return template
        if specification.get("LaunchTemplateName") == template["LaunchTemplateName"]:
            return template
    raise ServiceError(
        "InvalidLaunchTemplateId.NotFound", f"The launch template {specification} does not exist"
    )


def _version(specification: dict[str, Any]) -> dict[str, Any]:
    template = _template(specification)
    wanted = str(specification.get("Version", "$Default"))
    number = {
        "$Latest": template["LatestVersionNumber"],
        "$Default": template["DefaultVersionNumber"],
    }.get(wanted, wanted)
    for version in template["Versions"]:
        if str(version["VersionNumber"]) == str(number):
            return version
    raise ServiceError(
        "InvalidLaunchTemplateId.VersionNotFound",
        f"{template['LaunchTemplateId']} has no version {wanted}",
    )


def version_number(specification: dict[str, Any]) -> str:
    """The number behind `$Latest` and `$Default`, as an instance keeps it."""
    return str(_version(specification)["VersionNumber"])


def with_launch_template(properties: Properties) -> Properties:
    """The instance's own properties over those of its launch template."""
    specification = properties.get("LaunchTemplate")
    if not specification:
        return properties
    data = _version(specification)["LaunchTemplateData"]
    inherited = {name: value for name, value in data.items() if name != "TagSpecifications"}
    profile = inherited.get("IamInstanceProfile")
    if isinstance(profile, dict):
        inherited["IamInstanceProfile"] = profile.get("Arn") or profile.get("Name")
    return {**inherited, **properties}

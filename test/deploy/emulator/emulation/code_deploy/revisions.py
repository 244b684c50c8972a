"""What a deployment is to bring: its AppSpec, and the deployment group that it is for.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..recorded.record import recorded_resources

_BUILT_IN = re.compile(r"ECS(Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes")


class Refused(Exception):
    """A request that CodeDeploy does not accept."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class AppSpec:
    """The task definition that a service gets, and the functions that are asked on the way."""

    task_definition: str
    hooks: dict[str, str]


def read_app_spec(revision: dict[str, Any]) -> AppSpec:
    """The AppSpec of a revision, in JSON or in YAML."""
    import yaml

    given = revision.get("appSpecContent") or revision.get("string") or {}
    try:
        # JSON is YAML as well.
        document = yaml.safe_load(given.get("content") or "") or {}
        resource = document["Resources"][0]["TargetService"]
        hooks = {
            event: function
            for hook in document.get("Hooks") or []
            for event, function in hook.items()
        }
        return AppSpec(resource["Properties"]["TaskDefinition"], hooks)
    except (yaml.YAMLError, KeyError, IndexError, TypeError) as error:
        message = f"The AppSpec can't be read: {error!r}"
        raise Refused("InvalidRevisionException", message) from error


def _records(resource_type: str) -> list[dict[str, Any]]:
    from ministack.core.responses import get_account_id, get_region

    owner = (get_account_id(), get_region())
    return [
        record
        for record in recorded_resources()
        if record["type"] == resource_type and (record["account"], record["region"]) == owner
    ]


def group_properties(application: str, group: str) -> dict[str, Any]:
    """A deployment group as its template declares it."""
    if not any(record["id"] == application for record in _records("AWS::CodeDeploy::Application")):
        raise Refused("ApplicationDoesNotExistException", f"No application found for {application}")
    for record in _records("AWS::CodeDeploy::DeploymentGroup"):
        properties: dict[str, Any] = record["properties"]
        if record["id"] == group and properties["ApplicationName"] == application:
            return properties
    raise Refused("DeploymentGroupDoesNotExistException", f"No deployment group found for {group}")


@dataclass(frozen=True)
class Steps:
    """How production traffic shifts: a share in percent, for some minutes, once or repeatedly."""

    share: float = 100.0
    minutes: float = 0.0
    repeated: bool = False

    def shares(self) -> list[float]:
        """All shares, the last of which is the whole."""
        if not self.repeated:
            return [self.share, 100.0] if self.share < 100 else [100.0]
        count = int(-(-100 // self.share))
        return [min(self.share * number, 100.0) for number in range(1, count + 1)]


def steps_of(configuration: str) -> Steps:
    """The steps of a deployment configuration, one of CodeDeploy's own or a template's."""
    found = _BUILT_IN.search(configuration)
    if found:
        kind, share, minutes = found.groups()
        return Steps(float(share), float(minutes), kind == "Linear")
    for record in _records("AWS::CodeDeploy::DeploymentConfig"):
        routing = record["properties"].get("TrafficRoutingConfig") or {}
        if record["id"] != configuration:
            continue
        for name, repeated, percent, interval in (
            ("TimeBasedCanary", False, "CanaryPercentage", "CanaryInterval"),
            ("TimeBasedLinear", True, "LinearPercentage", "LinearInterval"),
        ):
            values = routing.get(name)
            if values:
                return Steps(float(values[percent]), float(values[interval]), repeated)
    return Steps()

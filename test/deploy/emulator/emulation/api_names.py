"""Property names of templates in the form that the APIs of ECS and CodeDeploy use."""

from __future__ import annotations

import json
from typing import Any

# What stands in these belongs to the user: its names stay as they are.
_FREE_MAPS = frozenset({"Options", "DockerLabels", "DriverOpts", "Labels", "HookDetails"})
_OWN_NAMES = {
    "ECSServices": "ecsServices",
    "EFSVolumeConfiguration": "efsVolumeConfiguration",
    "FilesystemId": "fileSystemId",
    "FSxWindowsFileServerVolumeConfiguration": "fsxWindowsFileServerVolumeConfiguration",
    "IAM": "iam",
    "EnableECSManagedTags": "enableECSManagedTags",
    "RoleARN": "roleArn",
}


def _name(name: str) -> str:
    return _OWN_NAMES.get(name) or name[:1].lower() + name[1:]


def _free(value: Any) -> Any:
    # CloudFormation takes an object of the user's as text, too.
    return json.loads(value) if isinstance(value, str) else value


def api_names(value: Any) -> Any:
    """A value of a template with the names of the API, at every depth."""
    if isinstance(value, dict):
        return {
            _name(name): _free(inner) if name in _FREE_MAPS else api_names(inner)
            for name, inner in value.items()
            if inner is not None
        }
    if isinstance(value, list):
        return [api_names(inner) for inner in value]
    return value

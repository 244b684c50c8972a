"""What the emulator leaves out of a template's CodeBuild project."""

from __future__ import annotations

from typing import Any

from ..api_names import api_names
from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::CodeBuild::Project"
_LEFT_OUT = {
    "AutoRetryLimit": "autoRetryLimit",
    "Cache": "cache",
    "ConcurrentBuildLimit": "concurrentBuildLimit",
    "FileSystemLocations": "fileSystemLocations",
    "LogsConfig": "logsConfig",
    "QueuedTimeoutInMinutes": "queuedTimeoutInMinutes",
    "SecondaryArtifacts": "secondaryArtifacts",
    "SecondarySources": "secondarySources",
    "Visibility": "projectVisibility",
    "VpcConfig": "vpcConfig",
}


def _complete(name: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import codebuild

    project = codebuild._projects[name]
    for given, kept in _LEFT_OUT.items():
        project.pop(kept, None)
        if given in properties:
            project[kept] = api_names(properties[given])


def _apply() -> None:
    from ministack.services import codebuild

    after_create_and_update(_TYPE, _complete)
    shape = codebuild._project_shape

    def shaped(project: dict[str, Any]) -> dict[str, Any]:
        kept = {name: project[name] for name in _LEFT_OUT.values() if name in project}
        return {**shape(project), **kept}

    codebuild._project_shape = shaped


WORKAROUND = Workaround(
    "build-project-details",
    "a build project loses its logs, cache, network and limits",
    _apply,
    (_TYPE,),
)

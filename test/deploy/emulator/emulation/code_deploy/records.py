"""Deployments of CodeDeploy, as it answers them."""

from __future__ import annotations

import random
import string
import time
from dataclasses import dataclass, field
from typing import Any

from .revisions import AppSpec

CREATED = "Created"
IN_PROGRESS = "InProgress"
SUCCEEDED = "Succeeded"
FAILED = "Failed"
STOPPED = "Stopped"
ENDED = frozenset({SUCCEEDED, FAILED, STOPPED})

deployments: dict[str, Deployment] = {}


def _new_id() -> str:
    return "d-" + "".join(random.choices(string.ascii_uppercase + string.digits, k=9))


@dataclass(eq=False)
class Deployment:
    """One deployment, from its request to its end."""

    application: str
    group: str
    properties: dict[str, Any]
    revision: dict[str, Any]
    app_spec: AppSpec
    description: str
    owner: tuple[str, str]
    id: str = field(default_factory=_new_id)
    status: str = CREATED
    event: str = ""
    error: tuple[str, str] | None = None
    is_to_stop: bool = False
    created: float = field(default_factory=time.time)
    started: float | None = None
    completed: float | None = None
    # What the functions said: the id of each question and its answer.
    answers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        deployments[self.id] = self

    @property
    def ended(self) -> bool:
        """Whether nothing changes any more."""
        return self.status in ENDED

    def document(self) -> dict[str, Any]:
        """The form in which GetDeployment answers."""
        times = {
            "createTime": self.created,
            "startTime": self.started,
            "completeTime": self.completed,
        }
        document: dict[str, Any] = {
            "applicationName": self.application,
            "deploymentGroupName": self.group,
            "deploymentConfigName": self.properties.get(
                "DeploymentConfigName", "CodeDeployDefault.ECSAllAtOnce"
            ),
            "deploymentId": self.id,
            "revision": self.revision,
            "status": self.status,
            "description": self.description,
            "creator": "user",
            "computePlatform": "ECS",
            **{name: value for name, value in times.items() if value is not None},
        }
        if self.error:
            code, message = self.error
            document["errorInformation"] = {"code": code, "message": message}
        return document

"""CodeDeploy's own API, for the deployments of ECS services."""

from __future__ import annotations

from ..code_deploy.actions import handle_request
from .workaround import Workaround

_NAME = "codedeploy"


def _apply() -> None:
    from ministack import app
    from ministack.core import router

    router.SERVICE_PATTERNS[_NAME] = {
        "target_prefixes": ["CodeDeploy_20141006"],
        "host_patterns": [r"codedeploy\."],
        "credential_scope": _NAME,
    }
    app.SERVICE_HANDLERS[_NAME] = handle_request


WORKAROUND = Workaround(
    "code-deploy-api",
    "CodeDeploy has no API, so that nothing deploys a service whose controller it is",
    _apply,
    ("AWS::CodeDeploy::DeploymentGroup", "AWS::ECS::Service"),
)

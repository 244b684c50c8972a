"""CodePipeline: pipelines, which run nothing."""

from __future__ import annotations

from typing import Any

from ..tiers import Properties
from .record import Recorded, name_from


def _attributes(physical_id: str, properties: Properties) -> dict[str, Any]:
    return {"Version": "1"}


HANDLERS = (
    Recorded(
        "AWS::CodePipeline::Pipeline",
        identify=name_from("Name"),
        required=frozenset({"RoleArn", "Stages"}),
        attributes=_attributes,
        create_only=frozenset({"Name"}),
    ).handler(),
)

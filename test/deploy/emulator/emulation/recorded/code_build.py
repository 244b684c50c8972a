"""CodeBuild: report groups, to which no build reports."""

from __future__ import annotations

from typing import Any

from ..tiers import Properties
from .record import Recorded, arn, name_from


def _identify(logical_id: str, properties: Properties, stack_name: str) -> str:
    return arn("codebuild", f"report-group/{name_from('Name')(logical_id, properties, stack_name)}")


def _attributes(physical_id: str, properties: Properties) -> dict[str, Any]:
    return {"Arn": physical_id}


HANDLERS = (
    Recorded(
        "AWS::CodeBuild::ReportGroup",
        identify=_identify,
        required=frozenset({"ExportConfig", "Type"}),
        attributes=_attributes,
        create_only=frozenset({"Name", "Type"}),
    ).handler(),
)

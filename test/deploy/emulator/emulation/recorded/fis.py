"""Experiment templates of AWS Fault Injection Service: no experiment runs."""

from __future__ import annotations

from uuid import uuid4

from ..tiers import Properties
from .record import Recorded


def _identify(logical_id: str, properties: Properties, stack_name: str) -> str:
    return f"EXT{uuid4().hex[:16]}"


HANDLERS = (
    Recorded(
        "AWS::FIS::ExperimentTemplate",
        identify=_identify,
        required=frozenset({"Description", "RoleArn", "StopConditions", "Tags", "Targets"}),
        attributes=lambda physical_id, properties: {"Id": physical_id},
    ).handler(),
)

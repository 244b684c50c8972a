"""A change of nothing but a stack's outputs is a change.

The CDK's references to another stack read its outputs: a new reference adds an
output to a stack that is otherwise as it was.
"""

from __future__ import annotations

from typing import Any

from ..service_call import Answer, parse_xml, refuse_error, required_text
from .workaround import Workaround


def _has_other_outputs(change_set: dict[str, Any]) -> bool:
    from ministack.services.cloudformation import _stacks

    stack = _stacks.get(change_set["StackName"]) or {}
    before = (stack.get("_template") or {}).get("Outputs") or {}
    return bool(before != (change_set["_template"].get("Outputs") or {}))


def _apply() -> None:
    from ministack.services.cloudformation import _change_sets
    from ministack.services.cloudformation.handlers import _ACTION_HANDLERS

    create = _ACTION_HANDLERS["CreateChangeSet"]

    def created(parameters: Any) -> Answer:
        answer: Answer = create(parameters)
        if answer[0] >= 400:
            return answer
        change_set = _change_sets[required_text(parse_xml(refuse_error(answer)), "Id")]
        if (
            change_set["ChangeSetType"] == "UPDATE"
            and change_set["Status"] == "FAILED"
            and not change_set["Changes"]
            and _has_other_outputs(change_set)
        ):
            change_set.update(Status="CREATE_COMPLETE", ExecutionStatus="AVAILABLE")
            change_set["StatusReason"] = ""
        return answer

    _ACTION_HANDLERS["CreateChangeSet"] = created


WORKAROUND = Workaround(
    "output-changes",
    "a change set that only changes outputs is refused as one without changes",
    _apply,
)

"""TerminateInstances ends what belongs to an instance, also outside of a stack."""

from __future__ import annotations

from typing import Any

from ..backed.ec2_instance import release_belongings
from ..service_call import Answer
from .workaround import Workaround


def _apply() -> None:
    from ministack.services import ec2

    terminate = ec2._ACTION_MAP["TerminateInstances"]

    def terminated(parameters: dict[str, Any]) -> Answer:
        answer: Answer = terminate(parameters)
        if answer[0] < 400:
            for instance_id in ec2._parse_member_list(parameters, "InstanceId"):
                release_belongings(instance_id)
        return answer

    ec2._ACTION_MAP["TerminateInstances"] = terminated


WORKAROUND = Workaround(
    "terminated-instances",
    "the volumes of a terminated instance stay, attached to it",
    _apply,
    ("AWS::EC2::Instance",),
)

"""What a backup plan selects; no backup runs."""

from __future__ import annotations

from ..service_call import call_json
from ..tiers import Properties, Provisioned, ResourceHandler, Tier


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    from ministack.services import backup

    plan_id = properties["BackupPlanId"]
    answer = call_json(
        backup._create_selection, plan_id, {"BackupSelection": properties["BackupSelection"]}
    )
    selection_id = answer["SelectionId"]
    attributes = {"Id": selection_id, "SelectionId": selection_id, "BackupPlanId": plan_id}
    return f"{selection_id}|{plan_id}", attributes


def _delete(physical_id: str, properties: Properties) -> None:
    from ministack.services import backup

    selection_id, _, plan_id = physical_id.partition("|")
    if selection_id in backup._selections:
        call_json(backup._delete_selection, plan_id, selection_id)


HANDLERS = (
    ResourceHandler(
        "AWS::Backup::BackupSelection",
        Tier.BACKED,
        create=_create,
        delete=_delete,
        note="CreateBackupSelection; no backup runs",
    ),
)

"""AWS Backup keeps what it backs up: recovery points that are listed, copied and deleted.

StartBackupJob and StartCopyJob do their work at once. A copy job reaches the other region.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from .. import recovery_points as points
from ..service_call import Answer, ServiceError
from .workaround import Workaround

_TYPE_FILTER = "resourceType"
_POINT_PATH_PARTS = 4


def _answered(act: Callable[[], Any]) -> Answer:
    from ministack.services import backup

    try:
        body = act()
    except ServiceError as error:
        refusal: Answer = backup._err(error.code, str(error).split(": ", 1)[1])
        return refusal
    answer: Answer = backup._no_content() if body is None else backup._ok(body)
    return answer


def _list(vault: str, query: dict[str, str]) -> Answer:
    from ministack.services import backup

    if vault not in backup._vaults:
        missing: Answer = backup._not_found(f"Vault '{vault}' not found.")
        return missing
    wanted = query.get(_TYPE_FILTER)
    found = [
        point
        for point in points.points_of(vault).values()
        if wanted in (None, point["ResourceType"])
    ]
    page: Answer = backup._paginate(found, query, "RecoveryPoints")
    return page


def _around_start_job(start: Callable[[dict[str, Any]], Answer]) -> Any:
    from ministack.services import backup

    def started(body: dict[str, Any]) -> Answer:
        answer = start(body)
        if answer[0] >= 400 or not body.get("BackupVaultName"):
            return answer
        told = json.loads(answer[2])

        def keep() -> dict[str, Any]:
            arn = points.keep_backup(
                body["BackupVaultName"],
                body["ResourceArn"],
                body.get("IamRoleArn", ""),
                told["BackupJobId"],
                told["RecoveryPointArn"],
            )
            backup._jobs[told["BackupJobId"]]["RecoveryPointArn"] = arn
            return {**told, "RecoveryPointArn": arn}

        return _answered(keep)

    return started


def _start_copy(body: dict[str, Any]) -> dict[str, Any]:
    from ministack.core.responses import new_uuid
    from ministack.services import backup

    job_id = new_uuid()
    points.copy_point(
        body["SourceBackupVaultName"],
        body["RecoveryPointArn"],
        body["DestinationBackupVaultArn"],
        body.get("IamRoleArn", ""),
        job_id,
    )
    return {"CopyJobId": job_id, "CreationDate": backup._epoch(), "IsParent": False}


def _around_requests(handle: Any) -> Any:
    """The requests that the emulator has no route for."""

    async def handled(
        method: str, path: str, headers: Any, body: bytes, query_params: Any
    ) -> Answer:
        parts = [part for part in path.strip("/").split("/") if part]
        if method == "PUT" and parts == ["copy-jobs"]:
            return _answered(lambda: _start_copy(json.loads(body)))
        is_point = len(parts) >= _POINT_PATH_PARTS and parts[2] == "recovery-points"
        if method == "DELETE" and parts[0] == "backup-vaults" and is_point:
            arn = unquote("/".join(parts[3:]))
            return _answered(lambda: points.delete_point(parts[1], arn))
        answer: Answer = await handle(method, path, headers, body, query_params)
        return answer

    return handled


def _around_delete_vault(delete: Callable[[str], Answer]) -> Any:
    from ministack.services import backup

    def deleted(name: str) -> Answer:
        if name in backup._vaults and points.points_of(name):
            refusal: Answer = backup._err(
                "InvalidRequestException",
                "Backup vault cannot be deleted because it contains recovery points.",
            )
            return refusal
        return delete(name)

    return deleted


def _apply() -> None:
    from ministack.services import backup

    backup._list_recovery_points_by_vault = _list
    backup._describe_recovery_point = lambda vault, arn: _answered(
        lambda: points.required_point(vault, unquote(arn))
    )
    backup._start_job = _around_start_job(backup._start_job)
    backup._delete_vault = _around_delete_vault(backup._delete_vault)
    backup.handle_request = _around_requests(backup.handle_request)


WORKAROUND = Workaround(
    "recovery-points",
    "a backup job leaves no recovery point, none can be copied, listed or deleted, and a vault "
    "that should hold some can be deleted",
    _apply,
    ("AWS::Backup::BackupVault",),
)

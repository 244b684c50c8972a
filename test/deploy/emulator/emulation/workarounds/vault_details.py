"""Backup vaults of a template: their lock and policy, and that they are deleted by the service."""

from __future__ import annotations

import json
from typing import Any

from ..service_call import ServiceError, refuse_error
from .workaround import Workaround, after_create_and_update, wrap_handler

_TYPE = "AWS::Backup::BackupVault"
_POLICY = "_AccessPolicy"


def _complete(name: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import backup

    vault = backup._vaults[name]
    lock = properties.get("LockConfiguration")
    vault["Locked"] = bool(lock)
    for limit in ("MinRetentionDays", "MaxRetentionDays"):
        vault.pop(limit, None)
        if lock and lock.get(limit) is not None:
            vault[limit] = int(lock[limit])
    vault[_POLICY] = properties.get("AccessPolicy")


def _around_create(create: Any) -> Any:
    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        from ministack.services import backup

        name = properties.get("BackupVaultName")
        if name in backup._vaults:
            raise ServiceError(
                "AlreadyExistsException", f"Backup vault with the same name already exists: {name}"
            )
        return create(logical_id, properties, stack_name)

    return created


def _around_delete(delete: Any) -> Any:
    """As the service deletes it, which refuses a vault that holds recovery points."""

    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        from ministack.services import backup

        if physical_id in backup._vaults:
            refuse_error(backup._delete_vault(physical_id))

    return deleted


def _apply() -> None:
    from ministack.services import backup

    describe, policy_of = backup._describe_vault, backup._get_vault_access_policy

    def described(name: str) -> Any:
        status, headers, body = describe(name)
        told = {key: value for key, value in json.loads(body).items() if key != _POLICY}
        return status, headers, json.dumps(told).encode()

    def policy(name: str) -> Any:
        vault = backup._vaults.get(name) or {}
        if not vault.get(_POLICY):
            return policy_of(name)
        return backup._ok(
            {
                "BackupVaultName": name,
                "BackupVaultArn": vault["BackupVaultArn"],
                "Policy": json.dumps(vault[_POLICY]),
            }
        )

    backup._describe_vault = described
    backup._get_vault_access_policy = policy
    after_create_and_update(_TYPE, _complete)
    wrap_handler(_TYPE, "create", _around_create)
    wrap_handler(_TYPE, "delete", _around_delete)


WORKAROUND = Workaround(
    "vault-details",
    "backup vaults of a template have no lock and no policy, and one takes over another of its "
    "name",
    _apply,
    (_TYPE,),
)

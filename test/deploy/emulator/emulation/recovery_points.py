"""Recovery points of AWS Backup: those of RDS are snapshots in RDS, with the snapshot's ARN.

https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
"""

from __future__ import annotations

from typing import Any

from .regions import in_region, region_of
from .service_call import ServiceError

Point = dict[str, Any]

# By account, region and vault, then by ARN.
_points: dict[tuple[str, str, str], dict[str, Point]] = {}
_DATABASE = ":db:"


def points_of(vault: str) -> dict[str, Point]:
    """The recovery points of a vault of this region, by their ARNs, the oldest first."""
    from ministack.core.responses import get_account_id, get_region

    return _points.setdefault((get_account_id(), get_region(), vault), {})


def count(vault: str) -> None:
    """Let the vault tell how many it holds."""
    from ministack.services import backup

    backup._vaults[vault]["NumberOfRecoveryPoints"] = len(points_of(vault))


def required_vault(name: str) -> dict[str, Any]:
    """A vault of this region that has to exist."""
    from ministack.services import backup

    vault = backup._vaults.get(name)
    if vault is None:
        raise ServiceError("ResourceNotFoundException", f"Vault '{name}' not found.")
    return dict(vault)


def required_point(vault: str, arn: str) -> Point:
    """A recovery point that has to exist."""
    required_vault(vault)
    point = points_of(vault).get(arn)
    if point is None:
        raise ServiceError("ResourceNotFoundException", f"Recovery point {arn} was not found.")
    return point


def _keep(vault: str, arn: str, resource: str, role: str, kind: str) -> str:
    from ministack.core.responses import get_account_id
    from ministack.services import backup

    held = required_vault(vault)
    now = backup._epoch()
    points_of(vault)[arn] = {
        "RecoveryPointArn": arn,
        "BackupVaultName": vault,
        "BackupVaultArn": held["BackupVaultArn"],
        "ResourceArn": resource,
        "ResourceType": kind,
        "IamRoleArn": role,
        "Status": "COMPLETED",
        "CreationDate": now,
        "CompletionDate": now,
        "BackupSizeInBytes": 0,
        "EncryptionKeyArn": held.get("EncryptionKeyArn", ""),
        "IsEncrypted": True,
        "ResourceName": resource.rsplit(":", 1)[-1],
        "SourceBackupVaultArn": "",
        "AccountId": get_account_id(),
    }
    count(vault)
    return arn


def keep_backup(vault: str, resource: str, role: str, job_id: str, other_arn: str) -> str:
    """A recovery point of a resource; of a database with its snapshot. Its ARN."""
    from ministack.services import rds

    if _DATABASE not in resource:
        return _keep(vault, other_arn, resource, role, "EC2")
    instance = rds._regional_get(rds._instances, resource, "db")
    if instance is None:
        raise ServiceError("InvalidParameterValueException", f"{resource} does not exist")
    snapshot = rds._create_snapshot_internal(f"awsbackup:job-{job_id}", instance)
    snapshot["SnapshotType"] = "awsbackup"
    return _keep(vault, snapshot["DBSnapshotArn"], resource, role, "RDS")


def copy_point(source_vault: str, arn: str, destination: str, role: str, job_id: str) -> str:
    """A copy in the vault with the ARN; of a database under that vault's key. Its ARN."""
    from ministack.core.responses import get_account_id
    from ministack.services import rds

    point = required_point(source_vault, arn)
    snapshot = rds._snapshots.get(arn.split(":snapshot:", 1)[-1])
    region, vault = region_of(destination), destination.rsplit(":", 1)[-1]
    with in_region(region):
        if snapshot is None:
            other = arn.replace(f":{region_of(arn)}:", f":{region}:", 1)
            return _keep(vault, other, point["ResourceArn"], role, point["ResourceType"])
        name = f"awsbackup:copyjob-{job_id}"
        copied = f"arn:aws:rds:{region}:{get_account_id()}:snapshot:{name}"
        rds._snapshots[name] = {
            **snapshot,
            "DBSnapshotIdentifier": name,
            "DBSnapshotArn": copied,
            "SnapshotType": "awsbackup",
            "KmsKeyId": required_vault(vault).get("EncryptionKeyArn", ""),
            "SourceRegion": region_of(arn),
        }
        return _keep(vault, copied, point["ResourceArn"], role, "RDS")


def delete_point(vault: str, arn: str) -> None:
    """Delete a recovery point, and the snapshot that it is."""
    from ministack.services import rds

    required_point(vault, arn)
    del points_of(vault)[arn]
    rds._snapshots.pop(arn.split(":snapshot:", 1)[-1], None)
    count(vault)


def age_point(vault: str, region: str, hours: str) -> dict[str, int]:
    """Let all recovery points of a vault be some hours old; tell how many there are."""
    from ministack.services import backup

    with in_region(region):
        points = points_of(vault)
        for point in points.values():
            made = backup._epoch() - round(float(hours) * 3600)
            point.update(CreationDate=made, CompletionDate=made)
        return {"points": len(points)}

"""Probes of what a system over two regions is recovered with: copies, buckets and names."""

from __future__ import annotations

from typing import Any

from .databases import OTHER_REGION, new_database
from .emulator import ROLE, Emulator, Probe, Resources, refused

_ACCOUNT = "000000000000"


def _bucket(replication: dict[str, Any] | None = None) -> Resources:
    properties: dict[str, Any] = {"VersioningConfiguration": {"Status": "Enabled"}}
    if replication:
        properties["ReplicationConfiguration"] = replication
    return {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}}


def _replication_to(bucket: str) -> dict[str, Any]:
    key = f"arn:aws:kms:{OTHER_REGION}:{_ACCOUNT}:alias/probe"
    rule = {
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": f"arn:aws:s3:::{bucket}",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": key},
        },
    }
    return {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Rules": [rule]}


def _bucket_replication(emulator: Emulator) -> bool:
    other = emulator.elsewhere(OTHER_REGION)
    outputs = {"Bucket": {"Ref": "Bucket"}}
    to = other.create(_bucket(), outputs).outputs["Bucket"]
    resources = {"Role": ROLE, **_bucket(_replication_to(to))}
    name = emulator.create(resources, outputs).outputs["Bucket"]
    emulator.client("s3").put_object(
        Bucket=name, Key="a", Body=b"a", ServerSideEncryption="aws:kms", SSEKMSKeyId="alias/here"
    )
    if refused(other.client("s3").head_object, Bucket=to, Key="a"):
        return True
    replica = other.client("s3").head_object(Bucket=to, Key="a")
    nowhere = {"Role": ROLE, **_bucket(_replication_to("probe-no-such-bucket"))}
    return bool(replica["SSEKMSKeyId"] == "alias/here") or emulator.create(nowhere).created


def _vault(**properties: Any) -> Resources:
    return {"Vault": {"Type": "AWS::Backup::BackupVault", "Properties": properties}}


def _recovery_points(emulator: Emulator) -> bool:
    """A database's recovery point, its copy in another region, and the end of both."""
    other = emulator.elsewhere(OTHER_REGION)
    emulator.create(_vault(BackupVaultName="probe-here"))
    there = other.create(
        _vault(BackupVaultName="probe-there"), {"Arn": {"Fn::GetAtt": ["Vault", "BackupVaultArn"]}}
    )
    role = f"arn:aws:iam::{_ACCOUNT}:role/probe"
    made = emulator.client("backup").start_backup_job(
        BackupVaultName="probe-here",
        ResourceArn=new_database(emulator, "probe-backed-up"),
        IamRoleArn=role,
    )
    if refused(
        emulator.client("backup").start_copy_job,
        RecoveryPointArn=made["RecoveryPointArn"],
        SourceBackupVaultName="probe-here",
        DestinationBackupVaultArn=there.outputs["Arn"],
        IamRoleArn=role,
    ):
        return True
    vault = other.client("backup")
    points = vault.list_recovery_points_by_backup_vault(BackupVaultName="probe-there")
    copies = [point["RecoveryPointArn"] for point in points["RecoveryPoints"]]
    snapshots = other.client("rds").describe_db_snapshots()["DBSnapshots"]
    kept = [snapshot["DBSnapshotArn"] for snapshot in snapshots]
    stays = refused(vault.delete_backup_vault, BackupVaultName="probe-there")
    for copy in copies:
        vault.delete_recovery_point(BackupVaultName="probe-there", RecoveryPointArn=copy)
    goes = not refused(vault.delete_backup_vault, BackupVaultName="probe-there")
    return not (copies and copies == kept and stays and goes)


def _vault_details(emulator: Emulator) -> bool:
    name = "probe-details"
    document = {"Version": "2012-10-17", "Statement": []}
    lock = {"MinRetentionDays": 7}
    resources = _vault(BackupVaultName=name, LockConfiguration=lock, AccessPolicy=document)
    emulator.create(resources)
    backup = emulator.client("backup")
    found = backup.describe_backup_vault(BackupVaultName=name)
    return (
        not found["Locked"]
        or found.get("MinRetentionDays") != lock["MinRetentionDays"]
        or refused(backup.get_backup_vault_access_policy, BackupVaultName=name)
        or emulator.create(resources).created
    )


def _hosted_zones(emulator: Emulator) -> bool:
    network = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}}
    region = {"Ref": "AWS::Region"}
    zone = {
        "Type": "AWS::Route53::HostedZone",
        "Properties": {
            "Name": "probe.internal",
            "VPCs": [{"VPCId": {"Ref": "Network"}, "VPCRegion": region}],
        },
    }
    resources = {"Network": network, "Zone": zone}
    stack = emulator.create(resources, {"Zone": {"Ref": "Zone"}})
    route53 = emulator.client("route53")
    zone_id = stack.outputs["Zone"]
    found = route53.get_hosted_zone(Id=zone_id)
    record = {
        "Name": "other.probe.internal",
        "Type": "TXT",
        "TTL": 60,
        "ResourceRecords": [{"Value": '"a"'}],
    }
    route53.change_resource_record_sets(
        HostedZoneId=zone_id,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )
    is_private = found["HostedZone"]["Config"]["PrivateZone"] and len(found["VPCs"]) == 1
    return not (is_private and emulator.delete(stack).status == "DELETE_FAILED")


PROBES: dict[str, Probe] = {
    "bucket-replication": _bucket_replication,
    "hosted-zones": _hosted_zones,
    "recovery-points": _recovery_points,
    "vault-details": _vault_details,
}

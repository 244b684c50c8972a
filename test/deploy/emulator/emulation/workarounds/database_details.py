"""RDS instances made by a template: what the emulator forgets about them.

It keeps no managed password, accepts groups that do not exist, and deletes a
protected instance. The database itself is a record: no engine runs.
"""

from __future__ import annotations

import json
from typing import Any

from ..properties import truth
from ..service_call import ServiceError
from .workaround import Workaround, wrap_handler

_TYPE = "AWS::RDS::DBInstance"
# Where the name of the database in an instance comes from.
_NAMED_BY = ("DBName", "DBSnapshotIdentifier", "SourceDBInstanceIdentifier")


def _check_references(properties: dict[str, Any]) -> None:
    from ministack.services import ec2, rds

    group = properties.get("DBSubnetGroupName")
    if group and group not in rds._subnet_groups:
        raise ServiceError("DBSubnetGroupNotFoundFault", f"DB subnet group {group} not found")
    parameters = properties.get("DBParameterGroupName")
    if parameters and not parameters.startswith("default.") and parameters not in rds._param_groups:
        raise ServiceError("DBParameterGroupNotFound", f"{parameters} not found")
    for group_id in properties.get("VPCSecurityGroups") or []:
        if group_id not in ec2._security_groups:
            raise ServiceError("InvalidParameterValue", f"Invalid security group {group_id}")
    if truth(properties.get("ManageMasterUserPassword")) and properties.get("MasterUserPassword"):
        raise ServiceError(
            "InvalidParameterCombination",
            "You can't specify MasterUserPassword when ManageMasterUserPassword is true",
        )


def _managed_secret(instance: dict[str, Any], properties: dict[str, Any]) -> dict[str, str]:
    from ministack.core.responses import get_account_id, get_region, new_uuid
    from ministack.services import rds, secretsmanager

    password = rds._generate_master_user_password()
    instance["_MasterUserPassword"] = password
    secret = {"username": instance["MasterUsername"], "password": password}
    key = (properties.get("MasterUserSecret") or {}).get("KmsKeyId")
    name = instance["DBInstanceIdentifier"]
    return {
        "SecretArn": secretsmanager.create_secret_in_process(
            f"rds!db-{new_uuid()}",
            json.dumps(secret),
            description=f"Secret managed by RDS for DB instance {name}",
        ),
        "SecretStatus": "active",
        "KmsKeyId": key
        or f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/secretsmanager",
    }


def _drop_secret(instance: dict[str, Any]) -> None:
    from ministack.services import secretsmanager

    secret = instance.pop("MasterUserSecret", None)
    if secret:
        secretsmanager.delete_secret_in_process(secret["SecretArn"])


def _complete(physical_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import rds

    instance = rds._instances[physical_id]
    managed = truth(properties.get("ManageMasterUserPassword"))
    if managed and not instance.get("MasterUserSecret"):
        instance["MasterUserSecret"] = _managed_secret(instance, properties)
    if not managed:
        _drop_secret(instance)
    instance["EnabledCloudwatchLogsExports"] = properties.get("EnableCloudwatchLogsExports") or []
    instance["CACertificateIdentifier"] = properties.get(
        "CACertificateIdentifier", "rds-ca-rsa2048-g1"
    )
    if not any(properties.get(name) for name in _NAMED_BY):
        instance["DBName"] = ""
    for name in ("Iops", "StorageThroughput", "PerformanceInsightsRetentionPeriod"):
        if properties.get(name) is not None:
            instance[name] = int(properties[name])
    attributes["Endpoint.HostedZoneId"] = instance["Endpoint"]["HostedZoneId"]
    attributes["DBInstanceStatus"] = instance["DBInstanceStatus"]
    if instance.get("MasterUserSecret"):
        attributes["MasterUserSecret.SecretArn"] = instance["MasterUserSecret"]["SecretArn"]


def _around_create(create: Any) -> Any:
    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        _check_references(properties)
        physical_id, attributes = create(logical_id, properties, stack_name)
        _complete(physical_id, properties, attributes)
        return physical_id, attributes

    return created


def _around_update(update: Any) -> Any:
    def updated(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        _check_references(new)
        new_id, attributes = update(physical_id, old, new, *rest)
        _complete(new_id, new, attributes)
        return new_id, attributes

    return updated


def _around_delete(delete: Any) -> Any:
    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        from ministack.services import rds

        instance = rds._instances.get(physical_id)
        if instance and instance.get("DeletionProtection"):
            raise ServiceError(
                "InvalidParameterCombination",
                "Cannot delete protected DB Instance, please disable deletion protection",
            )
        if instance:
            _drop_secret(instance)
        delete(physical_id, properties)

    return deleted


def _answer_details() -> None:
    """Let DescribeDBInstances tell the managed secret and the exported logs."""
    from ministack.services import rds

    fields = rds._instance_xml

    def with_details(instance: dict[str, Any]) -> str:
        text: str = fields(instance)
        exports = instance.get("EnabledCloudwatchLogsExports") or []
        members = "".join(f"<member>{name}</member>" for name in exports)
        text = text.replace(
            "<EnabledCloudwatchLogsExports/>",
            f"<EnabledCloudwatchLogsExports>{members}</EnabledCloudwatchLogsExports>",
        )
        secret = instance.get("MasterUserSecret")
        if secret:
            inner = "".join(f"<{name}>{value}</{name}>" for name, value in secret.items())
            text += f"<MasterUserSecret>{inner}</MasterUserSecret>"
        return text

    rds._instance_xml = with_details


def _apply() -> None:
    wrap_handler(_TYPE, "create", _around_create)
    wrap_handler(_TYPE, "update", _around_update)
    wrap_handler(_TYPE, "delete", _around_delete)
    _answer_details()


WORKAROUND = Workaround(
    "database-details",
    "RDS instances of a template have no managed password, may refer to nothing, "
    "and are deleted although protected",
    _apply,
    (_TYPE,),
)

"""RDS actions that change which instance is a replica of which, over regions, and their names.

They change the instances that DescribeDBInstances answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .. import database_topology as topology
from ..properties import truth
from ..regions import region_of
from ..service_call import Answer, ServiceError
from .workaround import Workaround

_ABSENT = ("ReadReplicaSourceDBInstanceIdentifier", "DBClusterIdentifier", "KmsKeyId")
_TEXTS = (
    "AvailabilityZone",
    "CACertificateIdentifier",
    "DBInstanceClass",
    "MonitoringRoleArn",
    "StorageType",
)
_TRUTHS = (
    "AutoMinorVersionUpgrade",
    "CopyTagsToSnapshot",
    "DeletionProtection",
    "MultiAZ",
    "PubliclyAccessible",
)

Parameters = dict[str, Any]


def _action(act: Callable[[Parameters], Any], name: str) -> Callable[[Parameters], Answer]:
    """An action that answers the instance that it made or changed."""

    def handle(parameters: Parameters) -> Answer:
        from ministack.services import rds

        try:
            instance = act(parameters)
        except ServiceError as error:
            answer: Answer = rds._error(error.code, str(error).split(": ", 1)[1], 400)
            return answer
        answered: Answer = rds._single_instance_response(
            f"{name}Response", f"{name}Result", instance
        )
        return answered

    return handle


def _create_replica(parameters: Parameters) -> dict[str, Any]:
    from ministack.core.responses import get_account_id, get_region, new_uuid
    from ministack.services import rds

    name = rds._p(parameters, "DBInstanceIdentifier")
    source = topology.required_instance(rds._p(parameters, "SourceDBInstanceIdentifier"))
    key = rds._p(parameters, "KmsKeyId")
    if name in rds._instances:
        raise ServiceError("DBInstanceAlreadyExists", f"DBInstance {name} already exists.")
    topology.check_replication(source, key)
    arn = f"arn:aws:rds:{get_region()}:{get_account_id()}:db:{name}"
    replica = {
        **topology.settings_of(source),
        **_given(parameters, source),
        "DBInstanceIdentifier": name,
        "DBInstanceArn": arn,
        "DbiResourceId": f"db-{new_uuid().replace('-', '')[:20].upper()}",
        "InstanceCreateTime": topology.now(),
        # "RDS creates read replicas with backups disabled."
        "BackupRetentionPeriod": 0,
        "Endpoint": topology.endpoint(name, source["Endpoint"]["Port"]),
        "KmsKeyId": topology.key_arn(key) if key else source.get("KmsKeyId", ""),
        "PendingModifiedValues": {},
        "TagList": rds._parse_tags(parameters),
    }
    replica.pop("MasterUserSecret", None)
    rds._instances[name] = replica
    topology.connect_replica(replica, source)
    topology.begin(replica, "creating")
    return replica


def _given(parameters: Parameters, source: dict[str, Any]) -> dict[str, Any]:
    """The settings of a new replica, which otherwise has those of its source."""
    from ministack.core.responses import get_region
    from ministack.services import rds

    given: dict[str, Any] = {}
    for name in (*_TEXTS, *_TRUTHS):
        value = rds._p(parameters, name)
        if value:
            given[name] = truth(value) if name in _TRUTHS else value
    abroad = region_of(source["DBInstanceArn"]) != get_region()
    groups = rds._parse_member_list(parameters, "VpcSecurityGroupIds")
    if groups or abroad:
        given["VpcSecurityGroups"] = [
            {"VpcSecurityGroupId": group, "Status": "active"} for group in groups
        ]
    parameter_group = rds._p(parameters, "DBParameterGroupName")
    if parameter_group:
        if parameter_group not in rds._param_groups:
            raise ServiceError("DBParameterGroupNotFound", f"{parameter_group} not found")
        given["DBParameterGroups"] = [
            {"DBParameterGroupName": parameter_group, "ParameterApplyStatus": "in-sync"}
        ]
    subnet_group = rds._p(parameters, "DBSubnetGroupName")
    if subnet_group:
        if subnet_group not in rds._subnet_groups:
            raise ServiceError("DBSubnetGroupNotFoundFault", f"{subnet_group} not found")
        given["DBSubnetGroup"] = rds._subnet_groups[subnet_group]
    if abroad:
        given.setdefault("AvailabilityZone", f"{get_region()}a")
    largest = rds._p(parameters, "MaxAllocatedStorage")
    given["MaxAllocatedStorage"] = int(largest) if largest else None
    # A replica has the protection that it is given, and not its source's.
    given.setdefault("DeletionProtection", False)
    return given


def _promote(parameters: Parameters) -> dict[str, Any]:
    from ministack.services import rds

    instance = topology.required_instance(rds._p(parameters, "DBInstanceIdentifier"))
    if not instance.get("ReadReplicaSourceDBInstanceIdentifier"):
        raise ServiceError(
            "InvalidDBInstanceState",
            f"DB Instance {instance['DBInstanceIdentifier']} is not a read replica.",
        )
    topology.require_available(instance)
    instance["BackupRetentionPeriod"] = int(rds._p(parameters, "BackupRetentionPeriod") or 1)
    topology.begin(instance, "modifying", lambda: topology.promote(instance))
    return instance


def _around_modify(modify: Callable[[Parameters], Answer]) -> Callable[[Parameters], Answer]:
    from ministack.services import rds

    def renamed(parameters: Parameters) -> dict[str, Any]:
        instance = topology.required_instance(rds._p(parameters, "DBInstanceIdentifier"))
        name = rds._p(parameters, "NewDBInstanceIdentifier")
        topology.require_available(instance)
        if name in rds._instances:
            raise ServiceError("DBInstanceAlreadyExists", f"DBInstance {name} already exists.")
        instance.setdefault("PendingModifiedValues", {})["DBInstanceIdentifier"] = name
        if truth(rds._p(parameters, "ApplyImmediately")):
            topology.begin(instance, "renaming", lambda: topology.rename(instance, name))
        return instance

    def handle(parameters: Parameters) -> Answer:
        if not rds._p(parameters, "NewDBInstanceIdentifier"):
            return modify(parameters)
        answer = _action(renamed, "ModifyDBInstance")(parameters)
        return answer if answer[0] >= 400 else modify(parameters)

    return handle


def _around_delete_action(delete: Callable[[Parameters], Answer]) -> Callable[[Parameters], Answer]:
    from ministack.services import rds

    def handle(parameters: Parameters) -> Answer:
        instance = topology.find_instance(rds._p(parameters, "DBInstanceIdentifier"))
        skips = truth(rds._p(parameters, "SkipFinalSnapshot"))
        snapshot = rds._p(parameters, "FinalDBSnapshotIdentifier")
        is_replica = bool((instance or {}).get("ReadReplicaSourceDBInstanceIdentifier"))
        if (instance and skips == bool(snapshot)) or (is_replica and snapshot):
            refusal: Answer = rds._error(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified, "
                "and not allowed with it or for a read replica.",
                400,
            )
            return refusal
        if instance is None or instance.get("DeletionProtection") or _is_member(instance):
            return delete(parameters)

        def deleting(_parameters: Parameters) -> dict[str, Any]:
            if instance["DBInstanceStatus"] == "deleting":
                raise ServiceError("InvalidDBInstanceState", "The instance is being deleted.")
            topology.begin(instance, "deleting", complete)
            return instance

        def complete() -> None:
            delete(parameters)
            topology.forget(instance)

        return _action(deleting, "DeleteDBInstance")(parameters)

    return handle


def _is_member(instance: dict[str, Any]) -> bool:
    """Whether the instance is one of a cluster, which is another matter."""
    return bool(instance.get("DBClusterIdentifier"))


def _around_describe(describe: Callable[[Parameters], Answer]) -> Callable[[Parameters], Answer]:
    from ministack.services import rds

    def handle(parameters: Parameters) -> Answer:
        name = rds._p(parameters, "DBInstanceIdentifier")
        only = topology.find_instance(name)
        all_of_region = [] if name else list(rds._instances.values())
        for instance in [only] if only else all_of_region:
            topology.look_at(instance)
        return describe(parameters)

    return handle


def _leave_absent_out() -> None:
    """Let DescribeDBInstances leave out what an instance has not, where it answered nothing."""
    from ministack.services import rds

    fields = rds._instance_xml
    empty = re.compile("|".join(f"<{name}></{name}>" for name in _ABSENT))
    rds._instance_xml = lambda instance: empty.sub("", fields(instance))


def _apply() -> None:
    from ministack.services import rds

    actions = rds._ACTION_MAP
    actions["CreateDBInstanceReadReplica"] = _action(_create_replica, "CreateDBInstanceReadReplica")
    actions["PromoteReadReplica"] = _action(_promote, "PromoteReadReplica")
    actions["ModifyDBInstance"] = _around_modify(actions["ModifyDBInstance"])
    actions["DescribeDBInstances"] = _around_describe(actions["DescribeDBInstances"])
    actions["DeleteDBInstance"] = _around_delete_action(actions["DeleteDBInstance"])
    _leave_absent_out()


WORKAROUND = Workaround(
    "database-replicas",
    "no database has a replica in another region, can be promoted or renamed",
    _apply,
    ("AWS::RDS::DBInstance",),
)

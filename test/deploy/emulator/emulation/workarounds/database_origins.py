"""RDS instances of a template that are a replica of another one, or made of a snapshot."""

from __future__ import annotations

from typing import Any

from .. import database_topology as topology
from ..service_call import ServiceError
from .workaround import Workaround, wrap_handler

_TYPE = "AWS::RDS::DBInstance"
# What a replica, and a database of a snapshot, has from where it comes.
_INHERITED = ("Engine", "EngineVersion", "AllocatedStorage", "MasterUsername", "DBName")


def _settled(name: str) -> None:
    """Complete what goes on with an instance that a template changes."""
    instance = topology.find_instance(name)
    if instance:
        topology.settle(instance)


def _snapshot(reference: str) -> dict[str, Any]:
    from ministack.services import rds

    name = reference.split(":snapshot:", 1)[1] if reference.startswith("arn:") else reference
    snapshot = rds._snapshots.get(name)
    if snapshot is None or reference not in (name, snapshot["DBSnapshotArn"]):
        raise ServiceError("DBSnapshotNotFound", f"DBSnapshot {reference} not found.")
    return dict(snapshot)


def _origin(properties: dict[str, Any]) -> dict[str, Any] | None:
    """The instance or snapshot from which a template's instance is made."""
    source = properties.get("SourceDBInstanceIdentifier")
    if source:
        refused = {"DBName", "MasterUsername", "MasterUserPassword"} & set(properties)
        if refused:
            raise ServiceError(
                "InvalidParameterCombination", f"a read replica has no {sorted(refused)}"
            )
        instance = topology.required_instance(source)
        topology.check_replication(instance, properties.get("KmsKeyId", ""))
        return instance
    snapshot = properties.get("DBSnapshotIdentifier")
    return _snapshot(snapshot) if snapshot else None


def _around_create(create: Any) -> Any:
    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        from ministack.services import rds

        name = properties.get("DBInstanceIdentifier", "")
        _settled(name)
        if name in rds._instances:
            raise ServiceError("DBInstanceAlreadyExists", f"DBInstance {name} already exists.")
        origin = _origin(properties)
        if origin is None:
            physical_id, attributes = create(logical_id, properties, stack_name)
            _settle_endpoint(physical_id, attributes)
            return physical_id, attributes
        inherited = {field: origin[field] for field in _INHERITED if origin.get(field)}
        inherited["Port"] = origin.get("Port") or origin["Endpoint"]["Port"]
        physical_id, attributes = create(logical_id, {**properties, **inherited}, stack_name)
        instance = rds._instances[physical_id]
        instance["StorageEncrypted"] = bool(origin.get("StorageEncrypted"))
        instance["KmsKeyId"] = origin.get("KmsKeyId", "")
        if properties.get("SourceDBInstanceIdentifier"):
            key = properties.get("KmsKeyId")
            if key:
                instance["KmsKeyId"] = topology.key_arn(key)
            instance["BackupRetentionPeriod"] = int(properties.get("BackupRetentionPeriod", 0))
            topology.connect_replica(instance, origin)
        _settle_endpoint(physical_id, attributes)
        return physical_id, attributes

    return created


def _settle_endpoint(name: str, attributes: dict[str, Any]) -> None:
    """The address that an instance of this name has whenever it is made again."""
    from ministack.services import rds

    instance = rds._instances[name]
    instance["Endpoint"] = topology.endpoint(name, instance["Endpoint"]["Port"])
    attributes["Endpoint.Address"] = instance["Endpoint"]["Address"]


def _around_update(update: Any) -> Any:
    def updated(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        from ministack.services import rds

        _settled(physical_id)
        before, after = (given.get("DBSnapshotIdentifier") for given in (old, new))
        if before != after and new.get("DBInstanceIdentifier") == physical_id:
            raise ServiceError(
                "ValidationError",
                "CloudFormation cannot update a stack when a custom-named resource requires "
                f"replacing. Rename {physical_id} and update the stack again.",
            )
        answer = update(physical_id, old, new, *rest)
        instance = rds._instances.get(physical_id)
        was, is_now = ("SourceDBInstanceIdentifier" in given for given in (old, new))
        if instance and was and not is_now:
            topology.promote(instance)
        return answer

    return updated


def _around_delete(delete: Any) -> Any:
    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        from ministack.services import rds

        _settled(physical_id)
        instance = rds._instances.get(physical_id)
        delete(physical_id, properties)
        if instance:
            topology.forget(instance)

    return deleted


def _around_snapshot(take: Any) -> Any:
    """CloudFormation ignores the deletion policy of a read replica, also of a promoted one."""

    def taken(physical_id: str, properties: dict[str, Any]) -> None:
        if not properties.get("SourceDBInstanceIdentifier"):
            take(physical_id, properties)

    return taken


def _apply() -> None:
    wrap_handler(_TYPE, "create", _around_create)
    wrap_handler(_TYPE, "update", _around_update)
    wrap_handler(_TYPE, "delete", _around_delete)
    wrap_handler(_TYPE, "snapshot", _around_snapshot)


WORKAROUND = Workaround(
    "database-origins",
    "a database of a template is never a replica nor made of a snapshot",
    _apply,
    (_TYPE,),
)

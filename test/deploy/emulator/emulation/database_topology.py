"""RDS instances and their read replicas, in one region or over several; no engine runs.

Within a region RDS names the other one by its identifier, over regions by its ARN. What takes
minutes on AWS takes one look here: the first description of an instance tells that something
goes on, and the next one that it is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .regions import in_region, region_of
from .service_call import ServiceError

Instance = dict[str, Any]

_SOURCE = "ReadReplicaSourceDBInstanceIdentifier"
_REPLICAS = "ReadReplicaDBInstanceIdentifiers"


_AVAILABLE = "available"
_COMPLETION, _SEEN = "_completion", "_seen"


def begin(instance: Instance, status: str, complete: Callable[[], None] | None = None) -> None:
    """Let an instance be busy, until somebody has seen it so."""
    instance.update({"DBInstanceStatus": status, _COMPLETION: complete, _SEEN: False})


def settle(instance: Instance) -> None:
    """Complete what goes on."""
    complete = instance.pop(_COMPLETION, None)
    if instance.pop(_SEEN, None) is not None:
        instance["DBInstanceStatus"] = _AVAILABLE
    if complete:
        complete()


def look_at(instance: Instance) -> None:
    """Before each description."""
    if instance.get(_SEEN):
        settle(instance)
    elif _SEEN in instance:
        instance[_SEEN] = True


def require_available(instance: Instance) -> None:
    """Refuse to change an instance of which something goes on."""
    status = instance["DBInstanceStatus"]
    if status != _AVAILABLE:
        name = instance["DBInstanceIdentifier"]
        raise ServiceError("InvalidDBInstanceState", f"DB instance {name} is {status}.")


def settings_of(instance: Instance) -> Instance:
    """What a replica has from its source."""
    return {name: value for name, value in instance.items() if name not in (_COMPLETION, _SEEN)}


def find_instance(reference: str) -> Instance | None:
    """An instance by its identifier in this region, or by its ARN in any region."""
    from ministack.services import rds

    if not reference:
        return None
    instance: Instance | None = rds._regional_get(rds._instances, reference, "db")
    return instance


def required_instance(reference: str) -> Instance:
    """An instance that has to exist."""
    instance = find_instance(reference)
    if instance is None:
        raise ServiceError("DBInstanceNotFound", f"DBInstance {reference} not found.")
    return instance


def _reference(to: Instance, by: Instance) -> str:
    near = region_of(to["DBInstanceArn"]) == region_of(by["DBInstanceArn"])
    return str(to["DBInstanceIdentifier" if near else "DBInstanceArn"])


def _at(instance: Instance, reference: str) -> Instance | None:
    with in_region(region_of(instance["DBInstanceArn"])):
        return find_instance(reference)


def source_of(instance: Instance) -> Instance | None:
    """What an instance is a replica of."""
    return _at(instance, instance.get(_SOURCE) or "")


def replicas_of(instance: Instance) -> list[Instance]:
    """The replicas of an instance."""
    found = [_at(instance, reference) for reference in instance.get(_REPLICAS) or []]
    return [replica for replica in found if replica is not None]


def connect_replica(replica: Instance, source: Instance) -> None:
    """Let an instance be a replica of another one; both tell."""
    replica[_SOURCE] = _reference(source, replica)
    replica[_REPLICAS] = []
    source[_REPLICAS] = [*(source.get(_REPLICAS) or []), _reference(replica, source)]


def promote(replica: Instance) -> None:
    """Let a replica be an instance of its own."""
    source = source_of(replica)
    if source is not None:
        gone = _reference(replica, source)
        source[_REPLICAS] = [name for name in source[_REPLICAS] if name != gone]
    replica[_SOURCE] = ""


def forget(instance: Instance) -> None:
    """After its deletion: its source has one replica less, and its replicas are promoted.

    RDS promotes those of MySQL in other regions, too.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html
    """
    source, replicas = source_of(instance), replicas_of(instance)
    if source is not None:
        gone = _reference(instance, source)
        source[_REPLICAS] = [name for name in source[_REPLICAS] if name != gone]
    for replica in replicas:
        replica[_SOURCE] = ""


def rename(instance: Instance, name: str) -> None:
    """Give an instance another identifier; its replicas stay its own."""
    from ministack.services import rds

    if name in rds._instances:
        raise ServiceError("DBInstanceAlreadyExists", f"DBInstance {name} already exists.")
    source, replicas = source_of(instance), replicas_of(instance)
    old = instance["DBInstanceIdentifier"]
    instance["PendingModifiedValues"] = {}
    if source is not None:
        gone = _reference(instance, source)
        source[_REPLICAS] = [other for other in source[_REPLICAS] if other != gone]
    tags = rds._tags.pop(instance["DBInstanceArn"], None)
    arn = instance["DBInstanceArn"].removesuffix(old) + name
    instance.update(DBInstanceIdentifier=name, DBInstanceArn=arn)
    instance["Endpoint"] = endpoint(name, instance["Endpoint"]["Port"])
    if tags is not None:
        rds._tags[arn] = tags
    del rds._instances[old]
    rds._instances[name] = instance
    if source is not None:
        connect_replica(instance, source)
    instance[_REPLICAS] = []
    for replica in replicas:
        connect_replica(replica, instance)


def endpoint(name: str, port: int) -> dict[str, Any]:
    """Where clients would find an instance; the same for the same name, as on AWS."""
    from ministack.core.responses import get_region

    address = f"{name}.c0emulator00.{get_region()}.rds.amazonaws.com"
    return {"Address": address, "Port": port, "HostedZoneId": "Z2R2ITUGPM61AM"}


def key_arn(key_id: str) -> str:
    """The ARN of a key of this region, also for an alias; an unknown one is refused."""
    from ministack.services import kms

    key = kms._resolve_key(key_id)
    if key is None:
        raise ServiceError("KMSKeyNotAccessibleFault", f"{key_id} is not a key of this region")
    return str(key["Arn"])


def check_replication(source: Instance, key_id: str) -> None:
    """Refuse what RDS refuses: a source without backups, and a copy abroad without a key."""
    if not int(source.get("BackupRetentionPeriod") or 0):
        raise ServiceError(
            "InvalidDBInstanceState",
            "Automated backups are not enabled for this database instance.",
        )
    abroad = region_of(source["DBInstanceArn"]) != region_of("")
    if source.get("StorageEncrypted") and abroad and not key_id:
        raise ServiceError(
            "InvalidParameterCombination",
            "Cannot create a cross region unencrypted read replica from encrypted source",
        )
    if key_id and not source.get("StorageEncrypted"):
        raise ServiceError(
            "InvalidParameterCombination",
            "You can't create an encrypted read replica from an unencrypted DB instance",
        )


def now() -> str:
    """The time in the form of RDS's answers."""
    from ministack.services import rds

    return str(rds._format_time(time.time()))

"""Probes of databases, their replicas and what is made of their snapshots."""

from __future__ import annotations

from typing import Any

from .emulator import Emulator, Probe, Resources, refused

OTHER_REGION = "eu-west-1"


def _database(**properties: Any) -> Resources:
    return {
        "Database": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {"DBInstanceClass": "db.t4g.micro", **properties},
        }
    }


def new_database(emulator: Emulator, name: str) -> str:
    """A database's ARN."""
    answer = emulator.client("rds").create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.micro",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="of-no-account",
    )
    return str(answer["DBInstance"]["DBInstanceArn"])


def _described(emulator: Emulator, name: str) -> dict[str, Any]:
    answer = emulator.client("rds").describe_db_instances(DBInstanceIdentifier=name)
    found: dict[str, Any] = answer["DBInstances"][0]
    return found


def _becomes_replica(emulator: Emulator) -> bool:
    """A replica of a template, in another region; both tell."""
    source = new_database(emulator, "probe-source")
    other = emulator.elsewhere(OTHER_REGION)
    stack = other.create(
        _database(SourceDBInstanceIdentifier=source, DBInstanceIdentifier="probe-replica"),
        {"Arn": {"Fn::GetAtt": ["Database", "DBInstanceArn"]}},
    )
    if not stack.created:
        return False
    replica = _described(other, "probe-replica")
    return (
        replica.get("ReadReplicaSourceDBInstanceIdentifier") == source
        and replica["Engine"] == "mysql"
        and _replicas(emulator, "probe-source") == [stack.outputs["Arn"]]
    )


def _replicas(emulator: Emulator, name: str) -> list[str]:
    replicas: list[str] = _described(emulator, name)["ReadReplicaDBInstanceIdentifiers"]
    return replicas


def _promotes(emulator: Emulator) -> bool:
    """A replica in another region, which takes its time, and becomes a database of its own."""
    source = new_database(emulator, "probe-first")
    other = emulator.elsewhere(OTHER_REGION)
    rds = other.client("rds")
    name = {"DBInstanceIdentifier": "probe-second"}
    if refused(rds.create_db_instance_read_replica, SourceDBInstanceIdentifier=source, **name):
        return False
    looks = [_described(other, "probe-second")["DBInstanceStatus"] for _look in range(2)]
    had = _replicas(emulator, "probe-first")
    if refused(rds.promote_read_replica, **name):
        return False
    looks += [_described(other, "probe-second")["DBInstanceStatus"] for _look in range(2)]
    alone = _described(other, "probe-second")
    return (
        looks == ["creating", "available", "modifying", "available"]
        and had == [alone["DBInstanceArn"]]
        and "ReadReplicaSourceDBInstanceIdentifier" not in alone
        and _replicas(emulator, "probe-first") == []
    )


def _renames(emulator: Emulator) -> bool:
    new_database(emulator, "probe-old")
    rds = emulator.client("rds")
    rds.modify_db_instance(
        DBInstanceIdentifier="probe-old", NewDBInstanceIdentifier="probe-new", ApplyImmediately=True
    )
    _described(emulator, "probe-old")
    return refused(rds.describe_db_instances, DBInstanceIdentifier="probe-old") and not refused(
        rds.describe_db_instances, DBInstanceIdentifier="probe-new"
    )


def _restores(emulator: Emulator) -> bool:
    """A database of a snapshot has what the snapshot holds; one of no snapshot fails."""
    new_database(emulator, "probe-saved")
    answer = emulator.client("rds").create_db_snapshot(
        DBSnapshotIdentifier="probe-snapshot", DBInstanceIdentifier="probe-saved"
    )
    arn = answer["DBSnapshot"]["DBSnapshotArn"]
    made = emulator.create(_database(DBSnapshotIdentifier=arn, DBInstanceIdentifier="probe-again"))
    lost = emulator.create(_database(DBSnapshotIdentifier=f"{arn}-of-nothing"))
    return (
        made.created
        and not lost.created
        and _described(emulator, "probe-again")["Engine"] == "mysql"
    )


def _database_origins(emulator: Emulator) -> bool:
    return not (_becomes_replica(emulator) and _restores(emulator))


def _database_replicas(emulator: Emulator) -> bool:
    return not (_promotes(emulator) and _renames(emulator))


PROBES: dict[str, Probe] = {
    "database-origins": _database_origins,
    "database-replicas": _database_replicas,
}

"""The tasks of services: as many as are wanted of each revision, in its target groups."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from .. import target_checks
from .tasks import in_background

logger = logging.getLogger("containers")

Service = dict[str, Any]
TaskSet = dict[str, Any]

# A task that ends by itself is replaced, a little later each time, and not for ever.
_MOST_FAILURES = 8
_FIRST_DELAY_SECONDS = 0.2
_LONGEST_DELAY_SECONDS = 5.0
_STEADY_SECONDS = 10.0
# What ends at once has not started.
_START_SECONDS = 0.5
_ACTIVE = ("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING")

_turn = threading.RLock()


def cluster_of(service: Service) -> str:
    """The name of a service's cluster."""
    return str(service["clusterArn"]).rpartition("/")[2]


def key_of(service: Service) -> str:
    """The key of a service in the emulator's store."""
    return f"{cluster_of(service)}/{service['serviceName']}"


def live_sets(service: Service) -> list[TaskSet]:
    """The deployments of a service that have tasks; one is not yet live before it is scaled up."""
    return [known for known in service["deployments"] if known.get("_live")]


def tasks_of(service: Service, task_set: TaskSet) -> list[dict[str, Any]]:
    """The tasks of a deployment that run or are about to."""
    from ministack.services import ecs

    return [
        task
        for task in list(ecs._tasks.values())
        if task.get("_deployment_id") == task_set["id"]
        and task.get("clusterArn") == service["clusterArn"]
        and task["lastStatus"] in _ACTIVE
    ]


def group_of(balancer: dict[str, Any], side: int) -> str:
    """The target group of one side: the service's own, or the alternate one."""
    alternate = (balancer.get("advancedConfiguration") or {}).get("alternateTargetGroupArn", "")
    return str(alternate if side else balancer.get("targetGroupArn", ""))


def group_for(balancer: dict[str, Any], task_set: TaskSet) -> str:
    """The target group of a deployment: the one that CodeDeploy gave, or that of its side."""
    return task_set.get("_group") or group_of(balancer, task_set["_side"])


def _wanted_targets(service: Service) -> dict[str, list[tuple[str, int]]]:
    wanted: dict[str, list[tuple[str, int]]] = {}
    for balancer in service.get("loadBalancers") or []:
        port = int(balancer.get("containerPort") or 80)
        for task_set in live_sets(service):
            members = wanted.setdefault(group_for(balancer, task_set), [])
            for task in tasks_of(service, task_set):
                if task.get("_container_ip") and service["status"] == "ACTIVE":
                    members.append((task["_container_ip"], port))
    return wanted


def publish_targets(_cluster: str, service: Service) -> None:
    """Register the tasks of each deployment in the target groups of its side, and only there."""
    from ministack.services import alb

    published = service.setdefault("_published_targets", {})
    with _turn:
        wanted = _wanted_targets(service)
        for group in {*wanted, *published}:
            targets, before = wanted.get(group, []), published.get(group, [])
            addresses = [address for address, _port in targets]
            for gone in set(before) - set(addresses):
                target_checks.forget(gone)
            alb.set_targets_for_group(group, targets, before)
            published[group] = addresses


def _scale(service: Service, task_set: TaskSet) -> None:
    from ministack.services import ecs

    running = tasks_of(service, task_set)
    missing = service["desiredCount"] - len(running)
    task_set["desiredCount"] = service["desiredCount"]
    cluster = cluster_of(service)
    if missing > 0 and task_set.get("_failures", 0) < _MOST_FAILURES:
        ecs._run_task(
            {
                "cluster": cluster,
                "taskDefinition": task_set["taskDefinition"],
                "count": missing,
                "group": f"service:{service['serviceName']}",
                "startedBy": task_set["id"],
                "launchType": service.get("launchType"),
                "capacityProviderStrategy": service.get("capacityProviderStrategy"),
                "platformVersion": service.get("platformVersion", ""),
                "networkConfiguration": service.get("networkConfiguration", {}),
                "enableExecuteCommand": service.get("enableExecuteCommand", False),
                "_deploymentId": task_set["id"],
            }
        )
    for task in sorted(running, key=lambda one: str(one["createdAt"]))[service["desiredCount"] :]:
        stop_task(service, task, "Service scaling down")


def stop_task(service: Service, task: dict[str, Any], reason: str) -> None:
    """Stop one task of a service."""
    from ministack.services import ecs

    ecs._stop_task({"cluster": cluster_of(service), "task": task["taskArn"], "reason": reason})


def reconcile(cluster: str, key: str) -> None:
    """Start and stop tasks until each live deployment of the service has as many as are wanted."""
    from ministack.services import ecs

    with _turn:
        service = ecs._services.get(key)
        if service is None or service["status"] != "ACTIVE":
            return
        for task_set in live_sets(service):
            _scale(service, task_set)
        ecs._refresh_service_state(cluster, f"service:{service['serviceName']}")
        ecs._recount_cluster(cluster)


def end_set(service: Service, task_set: TaskSet, reason: str) -> None:
    """Stop all tasks of a deployment, and have it no longer."""
    from ministack.services import ecs

    with _turn:
        task_set["_live"] = False
        for task in tasks_of(service, task_set):
            stop_task(service, task, reason)
        others = [known for known in service["deployments"] if known is not task_set]
        service["deployments"] = others
        ecs._refresh_service_state(cluster_of(service), f"service:{service['serviceName']}")


def unhealthy(service: Service, task_set: TaskSet) -> str:
    """Why a deployment is not ready to serve; nothing when it is."""
    from ministack.services import alb

    # Tasks are started in the same turn, so that none is seen between its record and its process.
    with _turn:
        tasks = tasks_of(service, task_set)
    if len(tasks) < service["desiredCount"]:
        return f"{len(tasks)} of {service['desiredCount']} tasks run"
    with_address = [task for task in tasks if task.get("_container_ip")]
    for balancer in service.get("loadBalancers") or []:
        group = alb._tgs.get(group_for(balancer, task_set))
        for task in with_address if group else ():
            target = {"Id": task["_container_ip"], "Port": balancer.get("containerPort")}
            if not target_checks.check(group, target):
                return f"target {target['Id']}:{target['Port']} is not healthy"
    young = time.monotonic() - _START_SECONDS
    if any(task["_launched"] > young for task in with_address):
        return "tasks have only just started"
    return ""


def _replace_later(task: dict[str, Any], digest_resolution_failed: bool = False) -> None:
    """Replace a task that ended by itself."""
    from ministack.services import ecs

    cluster = str(task["clusterArn"]).rpartition("/")[2]
    _, _, name = task.get("group", "").partition("service:")
    service = ecs._services.get(f"{cluster}/{name}") if name else None
    task_set = ecs._deployment_for_task(service, task) if service else None
    if service is None or task_set is None:
        return
    lived = time.monotonic() - task.get("_launched", 0.0)
    failures = 1 if lived > _STEADY_SECONDS else task_set.get("_failures", 0) + 1
    task_set["_failures"] = failures
    task_set["failedTasks"] = task_set.get("failedTasks", 0) + 1
    if failures == _MOST_FAILURES:
        logger.warning("service %s: tasks end again and again; no more are started", name)

    def replace() -> None:
        time.sleep(min(_FIRST_DELAY_SECONDS * 2 ** (failures - 1), _LONGEST_DELAY_SECONDS))
        reconcile(cluster, key_of(service))

    in_background(replace)


def has_given_up(task_set: TaskSet) -> bool:
    """Whether a deployment's tasks ended so often that no more are started."""
    return bool(task_set.get("_failures", 0) >= _MOST_FAILURES)


def take_over() -> None:
    """Let services be kept in this way and not in the emulator's own."""
    from ministack.services import ecs

    ecs._reconcile_service_tasks = reconcile
    ecs._sync_service_targets = publish_targets
    ecs._record_service_task_failure = _replace_later

"""Tasks that run: their processes come with RunTask and go with StopTask."""

from __future__ import annotations

import contextvars
import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from ..service_call import Answer
from .addresses import give_back, take_task_address
from .images import command_of
from .processes import ContainerProcess

logger = logging.getLogger("containers")

# Stands for the deregistration delay: requests that were on their way still arrive.
_DRAIN_SECONDS = 0.5

_running: dict[str, list[ContainerProcess]] = {}
_ending: dict[str, threading.Thread] = {}


def in_background(run: Callable[..., None], *arguments: Any) -> threading.Thread:
    """Run a function in a thread that knows the account and the region of this one."""
    # The emulator keeps account and region in the context.
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(run, *arguments), daemon=True)
    thread.start()
    return thread


def running_tasks() -> list[dict[str, Any]]:
    """All tasks that have processes, for tests: their addresses and process ids."""
    return [
        {"task": arn, "processes": [{"name": one.name, "pid": one.id} for one in processes]}
        for arn, processes in sorted(_running.items())
    ]


def _fail(task: dict[str, Any], reason: str, code: str, exit_code: int | None) -> None:
    from ministack.services import ecs

    logger.warning("task %s: %s", task["taskArn"], reason)
    if ecs._mark_task_stopped(task["taskArn"], task, reason, code, exit_code=exit_code):
        end_processes(task, 0)


def _launch(task: dict[str, Any]) -> None:
    from ministack.services import ecs

    definition = ecs._task_defs[ecs._resolve_td_key(task["taskDefinitionArn"])]
    containers = [
        one for one in definition["containerDefinitions"] if command_of(one, "") is not None
    ]
    if not containers:
        return
    address = take_task_address()
    task["_launched"] = time.monotonic()
    task["_container_ip"] = address
    details = [{"name": "privateIPv4Address", "value": address}]
    if task.get("_subnet"):
        details.insert(0, {"name": "subnetId", "value": task["_subnet"]})
    task["attachments"] = [
        {
            "id": task["taskArn"].rpartition("/")[2],
            "type": "ElasticNetworkInterface",
            "status": "ATTACHED",
            "details": details,
        }
    ]
    processes: list[ContainerProcess] = []
    _running[task["taskArn"]] = processes
    for container in containers:
        essential = bool(container.get("essential", True))

        def on_exit(code: int, essential: bool = essential) -> None:
            if essential:
                _fail(task, "Essential container in task exited", "EssentialContainerExited", code)

        try:
            processes.append(
                ContainerProcess(container, task["taskArn"].rpartition("/")[2], address, on_exit)
            )
        except (OSError, ecs._SecretResolutionError) as error:
            reason = f"ResourceInitializationError: {error}"
            in_background(_fail, task, reason, "TaskFailedToStart", None)
            return


def end_processes(task: dict[str, Any], drain_seconds: float = _DRAIN_SECONDS) -> None:
    """End a task's processes, in the background."""
    arn = task["taskArn"]
    processes = _running.get(arn)
    if processes is None or arn in _ending:
        return

    def end() -> None:
        time.sleep(drain_seconds)
        stops = [in_background(process.stop) for process in processes]
        for stop in stops:
            stop.join()
        _running.pop(arn, None)
        give_back(task["_container_ip"])
        _ending.pop(arn, None)

    _ending[arn] = in_background(end)


def await_end(task_arns: list[str]) -> None:
    """Return when the processes of these tasks are gone."""
    for thread in [_ending[arn] for arn in task_arns if arn in _ending]:
        thread.join()


def _around_run(run: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    from ministack.services import ecs

    def run_task(data: dict[str, Any]) -> Answer:
        answer = run(data)
        if answer[0] >= 400:
            return answer
        started = [ecs._tasks[one["taskArn"]] for one in json.loads(answer[2])["tasks"]]
        for task in started:
            _launch(task)
        tasks = [ecs._sanitize(task) for task in started]
        changed: Answer = ecs.json_response({"tasks": tasks, "failures": []})
        return changed

    return run_task


def _around_stop(stop: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    from ministack.services import ecs

    def stop_task(data: dict[str, Any]) -> Answer:
        answer = stop(data)
        if answer[0] < 400:
            end_processes(ecs._tasks[json.loads(answer[2])["task"]["taskArn"]])
        return answer

    return stop_task


def run_processes() -> None:
    """Let RunTask start processes and StopTask end them."""
    from ministack.services import ecs

    ecs._run_task = ecs._ACTION_MAP["RunTask"] = _around_run(ecs._run_task)
    ecs._stop_task = ecs._ACTION_MAP["StopTask"] = _around_stop(ecs._stop_task)

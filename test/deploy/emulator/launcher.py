#!/usr/bin/env python3
"""Start the AWS emulator of the deploy tests.

    python launcher.py --node-path <folder with node_modules/@aws-sdk>

One line of JSON on standard output tells the address once it answers; the log
goes to standard error. `GET /_emulator/tiers`, `/_emulator/workarounds` and
`/_emulator/records` answer what stands behind each type;
`POST /_emulator/object-age?bucket=&key=&hours=` makes an object old,
`POST /_emulator/recovery-point-age?vault=&region=&hours=` what a vault holds, and
`POST /_emulator/wait-scale?factor=` shortens the waits of state machines.
`POST /_emulator/images` with `{"image": ..., "command": [...], "environment": {...}}` tells what
containers of images that begin so run, `GET /_emulator/containers` which processes run,
`GET /_emulator/clusters` the EKS clusters with their objects and these objects' history, and
`POST /_emulator/deployment-minute?seconds=&longest=` how long a minute of bake time takes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from emulation import environment, processes, server
from emulation.options import Options, read_options
from emulation.workarounds import WORKAROUNDS


def _set_up(options: Options) -> dict[str, object]:
    """Complete and correct the emulator; the documents that describe the result."""
    from emulation import (
        backed,
        object_ages,
        recorded,
        recovery_points,
        resource_signals,
        seeds,
        settled_answers,
        step_function_waits,
        tiers,
    )
    from emulation.containers import clock, images, tasks
    from emulation.kubernetes import clusters, programs
    from emulation.recorded.record import recorded_resources

    handlers = (*backed.HANDLERS, *recorded.HANDLERS)
    tiers.register(handlers)
    resource_signals.let_instances_wait()
    seeds.publish_images()
    settled_answers.answer_when_settled()
    corrected: dict[str, list[str]] = {}
    for workaround in WORKAROUNDS:
        if workaround.name not in options.without:
            workaround.apply()
            for resource_type in workaround.types:
                corrected.setdefault(resource_type, []).append(workaround.name)
    return {
        "tiers": lambda: tiers.describe_tiers(handlers, corrected),
        "workarounds": lambda: [
            {**workaround.describe(), "applied": workaround.name not in options.without}
            for workaround in WORKAROUNDS
        ],
        "records": recorded_resources,
        "object-age": object_ages.age_object,
        "recovery-point-age": recovery_points.age_point,
        "cluster-program": programs.run_program,
        "clusters": clusters.describe,
        "containers": tasks.running_tasks,
        "deployment-minute": clock.set_minute,
        "images": images.give_command,
        "wait-scale": step_function_waits.scale_waits,
    }


def _start(options: Options) -> None:
    node_path = None if "node-path" in options.without else options.node_path
    if "node-path" not in options.without:
        environment.require_clients(node_path)
    try:
        bound = server.bind_loopback(options.port)
    except OSError as error:
        sys.exit(f"Port {options.port} of {environment.LOOPBACK} can't be used: {error.strerror}")
    port = bound.getsockname()[1]
    scratch = Path(tempfile.mkdtemp(prefix="aws-emulator-"))
    guardian = processes.Guardian(scratch)
    processes.report_children(guardian)
    if not options.keep_running:
        processes.end_with_parent(guardian.end)
    if options.stop_on_closed_input:
        processes.end_on_closed_input(guardian.end)
    environment.prepare_environment(
        port=port,
        region=options.region,
        scratch=scratch,
        node_path=node_path,
        log_level=options.log_level,
        keep=environment.CALLERS_AWS if "clean-environment" in options.without else (),
    )
    tempfile.tempdir = str(scratch)
    from emulation.balancers import certificates
    from emulation.containers import clock

    certificates.trust()
    documents = _set_up(options)
    clock.set_minute(options.deployment_minute)
    server.announce(port)
    if "prompt-stop" in options.without:
        bound.close()
        server.run_stock_server()
        return
    processes.end_on_signals(guardian.end)
    from ministack.app import app

    server.run_server(server.with_control_paths(app, documents), bound, options.log_level)


def main() -> None:
    """Read the command line and do what it asks."""
    options = read_options(sys.argv[1:], [workaround.name for workaround in WORKAROUNDS])
    if options.list_workarounds:
        print(json.dumps([workaround.describe() for workaround in WORKAROUNDS], indent=2))
        return
    if options.list_tiers:
        os.environ["LOG_LEVEL"] = "WARNING"
        print(json.dumps(_set_up(options)["tiers"](), indent=2))  # type: ignore[operator]
        return
    _start(options)


if __name__ == "__main__":
    main()

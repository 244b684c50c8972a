"""The launcher's command line."""

from __future__ import annotations

import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """What the caller asked for."""

    port: int
    region: str
    node_path: str | None
    log_level: str
    without: frozenset[str]
    deployment_minute: float
    keep_running: bool
    stop_on_closed_input: bool
    list_tiers: bool
    list_workarounds: bool


def read_options(arguments: list[str], known_workarounds: list[str]) -> Options:
    """Parse the command line; an unknown work-around is an error."""
    parser = argparse.ArgumentParser(
        description="Start the AWS emulator of the deploy tests on the loopback interface."
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--region", default="us-east-1", help="of requests that name none")
    parser.add_argument(
        "--node-path",
        help="folders with the @aws-sdk clients that functions require, like NODE_PATH",
    )
    parser.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING"])
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=sorted(known_workarounds),
        metavar="NAME",
        help="leave one work-around out, to see whether it is still needed; repeatable",
    )
    parser.add_argument(
        "--deployment-minute",
        type=float,
        default=1.0,
        metavar="SECONDS",
        help="how long a minute of the bake time of an ECS deployment takes",
    )
    parser.add_argument(
        "--keep-running", action="store_true", help="outlive the process that started it"
    )
    parser.add_argument(
        "--stop-on-closed-input", action="store_true", help="end when standard input closes"
    )
    parser.add_argument("--list-tiers", action="store_true", help="print JSON and exit")
    parser.add_argument("--list-workarounds", action="store_true", help="print JSON and exit")
    given = parser.parse_args(arguments)
    return Options(
        port=given.port,
        region=given.region,
        node_path=given.node_path,
        log_level=given.log_level,
        without=frozenset(given.without),
        deployment_minute=given.deployment_minute,
        keep_running=given.keep_running,
        stop_on_closed_input=given.stop_on_closed_input,
        list_tiers=given.list_tiers,
        list_workarounds=given.list_workarounds,
    )

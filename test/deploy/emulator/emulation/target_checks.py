"""Health checks of targets that are processes of this machine."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterable
from typing import Any

Target = dict[str, Any]

# How long an answer counts for requests: asked with each, checks would be most of the traffic.
_FRESH_SECONDS = 1.0
_PATIENCE_SECONDS = 2.0
_LOOPBACK = "127."

_last: dict[tuple[str, str, int], tuple[float, bool]] = {}


def is_checked(group: dict[str, Any], target: Target) -> bool:
    """Whether a target can be asked: only what runs here can."""
    return group.get("TargetType") == "ip" and str(target["Id"]).startswith(_LOOPBACK)


def _port(group: dict[str, Any], target: Target) -> int:
    port = group.get("HealthCheckPort", "traffic-port")
    if port != "traffic-port":
        return int(port)
    return int(target.get("Port") or group.get("Port") or 80)


def _accepts(matcher: str, status: int) -> bool:
    for part in matcher.split(","):
        first, _, last = part.partition("-")
        if int(first) <= status <= int(last or first):
            return True
    return False


def _answers(group: dict[str, Any], target: Target) -> bool:
    seconds = min(float(group.get("HealthCheckTimeoutSeconds") or 5), _PATIENCE_SECONDS)
    address, port = str(target["Id"]), _port(group, target)
    connection = http.client.HTTPConnection(address, port, timeout=seconds)
    try:
        connection.request(
            "GET",
            group.get("HealthCheckPath") or "/",
            headers={"User-Agent": "ELB-HealthChecker/2.0", "Connection": "close"},
        )
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return _accepts(str((group.get("Matcher") or {}).get("HttpCode") or "200"), status)


def check(group: dict[str, Any], target: Target) -> bool:
    """Ask a target now whether it is healthy."""
    healthy = _answers(group, target) if is_checked(group, target) else True
    key = (group["TargetGroupArn"], str(target["Id"]), _port(group, target))
    _last[key] = (time.monotonic(), healthy)
    return healthy


def _recently(group: dict[str, Any], target: Target) -> bool:
    if not is_checked(group, target):
        return True
    key = (group["TargetGroupArn"], str(target["Id"]), _port(group, target))
    when, healthy = _last.get(key, (0.0, False))
    return healthy if time.monotonic() - when < _FRESH_SECONDS else check(group, target)


def reachable(group: dict[str, Any], targets: Iterable[Target]) -> list[Target]:
    """The targets that get requests: the healthy ones, and all where none is, as on AWS."""
    known = list(targets)
    return [target for target in known if _recently(group, target)] or known


def forget(address: str) -> None:
    """Let what is known of an address not count for the next one that has it."""
    for key in [key for key in _last if key[1] == address]:
        _last.pop(key, None)

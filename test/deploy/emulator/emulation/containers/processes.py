"""The process of one container: its environment, its output, its end."""

from __future__ import annotations

import contextlib
import contextvars
import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from .images import command_of

logger = logging.getLogger("containers")

# ECS's default for a container that states no stopTimeout.
_STOP_SECONDS = 30.0
_KEPT = ("HOME", "LANG", "LC_ALL", "NODE_EXTRA_CA_CERTS", "PATH", "TMPDIR", "TZ", "USER")


def _environment(
    container: dict[str, Any], secrets: dict[str, str], of_image: dict[str, str], address: str
) -> dict[str, str]:
    from ministack.core.responses import get_account_id, get_region

    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "AWS_ENDPOINT_URL": f"http://{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}",
        # The emulator takes an access key of twelve digits for the account.
        "AWS_ACCESS_KEY_ID": get_account_id(),
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": get_region(),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        **of_image,
        **{entry["name"]: str(entry["value"]) for entry in container.get("environment") or []},
        **secrets,
        "HOST": address,
    }


class ContainerProcess:
    """A running container."""

    def __init__(
        self,
        container: dict[str, Any],
        task_id: str,
        address: str,
        on_exit: Callable[[int], None],
    ) -> None:
        from ministack.services import ecs

        found = command_of(container, address)
        assert found is not None
        command, of_image = found
        secrets = ecs._resolve_container_secrets(container)
        self.name = container["name"]
        self._stop_seconds = float(container.get("stopTimeout") or _STOP_SECONDS)
        self._stopping = False
        self._on_exit = on_exit
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(container, secrets, of_image, address),
            cwd=os.environ.get("TMPDIR"),
            text=True,
            errors="replace",
        )
        self.id = self._process.pid
        log = ecs._awslogs_config(container, task_id, task_id)
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._follow, log), daemon=True).start()

    def _follow(self, log: dict[str, Any] | None) -> None:
        """Hand the output on until it ends, and then tell of the end."""
        from ministack.services import ecs

        reaches_log = bool(log) and ecs._ensure_awslogs_stream(log)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            logger.info("%s %d: %s", self.name, self.id, line.rstrip())
            if reaches_log:
                ecs._emit_awslogs_event(log, line.rstrip("\n"))
        code = self._process.wait()
        if not self._stopping:
            self._on_exit(code)

    def stop(self) -> None:
        """Ask for its end and wait for it; end it by force after the container's stopTimeout."""
        self._stopping = True
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(self._stop_seconds)
        except subprocess.TimeoutExpired:
            logger.warning("%s %d: no end within %s s", self.name, self.id, self._stop_seconds)
        # What it started itself ends with it, as in a container.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.id, signal.SIGKILL)
        self._process.wait()

"""The environment of the emulator's process, which its functions inherit.

It starts from an allow-list instead of the caller's environment: a caller that
points AWS_ENDPOINT_URL or a profile at another account must not lead a
function there. Everything has to be set before ministack is imported, since
its modules read the environment when they load.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

LOOPBACK = "127.0.0.1"

# What programs need to run at all; nothing that names an account or a service.
_INHERITED = ("HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TZ", "USER")

# What leads an SDK elsewhere; kept only to show that functions would inherit it.
CALLERS_AWS = ("AWS_ENDPOINT_URL",)


# The custom resources of the CDK need these; stubs in their place tell false successes.
_REQUIRED_CLIENTS = ("client-ec2", "client-lambda", "client-s3")


def require_clients(node_path: str | None) -> None:
    """End with a message unless the folders have the SDK clients that functions need."""
    folders = [Path(folder) / "@aws-sdk" for folder in (node_path or "").split(os.pathsep)]
    missing = [
        f"@aws-sdk/{client}"
        for client in _REQUIRED_CLIENTS
        if not any((folder / client).is_dir() for folder in folders)
    ]
    if missing:
        sys.exit(f"--node-path has no {', '.join(missing)}: install them, or give its node_modules")


def prepare_environment(
    *,
    port: int,
    region: str,
    scratch: Path,
    node_path: str | None,
    log_level: str,
    keep: tuple[str, ...] = (),
) -> None:
    """Replace the environment of this process."""
    kept = {name: os.environ[name] for name in (*_INHERITED, *keep) if name in os.environ}
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update(
        GATEWAY_PORT=str(port),
        BIND_HOST=LOOPBACK,
        LOG_LEVEL=log_level,
        MINISTACK_REGION=region,
        TMPDIR=str(scratch),
        # The keys that Cognito signs with; nothing may outlive this process.
        STATE_DIR=str(scratch / "state"),
        # Queues are found, and custom resources answer, here: `localhost` may be ::1, where nobody
        # listens, and SDKs warn of a queue that is elsewhere than their endpoint.
        MINISTACK_HOST=LOOPBACK,
        LAMBDA_EXECUTOR="local",
        # A warm process of each function of each stack would add up; ready for the next event.
        LAMBDA_WARM_TTL_SECONDS="60",
        # Listeners of their own, on all interfaces, that no pattern uses.
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        # No pattern may reach a container engine: it would make results differ by machine.
        DOCKER_HOST=f"unix://{scratch}/no-container-engine.sock",
        # The functions sign with these, and so does the emulator itself.
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )
    if node_path:
        os.environ["NODE_PATH"] = node_path

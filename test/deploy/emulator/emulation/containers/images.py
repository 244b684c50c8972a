"""What a container runs: its own Node.js command, or what a test gave for its image."""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_NODE = "node"


@dataclass(frozen=True)
class ImageCommand:
    """A command that stands for images whose names begin in this way."""

    image: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


_commands: dict[str, ImageCommand] = {}
_turn = threading.Lock()


def give_command(
    image: str = "", command: list[str] | None = None, environment: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """Let images that begin so run a command, on this machine; without a command none.

    Tells all images that have one. The longest beginning counts. In the
    command and its environment `{image}`, `{tag}` and `{address}` are replaced.
    """
    with _turn:
        if image and command:
            _commands[image] = ImageCommand(image, list(command), dict(environment or {}))
        elif image:
            _commands.pop(image, None)
        return [
            {"image": known.image, "command": known.command, "environment": known.environment}
            for known in _commands.values()
        ]


def _node() -> str:
    """The Node.js beside the clients that functions get, otherwise that of the PATH."""
    for folder in os.environ.get("NODE_PATH", "").split(os.pathsep):
        beside = Path(folder) / ".bin" / _NODE
        if folder and beside.exists():
            return str(beside)
    return shutil.which(_NODE) or _NODE


def _tag(image: str) -> str:
    name = image.partition("@")[0].rpartition("/")[2]
    return name.partition(":")[2]


def command_of(container: dict[str, Any], address: str) -> tuple[list[str], dict[str, str]] | None:
    """A container's command, and what its image adds to the environment; None if none is known."""
    own = [*(container.get("entryPoint") or []), *(container.get("command") or [])]
    if own and Path(own[0]).name == _NODE:
        return [_node(), *own[1:]], {}
    image = container.get("image", "")
    with _turn:
        fitting = [known for prefix, known in _commands.items() if image.startswith(prefix)]
    if not fitting:
        return None
    best = max(fitting, key=lambda known: len(known.image))

    def filled(text: str) -> str:
        values = (("{image}", image), ("{tag}", _tag(image)), ("{address}", address))
        for name, value in values:
            text = text.replace(name, value)
        return text

    command = [filled(part) for part in best.command]
    if command[0] == _NODE:
        command[0] = _node()
    return command, {name: filled(str(value)) for name, value in best.environment.items()}

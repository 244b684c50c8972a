"""An end without leftovers: child processes, signals, and the parent's death.

ministack shuts down gracefully, which takes as long as the longest custom
resource waits. Nothing of it is worth saving: all state is in memory. So this
process just ends, and the guardian beside it cleans up.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import IO, Any

from . import guardian

_POLL_SECONDS = 0.5
_CLEAN_UP_SECONDS = 10

End = Callable[[int], None]


class Guardian:
    """The guardian's process and the pipe to it."""

    def __init__(self, scratch: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, guardian.__file__, str(scratch)],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        pipe = self._process.stdin
        assert pipe is not None
        self._pipe: IO[str] = pipe
        self._turn = threading.Lock()

    def tell(self, event: str, process_id: int) -> None:
        """Report that a child process started or ended."""
        with self._turn:
            self._pipe.write(f"{event} {process_id}\n")
            self._pipe.flush()

    def end(self, status: int) -> None:
        """Let the guardian clean up, then end this process at once."""
        self._pipe.close()
        try:
            self._process.wait(_CLEAN_UP_SECONDS)
        except subprocess.TimeoutExpired:
            print("the emulator's guardian did not finish", file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def report_children(to: Guardian) -> None:
    """Tell the guardian of each process that the emulator starts from now on."""

    class ReportedProcess(subprocess.Popen[Any]):
        """A child process in a group of its own, so that its children end with it."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            options.setdefault("start_new_session", True)
            super().__init__(*arguments, **options)
            to.tell(guardian.STARTED, self.pid)

        def _handle_exitstatus(self, *arguments: Any) -> None:
            """Called by the standard library once the process was waited for."""
            super()._handle_exitstatus(*arguments)  # type: ignore[misc]
            to.tell(guardian.ENDED, self.pid)

    subprocess.Popen = ReportedProcess  # type: ignore[misc]


def end_on_signals(end: End) -> None:
    """Let SIGINT and SIGTERM end the process, whatever it waits for."""

    def handle(number: int, _frame: FrameType | None) -> None:
        end(128 + number if number == signal.SIGINT else 0)

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)


def end_with_parent(end: End) -> None:
    """End when the process that started this one is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_POLL_SECONDS)
        end(0)

    threading.Thread(target=watch, daemon=True, name="watch-parent").start()


def end_on_closed_input(end: End) -> None:
    """End when standard input closes: the parent's end of the pipe is gone with it."""

    def watch() -> None:
        while sys.stdin.buffer.read(1):
            continue
        end(0)

    threading.Thread(target=watch, daemon=True, name="watch-input").start()

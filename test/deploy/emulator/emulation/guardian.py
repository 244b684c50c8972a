"""The process that cleans up after the emulator, however that ended.

It is started beside the emulator and reads from a pipe: a line for each child
process. The pipe closes when the emulator ends, also when it was killed and
had no say in it. Then the children are ended by their ids, with all that they
started, and the scratch folder is removed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys

STARTED = "started"
ENDED = "ended"


def _end_group(process_id: int) -> None:
    try:
        os.killpg(process_id, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def main() -> None:
    """Follow the pipe to its end, then clean up."""
    # An interrupt of the terminal is for the emulator; its end is what counts here.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    scratch = sys.argv[1]
    running: set[int] = set()
    for line in sys.stdin:
        event, _, process_id = line.strip().partition(" ")
        if event == STARTED:
            running.add(int(process_id))
        elif event == ENDED:
            running.discard(int(process_id))
    for process_id in running:
        _end_group(process_id)
    shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Tell for each work-around whether it is still needed, and whether it works.

    python faults.py --node-path <folder with node_modules/@aws-sdk>

Probes the emulator without any work-around, where each fault should show, and
with all of them, where none should. Prints JSON, and fails when a fault does
not show any more (delete its work-around) or shows in spite of it (repair it).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from emulation.workarounds import WORKAROUNDS
from probing import PROBES
from probing.emulator import Emulator

_LAUNCHER = Path(__file__).with_name("launcher.py")
_NOWHERE = "http://127.0.0.1:9"
# Ends the emulator, so it is probed after all others.
_LAST = "prompt-stop"


def _start(node_path: str, without: list[str]) -> subprocess.Popen[str]:
    options = [option for name in without for option in ("--without", name)]
    return subprocess.Popen(
        [sys.executable, str(_LAUNCHER), "--node-path", node_path, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # An address where nobody answers: functions must not inherit it.
        env={**os.environ, "AWS_ENDPOINT_URL": _NOWHERE},
    )


def _shown_faults(node_path: str, without: list[str]) -> dict[str, bool | str]:
    process = _start(node_path, without)
    assert process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        emulator = Emulator(ready["url"], process.pid)
        shown: dict[str, bool | str] = {}
        for name in sorted(PROBES, key=lambda name: (name == _LAST, name)):
            try:
                shown[name] = PROBES[name](emulator)
            except Exception as error:
                shown[name] = f"{type(error).__name__}: {error}"
        return shown
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()


def main() -> None:
    """Probe both ways and compare."""
    parser = argparse.ArgumentParser(description="Which work-arounds are needed?")
    parser.add_argument("--node-path", required=True)
    node_path = parser.parse_args().node_path
    names = [workaround.name for workaround in WORKAROUNDS]
    unprobed = sorted(set(names) ^ set(PROBES))
    if unprobed:
        sys.exit(f"each work-around needs a probe of its name: {unprobed}")
    with ThreadPoolExecutor() as pool:
        # Most of the time, both wait.
        stock, corrected = pool.map(partial(_shown_faults, node_path), (names, []))
    report = {name: {"without": stock[name], "with": corrected[name]} for name in sorted(names)}
    print(json.dumps(report, indent=2))
    wrong = [name for name in names if (stock[name], corrected[name]) != (True, False)]
    if wrong:
        sys.exit(f"to look at: {', '.join(sorted(wrong))}")


if __name__ == "__main__":
    main()

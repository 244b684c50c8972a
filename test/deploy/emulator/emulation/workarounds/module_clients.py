"""ES modules find the SDK clients that Lambda's runtime brings along.

NODE_PATH, which leads `require` to them, is not read for `import`. That one
looks in the folders above the function's code, so the clients are linked into
the emulator's scratch folder, in which all functions are unpacked. Only they:
whatever else a function imports, it has to bring itself.
"""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path
from typing import Any

from .workaround import Workaround

# What CDK's NodejsFunction leaves out of a bundle, because the runtime has it.
_SCOPES = ("@aws-sdk", "@smithy")


def _link_clients() -> None:
    folder = Path(tempfile.gettempdir()) / "node_modules"
    folder.mkdir(exist_ok=True)
    for scope in _SCOPES:
        sources = (Path(path) / scope for path in os.environ["NODE_PATH"].split(os.pathsep))
        source = next((source for source in sources if source.is_dir()), None)
        link = folder / scope
        if source and not link.is_symlink():
            link.symlink_to(source.resolve())


def _apply() -> None:
    from ministack.core import lambda_runtime

    initialize = lambda_runtime.Worker.__init__
    turn = threading.Lock()

    def with_clients(self: Any, *arguments: Any, **named: Any) -> None:
        # Not before: a launcher that only lists what it has got no scratch folder.
        if "NODE_PATH" in os.environ:
            with turn:
                _link_clients()
        initialize(self, *arguments, **named)

    lambda_runtime.Worker.__init__ = with_clients


WORKAROUND = Workaround(
    "module-clients",
    "functions that are ES modules do not find the @aws-sdk clients of Lambda's runtime",
    _apply,
    ("AWS::Lambda::Function",),
)

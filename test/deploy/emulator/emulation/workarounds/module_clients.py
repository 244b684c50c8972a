"""Functions find the SDK clients that Lambda's runtime brings along, and nothing else.

NODE_PATH is not read for `import`, and leads `require` also to what a function
forgot to bring. Both look in the folders above the function's code, so the
clients are linked into the emulator's scratch folder, in which all functions
are unpacked.
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


def _link_clients(node_path: str) -> None:
    folder = Path(tempfile.gettempdir()) / "node_modules"
    folder.mkdir(exist_ok=True)
    for scope in _SCOPES:
        sources = (Path(path) / scope for path in node_path.split(os.pathsep))
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
        with turn:
            node_path = os.environ.pop("NODE_PATH", None)
            if node_path:
                _link_clients(node_path)
        initialize(self, *arguments, **named)

    lambda_runtime.Worker.__init__ = with_clients


WORKAROUND = Workaround(
    "module-clients",
    "functions that are ES modules do not find the @aws-sdk clients of Lambda's runtime, and "
    "others find every package of this project",
    _apply,
    ("AWS::Lambda::Function",),
)

"""Functions that look for their layers in /opt, where the emulator puts none.

The CDK's BucketDeployment calls `/opt/awscli/aws`. This process must not write
to /opt of the machine, so the layers are unpacked in its scratch folder and
the function's source is pointed there.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from .workaround import Workaround

_OPT = b"/opt/"
# The interpreter that scripts of a layer name: Lambda's own.
_LAMBDA_PYTHON = b"#!/var/lang/bin/python"
_SOURCES = (".py", ".js", ".mjs", ".cjs", ".sh")


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    """Unpack with the permissions of the archive, which `extractall` leaves out."""
    for member in archive.infolist():
        path = Path(archive.extract(member, folder))
        mode = member.external_attr >> 16
        if mode and path.is_file():
            path.chmod(mode & 0o777)
            content = path.read_bytes() if os.access(path, os.X_OK) else b""
            if content.startswith(_LAMBDA_PYTHON):
                interpreter = f"#!{sys.executable}".encode()
                path.write_bytes(interpreter + content[len(_LAMBDA_PYTHON) :])


def opt_folder(layers: list[bytes]) -> Path:
    """The folder that stands in for /opt, unpacked once per set of layers."""
    digest = hashlib.sha256(b"".join(hashlib.sha256(layer).digest() for layer in layers))
    folder = Path(tempfile.gettempdir()) / f"opt-{digest.hexdigest()[:16]}"
    if not folder.exists():
        unfinished = Path(tempfile.mkdtemp(dir=tempfile.gettempdir()))
        for layer in layers:
            with zipfile.ZipFile(io.BytesIO(layer)) as archive:
                _unpack(archive, unfinished)
        try:
            unfinished.rename(folder)
        except OSError:
            # Another function with the same layers was faster.
            return folder
    return folder


def _names_opt(code: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        return any(
            _OPT in archive.read(name) for name in archive.namelist() if name.endswith(_SOURCES)
        )


def _with_folder(code: bytes, folder: Path) -> bytes:
    """The function's archive with each /opt/ of its sources replaced."""
    replaced = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(code)) as source,
        zipfile.ZipFile(replaced, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            content = source.read(member)
            if member.filename.endswith(_SOURCES):
                content = content.replace(_OPT, f"{folder}/".encode())
            target.writestr(member, content)
    return replaced.getvalue()


def layers_of(configuration: dict[str, Any]) -> list[bytes]:
    """The archives of a function's layers."""
    from ministack.services.lambda_svc import _resolve_layer_zip

    resolved = (_resolve_layer_zip(layer) for layer in configuration.get("Layers") or [])
    return [layer for layer in resolved if layer]


def _apply() -> None:
    from ministack.core import lambda_runtime

    initialize = lambda_runtime.Worker.__init__

    def with_layers(self: Any, name: str, configuration: dict[str, Any], code: bytes) -> None:
        if configuration.get("Layers") and code and _names_opt(code):
            layers = layers_of(configuration)
            if layers:
                code = _with_folder(code, opt_folder(layers))
        initialize(self, name, configuration, code)

    lambda_runtime.Worker.__init__ = with_layers


WORKAROUND = Workaround(
    "layer-paths",
    "functions do not find the files of their layers under /opt (BucketDeployment fails)",
    _apply,
    ("AWS::Lambda::Function", "Custom::*"),
)

"""The programs that the CDK's function for EKS runs, with a place to leave its files.

The real kubectl and helm of the layers need an API server, which is nowhere.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from ..kubernetes import tools
from . import layer_paths
from .workaround import Workaround

_KUBECTL = "kubectl/kubectl"
_PROGRAMS = (_KUBECTL, "helm/helm", "awscli/aws")


def _have_kubectl(layers: list[bytes]) -> bool:
    return any(_KUBECTL in zipfile.ZipFile(io.BytesIO(layer)).namelist() for layer in layers)


def _programs_folder() -> Path:
    """The folder that stands in for /opt of functions with kubectl."""
    folder = Path(tempfile.gettempdir(), "cluster-programs")
    source = Path(tools.__file__).with_name("program.py").read_text(encoding="utf-8")
    for program in _PROGRAMS:
        path = folder / program
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(f"#!{sys.executable}\n{source}", encoding="utf-8")
        unfinished.chmod(0o755)
        unfinished.rename(path)
    return folder


def _apply() -> None:
    from ministack.core import lambda_runtime

    unpack, initialize = layer_paths.opt_folder, lambda_runtime.Worker.__init__

    def unpacked(layers: list[bytes]) -> Path:
        return _programs_folder() if _have_kubectl(layers) else unpack(layers)

    def with_files(
        self: Any, name: str, configuration: dict[str, Any], *rest: Any, **named: Any
    ) -> None:
        if configuration.get("Layers") and _have_kubectl(layer_paths.layers_of(configuration)):
            own = (configuration.get("Environment") or {}).get("Variables") or {}
            variables = {
                # All functions share the machine's /tmp, which the CDK's function writes to.
                "TEST_OUTDIR": tempfile.mkdtemp(prefix="cluster-files-"),
                "EMULATED_ROLE_ARN": configuration.get("Role", ""),
                **own,
            }
            # Nobody looks into their hundreds of MB.
            changed = {"Environment": {"Variables": variables}, "Layers": []}
            configuration = {**configuration, **changed}
        initialize(self, name, configuration, *rest, **named)

    layer_paths.opt_folder = unpacked
    lambda_runtime.Worker.__init__ = with_files


WORKAROUND = Workaround(
    "cluster-programs",
    "an EKS cluster has no API server: kubectl and helm of functions reach nobody",
    _apply,
    ("AWS::EKS::Cluster", "Custom::*"),
)

"""Stands in for the programs that the CDK's function for EKS finds in its layers.

`aws eks update-kubeconfig` asks EKS for the cluster, as the real one does. kubectl and helm
hand their arguments and files to the emulator, which keeps the cluster's objects.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

_FILES = ("-f", "--values")


def _ask(path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    scope = (
        f"{os.environ['AWS_ACCESS_KEY_ID']}/20260101/{os.environ['AWS_REGION']}/eks/aws4_request"
    )
    request = urllib.request.Request(
        f"{os.environ['AWS_ENDPOINT_URL']}{path}",
        json.dumps(body).encode() if body else None,
        {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"},
    )
    with urllib.request.urlopen(request) as answer:
        return dict(json.loads(answer.read()))


def _after(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def _update_kubeconfig(arguments: list[str]) -> None:
    if arguments[:2] != ["eks", "update-kubeconfig"]:
        sys.exit(f"the emulator's aws does not know: {' '.join(arguments)}")
    name = _after(arguments, "--name")
    try:
        cluster = _ask(f"/clusters/{name}")["cluster"]
    except urllib.error.HTTPError as error:
        code = error.headers.get("x-amzn-errortype") or json.loads(error.read()).get("__type", "")
        sys.exit(f"An error occurred ({code}) when calling the DescribeCluster operation: {name}")
    if cluster["status"] != "ACTIVE":
        sys.exit(f"Cluster status is {cluster['status']}")
    Path(_after(arguments, "--kubeconfig")).write_text(
        json.dumps({"current-context": cluster["arn"]}), encoding="utf-8"
    )


def main() -> None:
    """Be the program whose name this was called by."""
    program, arguments = Path(sys.argv[0]).name, sys.argv[1:]
    if program == "aws":
        _update_kubeconfig(arguments)
        return
    context = json.loads(Path(_after(arguments, "--kubeconfig")).read_text(encoding="utf-8"))
    paths = [path for name, path in itertools.pairwise(arguments) if name in _FILES]
    answer = _ask(
        "/_emulator/cluster-program",
        {
            "program": program,
            "cluster": context["current-context"],
            "role": os.environ["EMULATED_ROLE_ARN"],
            "arguments": arguments,
            "files": {path: Path(path).read_text(encoding="utf-8") for path in paths},
        },
    )
    print(answer["output"], end="")
    sys.exit(answer["code"])


if __name__ == "__main__":
    main()

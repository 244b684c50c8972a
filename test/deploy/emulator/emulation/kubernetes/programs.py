"""What kubectl and helm do with a cluster, as far as the CDK's function asks for it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ..service_call import ServiceError
from . import load_balancers
from .cluster import CONTROLLER_CHART, Cluster, Object, Refused, plain
from .clusters import cluster_at, may_administer

_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]")


class Failed(Exception):
    """The end of a program that prints why."""


def _options(arguments: list[str], switches: frozenset[str]) -> tuple[list[str], dict[str, str]]:
    """The arguments without a name, and those with one."""
    plain_ones: list[str] = []
    named: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        name, is_set, value = argument.partition("=")
        if not argument.startswith("-"):
            plain_ones.append(argument)
        elif is_set or argument in switches:
            named[name] = value
        else:
            named[name] = next(rest, "")
    return plain_ones, named


def _documents(text: str) -> list[Object]:
    """JSON objects that follow each other without anything between."""
    decoder = json.JSONDecoder()
    found: list[Object] = []
    position = 0
    while position < len(text):
        document, position = decoder.raw_decode(text, position)
        found.append(document)
    return found


def _each(act: Callable[[Object], str], documents: list[Object]) -> list[str]:
    """Do it with each object, and go on after a refusal as kubectl does."""
    printed: list[str] = []
    refused: list[str] = []
    for document in documents:
        try:
            printed.append(act(document))
        except (Refused, ServiceError, load_balancers.Held) as error:
            refused.append(str(error))
    if refused:
        raise Failed("\n".join([*printed, *refused]))
    return printed


def _at(found: Any, path: str) -> str:
    for name, number in _STEP.findall(path):
        try:
            found = found[int(number)] if number else found[name]
        except (KeyError, IndexError, TypeError):
            return ""
    return found if isinstance(found, str) else json.dumps(found)


def _merged(before: Any, patch: Any) -> Any:
    if not isinstance(before, dict) or not isinstance(patch, dict):
        return patch
    merged = {**before}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged


def kubectl(cluster: Cluster, arguments: list[str], files: dict[str, str]) -> str:
    """Run kubectl; what it prints."""
    (verb, *rest), named = _options(arguments, frozenset({"--prune", "--save-config"}))
    documents = _documents(files.get(named.get("-f", ""), ""))
    if verb == "create":
        return "\n".join(_each(cluster.create, documents))
    if verb == "apply":
        printed = _each(cluster.apply, documents)
        if "--prune" in named:
            printed += cluster.prune(named["-l"], documents)
        return "\n".join(printed)
    if verb == "delete":
        return "\n".join(_each(cluster.delete, documents))
    target = [part for word in rest for part in word.split("/")]
    if verb in ("get", "patch") and len(target) == 2:
        found = cluster.find(target[0], named.get("-n", "default"), target[1])
        if verb == "get":
            path = named["-o"].removeprefix("jsonpath=")
            return re.sub(r"\{(.*?)\}", lambda step: _at(found, step.group(1)), path)
        return cluster.apply(_merged(found, json.loads(named["-p"])))
    raise Failed(f"error: the emulator's kubectl does not know: {' '.join(arguments)}")


def helm(cluster: Cluster, arguments: list[str], files: dict[str, str]) -> str:
    """Run helm: releases are kept, their charts are not rendered."""
    switches = frozenset({"--atomic", "--create-namespace", "--install", "--skip-crds", "--wait"})
    (verb, release, *chart), named = _options(arguments, switches)
    namespace = named.get("--namespace", "default")
    key = (namespace, release)
    if verb == "uninstall":
        if key not in cluster.releases:
            raise Failed(f"Error: uninstall: release not loaded: {release}: release: not found")
        gone = cluster.releases.pop(key)
        cluster.note_release("uninstalled", key)
        if CONTROLLER_CHART in gone["chart"]:
            cluster.objects.pop(("IngressClass.networking.k8s.io/v1", "", "alb"), None)
        return f'release "{release}" uninstalled'
    if verb != "upgrade" or not chart:
        raise Failed(f"Error: the emulator's helm does not know: {' '.join(arguments)}")
    home: Object = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    if cluster.key_of(home) not in cluster.objects:
        if "--create-namespace" not in named:
            raise Failed(f'Error: namespaces "{namespace}" not found')
        cluster.create(home)
    values = json.loads(files.get(named.get("--values", ""), "{}"))
    cluster.releases[key] = {
        "name": release,
        "namespace": namespace,
        "chart": chart[0],
        "repository": named.get("--repo"),
        "version": named.get("--version"),
        "values": values,
    }
    cluster.note_release("installed", key)
    if CONTROLLER_CHART in chart[0] and values.get("createIngressClassResource", True):
        cluster.apply(
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "IngressClass",
                "metadata": {"name": values.get("ingressClass", "alb")},
                "spec": {"controller": "ingress.k8s.aws/alb"},
            }
        )
    load_balancers.follow(cluster)
    return f"Release {plain(*key)} has been upgraded."


_PROGRAMS = {"kubectl": kubectl, "helm": helm}


def run_program(
    program: str, cluster: str, role: str, arguments: list[str], files: dict[str, str]
) -> dict[str, Any]:
    """Run one of the programs for a role; its exit code and what it prints.

    `cluster` is the ARN in the kubeconfig.
    """
    from ministack.core.responses import request_scope

    found = cluster_at(cluster)
    if found is None:
        return {"code": 1, "output": f"Unable to connect to the server: no such host: {cluster}"}
    account, region = cluster.split(":")[4], cluster.split(":")[3]
    with request_scope(account, region):
        if not may_administer(found, role):
            return {
                "code": 1,
                "output": "error: You must be logged in to the server (Unauthorized)",
            }
        try:
            return {"code": 0, "output": _PROGRAMS[program](found, arguments, files)}
        except (Failed, Refused, ServiceError, load_balancers.Held) as error:
            return {"code": 1, "output": str(error)}

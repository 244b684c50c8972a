"""The objects of one cluster, and what its API server refuses."""

from __future__ import annotations

import copy
import itertools
from typing import Any

from . import load_balancers
from .kinds import AUTO_MODE, BUILT_IN, LOAD_BALANCER_CONTROLLER, Kind

Object = dict[str, Any]
Key = tuple[str, str, str]

CONTROLLER_CHART = "aws-load-balancer-controller"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_OWN_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


class Refused(Exception):
    """An error that an API server answers, or that keeps a program from asking it."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"Error from server ({reason}): {message}")


def plain(namespace: str, name: str) -> str:
    """A name as people write it."""
    return f"{namespace}/{name}" if namespace else name


class Cluster:
    """A cluster of a name, from its creation to its deletion."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.record = record
        self.objects: dict[Key, Object] = {}
        self.releases: dict[tuple[str, str], dict[str, Any]] = {}
        self.history: list[dict[str, Any]] = []
        self.balancers: dict[Key, dict[str, Any]] = {}
        self._versions = itertools.count(1)
        for name in _OWN_NAMESPACES:
            self._keep({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    @property
    def auto_mode(self) -> bool:
        """Whether EKS runs the nodes and the controllers itself."""
        return bool((self.record.get("computeConfig") or {}).get("enabled"))

    @property
    def has_controller(self) -> bool:
        """Whether somebody installed the load balancer controller."""
        return any(CONTROLLER_CHART in release["chart"] for release in self.releases.values())

    def kinds(self) -> tuple[Kind, ...]:
        """What it knows at the moment."""
        return (
            *BUILT_IN,
            *(AUTO_MODE if self.auto_mode else ()),
            *(LOAD_BALANCER_CONTROLLER if self.has_controller else ()),
        )

    def key_of(self, wanted: Object) -> Key:
        """Where an object belongs; an unknown kind and a missing name are refused."""
        api_version, kind = wanted.get("apiVersion", ""), wanted.get("kind", "")
        name = (wanted.get("metadata") or {}).get("name", "")
        known = [found for found in self.kinds() if found.name == kind]
        if not any(found.api_version == api_version for found in known):
            raise Refused("NotFound", f'no matches for kind "{kind}" in version "{api_version}"')
        if not name:
            raise Refused("Invalid", f"{kind}: metadata.name: Required value: name is required")
        (found,) = (found for found in known if found.api_version == api_version)
        namespace = wanted["metadata"].get("namespace", "default") if found.namespaced else ""
        return f"{kind}.{api_version}", namespace, name

    def find(self, kind: str, namespace: str, name: str) -> Object:
        """An object by its kind, in any writing that kubectl takes."""
        for (typed, of_namespace, of_name), found in self.objects.items():
            singular = typed.partition(".")[0].lower()
            names = {singular, f"{singular}s", f"{singular}es"}
            if kind.lower() in names and of_name == name and of_namespace in ("", namespace):
                return found
        raise Refused("NotFound", f'{kind.lower()} "{name}" not found')

    def _note(self, act: str, key: Key, **more: str) -> None:
        kind = key[0].partition(".")[0]
        self.history.append({"act": act, "kind": kind, "namespace": key[1], "name": key[2], **more})

    def note_release(self, act: str, key: tuple[str, str]) -> None:
        """Remember what helm did, among what kubectl did."""
        self._note(act, ("Release.", *key))

    def _keep(self, wanted: Object) -> Key:
        key = self.key_of(wanted)
        before = self.objects.get(key)
        kept = copy.deepcopy(wanted)
        kept["metadata"]["resourceVersion"] = str(next(self._versions))
        if before and before.get("status"):
            kept["status"] = before["status"]
        self.objects[key] = kept
        return key

    def _require_namespace(self, key: Key) -> None:
        if key[1] and ("Namespace.v1", "", key[1]) not in self.objects:
            raise Refused("NotFound", f'namespaces "{key[1]}" not found')

    def create(self, wanted: Object) -> str:
        """Make an object that is not there yet."""
        key = self.key_of(wanted)
        self._require_namespace(key)
        if key in self.objects:
            raise Refused("AlreadyExists", f'{key[0]} "{key[2]}" already exists')
        self._keep(wanted)
        self._note("created", key, **self._identity(wanted))
        load_balancers.follow(self)
        return f"{plain(*key[1:])} created"

    def _identity(self, wanted: Object) -> dict[str, str]:
        """The role of a deployment's first pods, for which a later association is too late."""
        from ministack.services import eks

        if wanted["kind"] != "Deployment":
            return {}
        template = wanted["spec"].get("template") or {}
        account = (template.get("spec") or {}).get("serviceAccountName", "default")
        owner = (wanted["metadata"].get("namespace", "default"), account)
        prefix = f"{self.record['name']}\x00"
        roles = (
            association["roleArn"]
            for key, association in eks._pod_identity_associations.items()
            if key.startswith(prefix)
            and (association["namespace"], association["serviceAccount"]) == owner
        )
        return {"role": next(roles, "")}

    def apply(self, wanted: Object) -> str:
        """Make an object, or make the one that is there like it."""
        key = self.key_of(wanted)
        before = self.objects.get(key)
        if before is None:
            return self.create(wanted)
        if wanted["kind"] == "Deployment" and (
            before["spec"]["selector"] != wanted["spec"]["selector"]
        ):
            raise Refused("Invalid", f'Deployment "{key[2]}": spec.selector: field is immutable')
        if self._without_own(before) == self._without_own(wanted):
            return f"{plain(*key[1:])} unchanged"
        self._keep(wanted)
        self._note("configured", key)
        load_balancers.follow(self)
        return f"{plain(*key[1:])} configured"

    @staticmethod
    def _without_own(found: Object) -> Object:
        metadata = {**found["metadata"]}
        metadata.pop("resourceVersion", None)
        return {**found, "metadata": metadata, "status": None}

    def prune(self, label: str, kept: list[Object]) -> list[str]:
        """Delete what bears a label and is not among the objects that were applied."""
        name, _, value = label.partition("=")
        stay = {self.key_of(wanted) for wanted in kept}
        gone = [
            found
            for key, found in list(self.objects.items())
            if (found["metadata"].get("labels") or {}).get(name) == value and key not in stay
        ]
        return [self.delete(found) for found in gone]

    def delete(self, wanted: Object) -> str:
        """Delete an object, and with a namespace all that is in it."""
        key = self.key_of(wanted)
        if key not in self.objects:
            raise Refused("NotFound", f'{key[0]} "{key[2]}" not found')
        if key[0] == "Namespace.v1":
            inside = [found for other, found in self.objects.items() if other[1] == key[2]]
            for found in inside:
                self.delete(found)
        if key[0].startswith("Ingress."):
            load_balancers.let_go(self, self.objects[key])
        del self.objects[key]
        self._note("deleted", key)
        return f"{plain(*key[1:])} deleted"

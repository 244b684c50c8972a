"""The kinds of objects that a cluster knows, and which of them live in namespaces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of a version of an API group."""

    api_version: str
    name: str
    namespaced: bool = True


def _kinds(api_version: str, *names: str, namespaced: bool = True) -> tuple[Kind, ...]:
    return tuple(Kind(api_version, name, namespaced) for name in names)


BUILT_IN = (
    *_kinds("v1", "Namespace", "Node", "PersistentVolume", namespaced=False),
    *_kinds(
        "v1",
        "ConfigMap",
        "Endpoints",
        "LimitRange",
        "PersistentVolumeClaim",
        "Pod",
        "ResourceQuota",
        "Secret",
        "Service",
        "ServiceAccount",
    ),
    *_kinds("apps/v1", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"),
    *_kinds("autoscaling/v2", "HorizontalPodAutoscaler"),
    *_kinds("batch/v1", "CronJob", "Job"),
    *_kinds("networking.k8s.io/v1", "Ingress", "NetworkPolicy"),
    *_kinds("networking.k8s.io/v1", "IngressClass", namespaced=False),
    *_kinds("policy/v1", "PodDisruptionBudget"),
    *_kinds("rbac.authorization.k8s.io/v1", "Role", "RoleBinding"),
    *_kinds("rbac.authorization.k8s.io/v1", "ClusterRole", "ClusterRoleBinding", namespaced=False),
    *_kinds("scheduling.k8s.io/v1", "PriorityClass", namespaced=False),
    *_kinds("storage.k8s.io/v1", "StorageClass", namespaced=False),
    *_kinds("apiextensions.k8s.io/v1", "CustomResourceDefinition", namespaced=False),
    *_kinds(
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        namespaced=False,
    ),
)

AUTO_MODE = (
    *_kinds("eks.amazonaws.com/v1", "IngressClassParams", "NodeClass", namespaced=False),
    *_kinds("eks.amazonaws.com/v1", "TargetGroupBinding"),
    *_kinds("karpenter.sh/v1", "NodeClaim", "NodePool", namespaced=False),
)

LOAD_BALANCER_CONTROLLER = (
    *_kinds("elbv2.k8s.aws/v1beta1", "IngressClassParams", namespaced=False),
    *_kinds("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"),
)

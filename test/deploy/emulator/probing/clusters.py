"""Probes of EKS clusters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .emulator import REGION, ROLE, Emulator, Probe, Resources, Stack, archive

_KUBECTL = """
import json, os, subprocess
os.environ["PATH"] = "/opt/kubectl:/opt/awscli:" + os.environ["PATH"]
def handler(event, context):
    folder = os.environ.get("TEST_OUTDIR", "/nowhere")
    config = ["--kubeconfig", os.path.join(folder, "config")]
    subprocess.check_call(["aws", "eks", "update-kubeconfig", "--name", event["name"], *config])
    manifest = os.path.join(folder, "probe.json")
    with open(manifest, "w") as file:
        file.writelines(json.dumps(each) for each in event["objects"])
    files = ["-f", manifest] if event["objects"] else []
    done = subprocess.run(["kubectl", *event["arguments"], *config, *files], stdout=subprocess.PIPE)
    return {"code": done.returncode, "output": done.stdout.decode()}
"""
_SUBNETS = (("First", "10.0.0.0/24", "a"), ("Second", "10.0.1.0/24", "b"))
_ALB = "eks.amazonaws.com/alb"


def _object(kind: str, name: str, api_version: str = "v1", **content: Any) -> Resources:
    namespace = {} if kind.startswith("IngressClass") else {"namespace": "default"}
    metadata = {"name": name, **namespace}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}


def _role(service: str) -> Resources:
    role: Resources = json.loads(json.dumps(ROLE))
    statement = role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    statement["Principal"]["Service"] = service
    return role


def _cluster(**properties: Any) -> Resources:
    return {
        "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        **{
            name: {
                "Type": "AWS::EC2::Subnet",
                "Properties": {
                    "VpcId": {"Ref": "Network"},
                    "CidrBlock": cidr,
                    "AvailabilityZone": f"{REGION}{zone}",
                },
            }
            for name, cidr, zone in _SUBNETS
        },
        "Role": _role("eks.amazonaws.com"),
        "Cluster": {
            "Type": "AWS::EKS::Cluster",
            "Properties": {
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "ResourcesVpcConfig": {
                    "SubnetIds": [{"Ref": name} for name, _cidr, _zone in _SUBNETS]
                },
                **properties,
            },
        },
    }


def _cluster_details(emulator: Emulator) -> bool:
    outputs = {"Cluster": {"Ref": "Cluster"}, "Network": {"Ref": "Network"}}
    policy = {"UpgradePolicy": {"SupportType": "STANDARD"}, "DeletionProtection": True}
    stack = emulator.create(_cluster(**policy), outputs)
    clusters = emulator.client("eks")
    found = clusters.describe_cluster(name=stack.outputs["Cluster"])["cluster"]
    network = found["resourcesVpcConfig"]
    if (
        found.get("upgradePolicy") != {"supportType": "STANDARD"}
        or network["vpcId"] != stack.outputs["Network"]
        or emulator.delete(stack).status != "DELETE_FAILED"
    ):
        return True
    groups = emulator.client("ec2").describe_security_groups(
        GroupIds=[network["clusterSecurityGroupId"]]
    )
    return not groups["SecurityGroups"]


def _cluster_with_user(emulator: Emulator) -> Stack:
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    entry = {
        "ClusterName": {"Ref": "Cluster"},
        "PrincipalArn": {"Fn::GetAtt": ["User", "Arn"]},
        "AccessPolicies": [{"AccessScope": {"Type": "cluster"}, "PolicyArn": policy}],
    }
    return emulator.create(
        {
            **_cluster(ComputeConfig={"Enabled": True}),
            "User": ROLE,
            "Entry": {"Type": "AWS::EKS::AccessEntry", "Properties": entry},
        },
        {
            "Cluster": {"Ref": "Cluster"},
            "User": {"Fn::GetAtt": ["User", "Arn"]},
            **{name: {"Ref": name} for name, _cidr, _zone in _SUBNETS},
        },
    )


def _kubectl_of(emulator: Emulator, stack: Stack) -> Callable[..., tuple[int, str]]:
    """kubectl in a function with layers, as the CDK's function has them."""
    functions = emulator.client("lambda")
    programs = {"kubectl/kubectl": "", "awscli/aws": ""}
    layer = functions.publish_layer_version(
        LayerName="cluster-programs-probe", Content={"ZipFile": archive(**programs)}
    )
    functions.create_function(
        FunctionName="cluster-programs-probe",
        Runtime="python3.13",
        Role=stack.outputs["User"],
        Handler="index.handler",
        Code={"ZipFile": archive(**{"index.py": _KUBECTL})},
        Layers=[layer["LayerVersionArn"]],
    )

    def kubectl(*arguments: str, objects: tuple[Resources, ...] = ()) -> tuple[int, str]:
        event = {"name": stack.outputs["Cluster"], "arguments": arguments, "objects": objects}
        answer = functions.invoke(FunctionName="cluster-programs-probe", Payload=json.dumps(event))
        found = json.loads(answer["Payload"].read())
        return found.get("code", 1), found.get("output", "")

    return kubectl


def _cluster_programs(emulator: Emulator) -> bool:
    stack = _cluster_with_user(emulator)
    kubectl = _kubectl_of(emulator, stack)
    if kubectl("get", "namespace", "default", "-o=jsonpath={.metadata.name}") != (0, "default"):
        return True
    service = _object("Service", "probe")
    nowhere = {**service, "metadata": {"name": "probe", "namespace": "nowhere"}}
    unknown = _object("IngressClassParams", "alb", "elbv2.k8s.aws/v1beta1")
    refusals = (
        (kubectl("create", objects=(service,))[0], 0),
        (kubectl("create", objects=(service,))[0], 1),
        (kubectl("apply", objects=(service,))[0], 0),
        (kubectl("apply", objects=(nowhere,))[0], 1),
        (kubectl("apply", objects=(unknown,))[0], 1),
    )
    return any(code != wanted for code, wanted in refusals) or _ingress(emulator, stack, kubectl)


def _ingress(emulator: Emulator, stack: Stack, kubectl: Callable[..., tuple[int, str]]) -> bool:
    """Whether an ingress lacks a load balancer, or loses it in the wrong order."""
    subnets = {"ids": [stack.outputs[name] for name, _cidr, _zone in _SUBNETS]}
    parameters = _object(
        "IngressClassParams", "probe", "eks.amazonaws.com/v1", spec={"subnets": subnets}
    )
    spec = {"controller": _ALB, "parameters": {"kind": "IngressClassParams", "name": "probe"}}
    class_of_it = _object("IngressClass", "probe", "networking.k8s.io/v1", spec=spec)
    backend = {"service": {"name": "probe", "port": {"number": 80}}}
    rules = [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]
    wanted = {"ingressClassName": "probe", "rules": rules}
    ingress = _object("Ingress", "probe", "networking.k8s.io/v1", spec=wanted)
    balancers = emulator.client("elbv2")

    def made() -> set[str]:
        return {
            found["DNSName"]
            for found in balancers.describe_load_balancers()["LoadBalancers"]
            if found["LoadBalancerName"].startswith("k8s-default-probe-")
        }

    kubectl("create", objects=(parameters, class_of_it, ingress))
    address = "-o=jsonpath={.status.loadBalancer.ingress[0].hostname}"
    if made() != {kubectl("get", "ingress", "probe", address)[1]}:
        return True
    kubectl("delete", objects=(class_of_it,))
    held = kubectl("delete", objects=(ingress,))[0] == 1 and len(made()) == 1
    kubectl("apply", objects=(class_of_it,))
    return not held or kubectl("delete", objects=(ingress,))[0] != 0 or made() != set()


PROBES: dict[str, Probe] = {
    "cluster-details": _cluster_details,
    "cluster-programs": _cluster_programs,
}

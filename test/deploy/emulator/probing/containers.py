"""Probes of tasks, services and what builds their images."""

from __future__ import annotations

import time
from typing import Any

from .emulator import ROLE, Emulator, Probe, Resources, refused

_PATIENCE_SECONDS = 5
_EXIT_CODE = 3


def _definition(**properties: Any) -> Resources:
    return {
        "Type": "AWS::ECS::TaskDefinition",
        "Properties": {
            "RequiresCompatibilities": ["FARGATE"],
            "NetworkMode": "awsvpc",
            "Cpu": "256",
            "Memory": "512",
            "ContainerDefinitions": [{"Name": "probe", "Image": "probe"}],
            **properties,
        },
    }


def _service(**properties: Any) -> Resources:
    return {
        "Cluster": {"Type": "AWS::ECS::Cluster"},
        "Definition": _definition(),
        "Service": {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "Cluster": {"Ref": "Cluster"},
                "TaskDefinition": {"Ref": "Definition"},
                "DesiredCount": 1,
                "LaunchType": "FARGATE",
                **properties,
            },
        },
    }


_OF_SERVICE = {"Cluster": {"Ref": "Cluster"}, "Service": {"Ref": "Service"}}


def _task_definition_details(emulator: Emulator) -> bool:
    platform = {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"}
    secret = {"Name": "PASSWORD", "ValueFrom": "arn:aws:ssm:us-east-1:000000000000:parameter/probe"}
    stack = emulator.create(
        {
            "Definition": _definition(
                RuntimePlatform=platform,
                ContainerDefinitions=[{"Name": "probe", "Image": "probe", "Secrets": [secret]}],
            )
        },
        {"Definition": {"Ref": "Definition"}},
    )
    client = emulator.client("ecs")
    answer = client.describe_task_definition(taskDefinition=stack.outputs["Definition"])
    definition = answer["taskDefinition"]
    is_kept = (
        definition.get("runtimePlatform", {}).get("cpuArchitecture") == "ARM64"
        and definition["containerDefinitions"][0]["secrets"][0].get("name") == "PASSWORD"
    )
    return not is_kept or emulator.create({"Definition": _definition(Memory="513")}).created


def _service_details(emulator: Emulator) -> bool:
    controller = {"Type": "CODE_DEPLOY"}
    stack = emulator.create(
        _service(DeploymentController=controller, HealthCheckGracePeriodSeconds=60), _OF_SERVICE
    )
    client = emulator.client("ecs")
    names = {"cluster": stack.outputs["Cluster"], "service": stack.outputs["Service"]}
    answer = client.describe_services(cluster=names["cluster"], services=[names["service"]])
    service = answer["services"][0]
    is_kept = (
        service["deploymentController"]["type"] == "CODE_DEPLOY"
        and service["healthCheckGracePeriodSeconds"] == 60
    )
    definition = service["taskDefinition"]
    return not is_kept or not refused(client.update_service, taskDefinition=definition, **names)


def _container_tasks(emulator: Emulator) -> bool:
    client = emulator.client("ecs")
    client.create_cluster(clusterName="probe")
    command = ["node", "-e", f"process.exit({_EXIT_CODE})"]
    registered = client.register_task_definition(
        family="probe",
        containerDefinitions=[{"name": "probe", "image": "probe", "command": command}],
    )
    started = client.run_task(
        cluster="probe", taskDefinition=registered["taskDefinition"]["taskDefinitionArn"]
    )
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        answer = client.describe_tasks(cluster="probe", tasks=[started["tasks"][0]["taskArn"]])
        task = answer["tasks"][0]
        if task["lastStatus"] == "STOPPED":
            return bool(task["containers"][0].get("exitCode") != _EXIT_CODE)
        time.sleep(0.1)
    return True


def _service_deployments(emulator: Emulator) -> bool:
    stack = emulator.create(_service(), _OF_SERVICE)
    answer = emulator.client("ecs").list_service_deployments(
        cluster=stack.outputs["Cluster"], service=stack.outputs["Service"]
    )
    return [one["status"] for one in answer["serviceDeployments"]] != ["SUCCESSFUL"]


def _build_project_details(emulator: Emulator) -> bool:
    stack = emulator.create(
        {
            "Role": ROLE,
            "Project": {
                "Type": "AWS::CodeBuild::Project",
                "Properties": {
                    "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Source": {"Type": "CODEPIPELINE"},
                    "Artifacts": {"Type": "CODEPIPELINE"},
                    "Environment": {
                        "Type": "ARM_CONTAINER",
                        "Image": "probe",
                        "ComputeType": "BUILD_GENERAL1_SMALL",
                    },
                    "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": "probe"}},
                },
            },
        },
        {"Project": {"Ref": "Project"}},
    )
    answer = emulator.client("codebuild").batch_get_projects(names=[stack.outputs["Project"]])
    return "logsConfig" not in answer["projects"][0]


def _code_deploy_api(emulator: Emulator) -> bool:
    return refused(emulator.client("codedeploy").list_deployments)


def _missing_images(emulator: Emulator) -> bool:
    client = emulator.client("ecr")
    client.create_repository(repositoryName="probe")
    image = {"imageTag": "never-pushed"}
    return not refused(client.describe_images, repositoryName="probe", imageIds=[image])


PROBES: dict[str, Probe] = {
    "build-project-details": _build_project_details,
    "code-deploy-api": _code_deploy_api,
    "container-tasks": _container_tasks,
    "missing-images": _missing_images,
    "service-deployments": _service_deployments,
    "service-details": _service_details,
    "task-definition-details": _task_definition_details,
}

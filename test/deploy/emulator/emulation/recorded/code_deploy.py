"""CodeDeploy: applications, configurations and groups.

Deployments read from here what a group is for.
"""

from __future__ import annotations

from .record import Recorded, name_from

HANDLERS = (
    Recorded(
        "AWS::CodeDeploy::Application",
        identify=name_from("ApplicationName"),
        required=frozenset(),
        create_only=frozenset({"ApplicationName", "ComputePlatform"}),
    ).handler(),
    Recorded(
        "AWS::CodeDeploy::DeploymentConfig",
        identify=name_from("DeploymentConfigName"),
        required=frozenset(),
        create_only=frozenset(
            {
                "ComputePlatform",
                "DeploymentConfigName",
                "MinimumHealthyHosts",
                "TrafficRoutingConfig",
                "ZonalConfig",
            }
        ),
    ).handler(),
    Recorded(
        "AWS::CodeDeploy::DeploymentGroup",
        identify=name_from("DeploymentGroupName"),
        required=frozenset({"ApplicationName", "ServiceRoleArn"}),
        create_only=frozenset({"ApplicationName", "DeploymentGroupName"}),
    ).handler(),
)

"""CodeDeploy for ECS: deployments of services whose deployment controller it is."""

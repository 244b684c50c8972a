import { Duration, Tokenization } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { HandlerCode } from '../building-blocks/handler-code';
import { logicalIdOf } from '../building-blocks/logical-id';
import { NodeFunction, type UnboundRight } from '../building-blocks/node-function';
import type { Profile } from '../profile';
import type { CodeDeployRelease } from './code-deploy-release';
import type { ContainerTask } from './container-task';
import { arnPattern, type Family } from './ecs-names';
import type { ReleasableService } from './releasable-service';
import type { ReleaseValidation } from './release-validation';
import type { ReleasedCluster } from './released-cluster';

/** What the functions of a release need to know. */
export interface ReleaseFunctionsProps {
  readonly cluster: ReleasedCluster;
  readonly service: ReleasableService;
  readonly task: ContainerTask;
  readonly family: Family;
  readonly containerName: string;
  readonly containerPort: number;
  readonly command: readonly string[];
  readonly repository: ecr.IRepository;
  readonly validation: ReleaseValidation;

  /** With CodeDeploy. */
  readonly codeDeploy?: CodeDeployRelease;
  readonly profile: Profile;
}

/** What starts a release. */
export function createStarter(scope: Construct, props: ReleaseFunctionsProps): NodeFunction {
  const { codeDeploy, family, repository, service, task, validation } = props;
  const starter = createFunction(
    scope,
    props,
    'StartFunction',
    'Starts a release',
    new HandlerCode('blue-green-service', 'start-release'),
    {
      CONTAINER_NAME: props.containerName,
      COMMAND: JSON.stringify(props.command),
      REPOSITORY_URI: repository.repositoryUri,
      ...(codeDeploy && {
        APPLICATION: codeDeploy.application.applicationName,
        DEPLOYMENT_GROUP: codeDeploy.deploymentGroup.deploymentGroupName,
        CONTAINER_PORT: Tokenization.stringifyNumber(props.containerPort),
        VALIDATION_FUNCTION: validation.function.functionArn,
        FAMILY: family.name,
      }),
    },
  );
  const { serviceArn } = service.service;
  starter.allow(['ecr:DescribeImages'], [repository.repositoryArn]);
  starter.allow(
    ['ecs:DescribeServices', 'ecs:ListServiceDeployments', ...(codeDeploy ? [] : ['ecs:UpdateService'])],
    [serviceArn],
  );
  const revisions = arnPattern(`task-definition/${family.pattern}:*`);
  const why = 'Each release registers a revision; the family is this service alone.';
  starter.allowMatching(['ecs:RegisterTaskDefinition'], revisions, why);
  starter.allowMatching(['ecs:TagResource'], revisions, why, {
    StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' },
  });
  letPass(starter, [task.executionRole, task.taskRole], 'ecs-tasks.amazonaws.com');
  if (codeDeploy) {
    starter.allow(
      ['codedeploy:CreateDeployment', 'codedeploy:GetDeployment', 'codedeploy:ListDeployments'],
      [codeDeploy.deploymentGroup.deploymentGroupArn],
    );
    starter.allow(
      ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'],
      [codeDeploy.application.applicationArn],
    );
    starter.allow(
      ['codedeploy:GetDeploymentConfig'],
      [codeDeploy.deploymentGroup.deploymentConfig.deploymentConfigArn],
    );
  } else {
    letPass(starter, service.passedRoles, 'ecs.amazonaws.com');
    allowDeployments(starter, props);
  }
  return starter;
}

/** What looks how a release goes. */
export function createWatcher(scope: Construct, props: ReleaseFunctionsProps): NodeFunction {
  const { codeDeploy, service } = props;
  const watcher = createFunction(
    scope,
    props,
    'LookFunction',
    'Looks how a release goes',
    new HandlerCode('blue-green-service', 'watch-release'),
  );
  if (codeDeploy) {
    watcher.allow(['codedeploy:GetDeployment'], [codeDeploy.deploymentGroup.deploymentGroupArn]);
  } else {
    watcher.allow(['ecs:DescribeServices', 'ecs:ListServiceDeployments'], [service.service.serviceArn]);
    allowDeployments(watcher, props);
  }
  return watcher;
}

function createFunction(
  scope: Construct,
  { cluster, codeDeploy, profile, service }: ReleaseFunctionsProps,
  id: string,
  description: string,
  code: HandlerCode,
  environment = {},
): NodeFunction {
  return new NodeFunction(scope, id, {
    description,
    code,
    memorySize: 256,
    timeout: Duration.minutes(2),
    environment: {
      CLUSTER: cluster.cluster.clusterArn,
      SERVICE: service.service.serviceArn,
      DEPLOYMENT: codeDeploy ? 'codeDeploy' : 'ecs',
      ...environment,
    },
    unboundRights: id === 'StartFunction' ? [READ_DEFINITIONS] : [],
    profile,
  });
}

function letPass(starter: NodeFunction, roles: readonly iam.IRole[], service: string): void {
  starter.allow(
    ['iam:PassRole'],
    roles.map(({ roleArn }) => roleArn),
    { StringEquals: { 'iam:PassedToService': service } },
  );
}

function allowDeployments(reader: NodeFunction, { cluster, service }: ReleaseFunctionsProps): void {
  reader.allow(
    ['ecs:DescribeServiceDeployments', 'ecs:DescribeServiceRevisions'],
    [service.service.serviceArn],
  );
  for (const [action, resource] of [
    ['ecs:DescribeServiceDeployments', 'service-deployment'],
    ['ecs:DescribeServiceRevisions', 'service-revision'],
  ] as const) {
    reader.allowMatching(
      [action],
      arnPattern(`${resource}/<${logicalIdOf(cluster.cluster)}>/*`),
      'Each release has one of its own; the cluster is its own.',
    );
  }
}

const READ_DEFINITIONS: UnboundRight = {
  actions: ['ecs:DescribeTaskDefinition', 'ecs:ListTaskDefinitions'],
  why: 'IAM binds the reading of task definitions to no resource.',
};

import { type CfnElement, Duration, Stack, Validations } from 'aws-cdk-lib';
import type * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Monitoring } from '../building-blocks/monitoring';
import type { Profile } from '../profile';
import { CodeDeployRelease } from './code-deploy-release';
import { ContainerTask, DEFAULT_CONTAINER_PORT } from './container-task';
import type { DeploymentOptions } from './deployment-options';
import { familyOf } from './ecs-names';
import { createRepository } from './image-repository';
import { ReleasableService } from './releasable-service';
import { ReleaseState } from './release-state';
import type { ReleaseActionProps, ReleaseTarget } from './release-target';
import { ReleaseValidation } from './release-validation';
import { ReleaseWorkflow } from './release-workflow';
import type { ReleasedCluster } from './released-cluster';
import type { ServiceFront } from './service-front';
import {
  addReleaseAlarm,
  addReleaseFailedAlarm,
  addServiceMonitoring,
  ServiceMetrics,
} from './service-monitoring';
import type { ContainerApplication, ServiceOptions } from './service-options';
import { ServiceGroups, ServiceRoutes } from './service-routes';
import { scale } from './service-scaling';
import { WorkflowReleaseAction } from './workflow-release-action';

/** Properties of ReleasedService. */
export interface ReleasedServiceProps extends ServiceOptions {
  /** The name that people read in alarms and graphs: letters, digits and hyphens. */
  readonly name: string;
  readonly application: ContainerApplication;
  readonly cluster: ReleasedCluster;
  readonly front: ServiceFront;
  readonly domainName?: string;
  readonly pathPatterns: readonly string[];
  readonly priority: number;
  readonly options: DeploymentOptions;
  readonly monitoring: Monitoring;
  readonly profile: Profile;
}

/** One service behind the load balancer, and all that a release of it needs. */
export class ReleasedService extends Construct implements ReleaseTarget {
  /** The service. */
  readonly service: ecs.IBaseService;

  /** Where its images are. */
  readonly repository: ecr.IRepository;

  /** What a release, too, copies: add containers, volumes and rights here. */
  readonly taskDefinition: ecs.FargateTaskDefinition;

  /** Who reaches its tasks, and whom they reach. */
  readonly connections: ec2.Connections;

  /** The workflow that releases an image: `{ "image": "<repository>:<tag>" }`. */
  readonly releaseWorkflow: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: ReleasedServiceProps) {
    super(scope, id);
    const {
      cluster,
      command = [],
      containerPort = DEFAULT_CONTAINER_PORT,
      front,
      monitoring,
      name,
      options,
      profile,
    } = props;
    const family = familyOf(this);
    const common = { cluster, containerName: 'app', containerPort, options, profile, front, family };
    this.repository = props.repository ?? createRepository(this, 'Images', profile);
    const groups = new ServiceGroups(this, 'Groups', {
      ...props,
      vpc: cluster.vpc,
      containerPort,
      healthCheckPath: props.healthCheckPath ?? '/healthz',
    });
    // The one is told of the other, and what they are must be said.
    const state: ReleaseState = new ReleaseState(this, 'ReleaseState', {
      ...common,
      cluster: cluster.cluster,
      command,
      blueTargetGroup: groups.blue,
      greenTargetGroup: groups.green,
      resources: () => ({
        service: cfn(this.service),
        productionRule: cfn(routes.productionRule),
        testRule: cfn(routes.testRule),
        taskDefinition: cfn(this.taskDefinition),
      }),
    });
    const routes: ServiceRoutes = new ServiceRoutes(this, 'Routes', { ...props, groups, state });
    const task = new ContainerTask(this, 'Task', {
      ...props,
      ...common,
      image: state.image,
      startCommand: state.command,
      imageRepository: this.repository,
    });
    this.taskDefinition = task.taskDefinition;
    const validation = new ReleaseValidation(this, 'Validation', {
      ...common,
      deployment: options.deployment ?? 'ecs',
      domainName: props.domainName,
      checks: props.validationChecks ?? [{ path: '/readyz' }],
      versionPath: props.versionPath ?? '/version',
      repository: this.repository,
    });
    const metrics = new ServiceMetrics(groups, front.loadBalancer);
    const alarms = [
      ...((options.rollbackOnErrors ?? true) ? [addReleaseAlarm(monitoring, name, metrics)] : []),
      ...(options.deploymentAlarms ?? []),
    ];
    const service = new ReleasableService(this, 'Fargate', {
      ...common,
      task,
      groups,
      routes,
      validation,
      alarmNames: alarms.map(({ alarmName }) => alarmName),
      healthCheckGracePeriod: props.healthCheckGracePeriod ?? Duration.seconds(60),
      enableExecuteCommand: props.enableExecuteCommand ?? false,
    });
    this.service = service.service;
    this.connections = service.service.connections;
    const codeDeploy =
      options.deployment === 'codeDeploy'
        ? new CodeDeployRelease(this, 'CodeDeploy', {
            ...common,
            service: service.service,
            groups,
            validation,
            alarms,
          })
        : undefined;
    this.releaseWorkflow = new ReleaseWorkflow(this, 'Release', {
      ...common,
      service,
      task,
      command,
      repository: this.repository,
      validation,
      codeDeploy,
    }).stateMachine;
    scale(service.service, groups, props);
    addServiceMonitoring(monitoring, name, metrics, groups, service.service);
    addReleaseFailedAlarm(monitoring, name, this.releaseWorkflow);
    this.warn(props);
  }

  /** The pipeline's action: it starts the workflow with the image, and waits for its end. */
  deployAction({ actionName, image, runOrder }: ReleaseActionProps): codepipeline.IAction {
    return new WorkflowReleaseAction({ actionName, image, runOrder, workflow: this.releaseWorkflow });
  }

  /** A command that releases an image by hand; `<tag>` stands for its tag. */
  get releaseCommand(): string {
    const { region } = Stack.of(this);
    return `aws stepfunctions start-execution --region ${region} --state-machine-arn ${this.releaseWorkflow.stateMachineArn} --input '{"image":"${this.repository.repositoryUri}:<tag>"}'`;
  }

  private warn({ enableExecuteCommand, minCapacity, options, profile }: ReleasedServiceProps): void {
    if (minCapacity === 1 && profile.multiAz) {
      Validations.of(this).addWarning(
        'ReleasedService:OneTask',
        'With minCapacity 1 nobody is served while the only task, or its zone, is lost. Give 2 or more where that matters.',
      );
    }
    if (enableExecuteCommand) {
      Validations.of(this).addWarning(
        'ReleasedService:ExecuteCommand',
        'enableExecuteCommand lets people run commands as root in the containers, whose root file system is writable then. Switch it off when you have seen what you wanted.',
      );
    }
    if (options.rollbackOnErrors === false && (options.deploymentAlarms ?? []).length === 0) {
      Validations.of(this).addWarning(
        'ReleasedService:NoRollback',
        'Without rollbackOnErrors and deploymentAlarms nothing rolls a release back once users are on it. Give one of them.',
      );
    }
  }
}

/** A construct's own resource. */
const cfn = ({ node }: { readonly node: Construct['node'] }): CfnElement => node.defaultChild as CfnElement;

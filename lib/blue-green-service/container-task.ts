import { Aws, Duration, Tokenization, Validations } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { TRACE_COLLECTOR } from '../building-blocks/versions';
import type { Profile } from '../profile';
import type { Family } from './ecs-names';
import type { ContainerApplication, ServiceOptions } from './service-options';

/** CPU units and MiB of a task, where nothing is said. */
export const DEFAULT_CPU = 256;
export const DEFAULT_MEMORY = 512;

/** The port of the container, where nothing is said. */
export const DEFAULT_CONTAINER_PORT = 8080;

/** How long a container may take to end, where nothing is said. */
const DEFAULT_STOP_TIMEOUT = Duration.seconds(30);

/** Properties of ContainerTask. */
export interface ContainerTaskProps extends ServiceOptions {
  readonly application: ContainerApplication;
  readonly family: Family;
  readonly containerName: string;
  readonly image: string;
  readonly startCommand: string[];
  readonly imageRepository: ecr.IRepository;
  readonly profile: Profile;
}

/** What a task is made of: one container of the application under a user of its own that can write nothing. */
export class ContainerTask extends Construct {
  /** The definition; a release copies it with another image. */
  readonly taskDefinition: ecs.FargateTaskDefinition;

  /** As whom ECS starts the container: it fetches the image and the secrets and writes the log. */
  readonly executionRole: iam.Role;

  /** As whom the application runs. */
  readonly taskRole: iam.Role;

  /** What the application and the collector print. */
  readonly logGroup: logs.LogGroup;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ContainerTaskProps,
  ) {
    super(scope, id);
    const { application, profile } = props;
    this.logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: profile.logRetention,
      removalPolicy: profile.removalPolicy,
    });
    this.executionRole = this.createRole('ExecutionRole', 'Starts the containers: image, secrets, log');
    this.taskRole = this.createRole('TaskRole', 'The application itself');
    this.logGroup.grantWrite(this.executionRole);
    props.imageRepository.grantPull(this.executionRole);
    Validations.of(this.executionRole).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: "The token for ECR's registry is bound to no resource.",
    });
    this.taskDefinition = new ecs.FargateTaskDefinition(this, 'Definition', {
      family: props.family.name,
      cpu: props.cpu ?? DEFAULT_CPU,
      memoryLimitMiB: props.memoryLimitMiB ?? DEFAULT_MEMORY,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
      executionRole: this.executionRole,
      taskRole: this.taskRole,
    });
    this.addContainer();
    if (props.tracing) this.addCollector();
    application.grantTo?.(this.taskRole);
    if (props.tracing || props.enableExecuteCommand) {
      Validations.of(this.taskRole).acknowledge({
        id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
        reason: 'The actions of X-Ray and of ECS Exec take no resource.',
      });
    }
    Validations.of(this.taskDefinition).acknowledge({
      id: 'AwsSolutions::AwsSolutions-ECS2',
      reason: 'The variables name where things are; what is secret comes from Secrets Manager.',
    });
  }

  private addContainer(): void {
    const {
      application,
      containerPort = DEFAULT_CONTAINER_PORT,
      props,
    } = { ...this.props, props: this.props };
    this.taskDefinition.addContainer('Container', {
      containerName: props.containerName,
      image: ecs.ContainerImage.fromRegistry(props.image),
      command: props.startCommand,
      essential: true,
      user: '1000:1000',
      // The agent of ECS Exec writes into the root file system.
      // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
      readonlyRootFilesystem: !props.enableExecuteCommand,
      portMappings: [{ containerPort, protocol: ecs.Protocol.TCP }],
      stopTimeout: props.stopTimeout ?? DEFAULT_STOP_TIMEOUT,
      environment: {
        PORT: Tokenization.stringifyNumber(containerPort),
        ...(props.tracing && { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }),
        ...application.environment,
      },
      secrets: application.secrets,
      logging: this.logDriver('service'),
    });
  }

  /** The application is served without it, too: when it ends, the task goes on. */
  private addCollector(): void {
    this.taskDefinition.addContainer('Collector', {
      containerName: 'collector',
      image: ecs.ContainerImage.fromRegistry(TRACE_COLLECTOR.image),
      essential: false,
      readonlyRootFilesystem: true,
      memoryReservationMiB: 64,
      environment: { AOT_CONFIG_CONTENT: COLLECTOR_CONFIGURATION },
      logging: this.logDriver('collector'),
    });
    this.taskRole.addToPolicy(
      new iam.PolicyStatement({
        actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        resources: ['*'],
      }),
    );
  }

  private logDriver(streamPrefix: string): ecs.LogDriver {
    return ecs.LogDrivers.awsLogs({ logGroup: this.logGroup, streamPrefix });
  }

  /** ECS assumes it for this account's own resources of this region alone. */
  private createRole(id: string, description: string): iam.Role {
    return new iam.Role(this, id, {
      description,
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:*` },
        },
      }),
    });
  }
}

/**
 * Takes what the application sends and hands it to X-Ray.
 * https://aws-otel.github.io/docs/getting-started/x-ray
 */
const COLLECTOR_CONFIGURATION = JSON.stringify({
  receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:4318' } } } },
  processors: { batch: {} },
  exporters: { awsxray: {} },
  service: { pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['awsxray'] } } },
});

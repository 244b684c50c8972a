import { Aws, Duration, Names, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Profile } from '../profile';
import { BOOT_HOOK, LEAVE_HOOK } from './fleet-boot';
import { letAutoScalingUse } from './fleet-key';
import { createLaunchTemplate } from './fleet-launch-template';
import { addFleetMonitoring } from './fleet-monitoring';
import type { HttpLoadBalancer } from './http-load-balancer';
import type { Monitoring } from './monitoring';
import type { ServerApplication } from './server-application';
import { DEFAULT_GRACE_PERIOD, DEFAULT_WARMUP, type ServerFleetOptions } from './server-fleet-options';
import { ServerRole } from './server-role';

/** Properties of ServerFleet. */
export interface ServerFleetProps extends ServerFleetOptions {
  readonly vpc: ec2.IVpc;

  /** The servers' tier, over two zones. */
  readonly vpcSubnets: ec2.SubnetSelection;

  /** What the servers run. */
  readonly application: ServerApplication;

  /** What the application finds in /etc/application.env; no secret belongs there. */
  readonly environment: Readonly<Record<string, string>>;

  /** What sends them their requests. */
  readonly loadBalancer: HttpLoadBalancer;

  /** How many servers there are at least. */
  readonly minCapacity: number;

  /** How many servers there are at most. */
  readonly maxCapacity: number;

  /**
   * How long the group waits after a change of its size that it did not make by a scaling policy with a warm-up.
   *
   * @default - Auto Scaling's own, 300 seconds
   */
  readonly cooldown?: Duration;

  /**
   * The key that encrypts the servers' volumes.
   *
   * @default - the account's aws/ebs key
   */
  readonly key?: kms.IKey;

  readonly profile: Profile;
}

/** Servers that are all alike, spread over two zones, and replaced, not changed: their image and boot are one template. */
export class ServerFleet extends Construct implements ec2.IConnectable {
  /** The group. */
  readonly autoScalingGroup: autoscaling.AutoScalingGroup;

  /** The template of its servers: image, size, volumes, role and first boot. */
  readonly launchTemplate: ec2.ILaunchTemplate;

  /** The servers' role. */
  readonly role: iam.IRole;

  /** Who reaches the servers, and whom they reach. */
  readonly connections: ec2.Connections;

  /** The logs of the boots and of the application. */
  readonly logGroup: logs.LogGroup;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServerFleetProps,
  ) {
    super(scope, id);
    const { maxCapacity, minCapacity, profile, vpc, vpcSubnets } = props;
    this.logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: profile.logRetention,
      removalPolicy: profile.removalPolicy,
    });
    // The servers must know the group's name, which the group can't have before their template is there. The stack's name
    // keeps it unique in the account and region.
    const suffix = Names.uniqueResourceName(this, { maxLength: 100 });
    const groupName = `${Aws.STACK_NAME}-${suffix}`;
    this.role = this.createRole(groupName, suffix);
    const launchTemplate = createLaunchTemplate(this, 'LaunchTemplate', {
      ...props,
      role: this.role,
      logGroup: this.logGroup,
      groupName,
      group: () => this.autoScalingGroup,
    });
    this.launchTemplate = launchTemplate;
    this.autoScalingGroup = new autoscaling.AutoScalingGroup(this, 'Group', {
      vpc,
      vpcSubnets,
      autoScalingGroupName: groupName,
      launchTemplate,
      minCapacity,
      maxCapacity,
      cooldown: props.cooldown,
      defaultInstanceWarmup: props.instanceWarmup ?? DEFAULT_WARMUP,
      healthChecks: autoscaling.HealthChecks.withAdditionalChecks({
        additionalTypes: [autoscaling.AdditionalHealthCheckType.ELB],
        gracePeriod: props.healthCheckGracePeriod ?? DEFAULT_GRACE_PERIOD,
      }),
      terminationPolicies: props.terminationPolicies ?? [
        autoscaling.TerminationPolicy.OLDEST_LAUNCH_TEMPLATE,
        autoscaling.TerminationPolicy.DEFAULT,
      ],
      groupMetrics: [autoscaling.GroupMetrics.all()],
      // New servers first, in a release as well as in place of a sick one: an old one goes when a new one has booted well
      // and passes the load balancer's health check.
      minHealthyPercentage: 100,
      maxHealthyPercentage: 150,
      updatePolicy: autoscaling.UpdatePolicy.instanceRefresh({
        strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
        scaleInProtectedInstances: autoscaling.ScaleInProtectedInstances.REFRESH,
        standbyInstances: autoscaling.StandbyInstances.TERMINATE,
      }),
    });
    this.autoScalingGroup.node.addDependency(
      this.role,
      // The boot downloads packages: the way out of the subnets must be there before the servers are.
      vpc.selectSubnets(vpcSubnets).internetConnectivityEstablished,
      // Before that, a server that is registered would count as unhealthy.
      props.loadBalancer.listener,
    );
    this.configureGroup();
    this.autoScalingGroup.attachToApplicationTargetGroup(props.loadBalancer.targetGroup);
    Validations.of(this.autoScalingGroup).acknowledge({
      id: 'AwsSolutions::AwsSolutions-AS3',
      reason:
        'Alarms tell when servers are missing; a mail for each change of the size would be read by nobody.',
    });
    this.connections = launchTemplate.connections;
    this.connections.allowToAnyIpv4(ec2.Port.HTTPS, 'Packages, assets, Session Manager and logs');
    if (props.key) letAutoScalingUse(props.key, this);
    if (props.keptVolumeSize !== undefined) {
      Validations.of(this).addWarning(
        'ServerFleet:KeptVolumes',
        'keptVolumeSize leaves a volume behind for each server that goes, also when the stack is destroyed. Delete them when you no longer need them.',
      );
    }
  }

  /** A command that opens a shell on one of the servers. */
  get sessionManagerCommand(): string {
    const { autoScalingGroupName } = this.autoScalingGroup;
    const anyServer = `$(aws autoscaling describe-auto-scaling-groups --region ${Aws.REGION} --auto-scaling-group-names ${autoScalingGroupName} --query 'AutoScalingGroups[0].Instances[0].InstanceId' --output text)`;
    return `aws ssm start-session --region ${Aws.REGION} --target ${anyServer}`;
  }

  /** A metric of the group, one datapoint a minute. */
  metric(metricName: string, statistic: string, label: string): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/AutoScaling',
      metricName,
      dimensionsMap: { AutoScalingGroupName: this.autoScalingGroup.autoScalingGroupName },
      statistic,
      period: Duration.minutes(1),
      label,
    });
  }

  /** The servers' average CPU load, as often as they send it. */
  get cpuMetric(): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/EC2',
      metricName: 'CPUUtilization',
      dimensionsMap: { AutoScalingGroupName: this.autoScalingGroup.autoScalingGroupName },
      statistic: 'Average',
      period: Duration.minutes(this.props.profile.detailedMonitoring ? 1 : 5),
    });
  }

  /** Adds the alarm on too few servers, and the graphs of the group's size and load. */
  addMonitoring(monitoring: Monitoring): void {
    addFleetMonitoring(monitoring, this);
  }

  private createRole(groupName: string, suffix: string): iam.Role {
    const { role } = new ServerRole(this, 'ServerRole', {
      description: 'Servers of an Auto Scaling group',
      logGroup: this.logGroup,
      assets: this.props.application.assets ?? [],
    });
    const groupArn = `arn:${Aws.PARTITION}:autoscaling:${Aws.REGION}:${Aws.ACCOUNT_ID}:autoScalingGroup:*:autoScalingGroupName/`;
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'CompleteLifecycleHooks',
        actions: ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
        resources: [`${groupArn}${groupName}`],
      }),
    );
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:autoscaling:<AWS::Region>:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/<AWS::StackName>-${suffix}]`,
      reason:
        "The wildcard stands for the group's UUID, which is not known before; the name is this group's alone.",
    });
    return role;
  }

  /** What aws-autoscaling has no props for. */
  private configureGroup(): void {
    const { autoScalingGroup } = this;
    const group = autoScalingGroup.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    // An instance refresh takes no signals, it watches hooks and health; signals are for the first servers only, so
    // that a deployment whose servers do not boot fails. aws-autoscaling's `signals` would warn about that.
    group.cfnOptions.creationPolicy = {
      resourceSignal: { count: this.props.minCapacity, timeout: Duration.minutes(15).toIsoString() },
    };
    // A zone that is shifted away from gets no new servers, and keeps those that it has for the way back.
    group.availabilityZoneImpairmentPolicy = {
      zonalShiftEnabled: true,
      impairedZoneHealthCheckBehavior: 'IgnoreUnhealthy',
    };
    // Within the group, not as resources of their own: they must be there before the first servers are.
    group.lifecycleHookSpecificationList = [
      {
        lifecycleHookName: BOOT_HOOK,
        lifecycleTransition: autoscaling.LifecycleTransition.INSTANCE_LAUNCHING,
        heartbeatTimeout: Duration.minutes(15).toSeconds(),
        defaultResult: autoscaling.DefaultResult.ABANDON,
      },
      {
        lifecycleHookName: LEAVE_HOOK,
        lifecycleTransition: autoscaling.LifecycleTransition.INSTANCE_TERMINATING,
        heartbeatTimeout: Duration.minutes(2).toSeconds(),
        defaultResult: autoscaling.DefaultResult.CONTINUE,
      },
    ];
  }
}

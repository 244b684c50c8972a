import { Duration, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { Monitoring } from '../building-blocks/monitoring';
import { ServerRole } from '../building-blocks/server-role';
import { newestAmazonLinuxAtLaunch } from '../building-blocks/versions';
import type { Profile } from '../profile';
import { signalExit, webServerUserData } from './web-server-user-data';

/** Properties of WebServer. */
export interface WebServerProps {
  readonly vpc: ec2.IVpc;

  /** The server's tier. The first of its subnets is taken. */
  readonly vpcSubnets: ec2.SubnetSelection;

  /** Whether the server gets a public address at launch, which it needs to boot in a public subnet. */
  readonly associatePublicIpAddress: boolean;

  /** @default - the profile's */
  readonly instanceType?: ec2.InstanceType;

  /** @default - the newest Amazon Linux 2023 when the server is made */
  readonly machineImage?: ec2.IMachineImage;

  /** @default - none */
  readonly keyPair?: ec2.IKeyPair;

  /** The folder that nginx serves. */
  readonly content: string;

  /** What the application finds in /etc/campaign-site.env. */
  readonly environment: Record<string, string>;

  /** @default - none */
  readonly serverGeneration?: string;

  /** @default - the account's aws/ebs key */
  readonly key?: kms.IKey;

  readonly profile: Profile;
}

/** A web server that is replaced, not changed: its image, set-up and content are fixed at its first boot. */
export class WebServer extends Construct implements ec2.IConnectable {
  /** The server. */
  readonly instance: ec2.Instance;

  /** The security group's rules. */
  readonly connections: ec2.Connections;

  /** The logs of the boot and of nginx. */
  readonly logGroup: logs.LogGroup;

  private readonly instanceType: ec2.InstanceType;

  constructor(scope: Construct, id: string, props: WebServerProps) {
    super(scope, id);
    const { profile, vpc, vpcSubnets } = props;
    this.instanceType = props.instanceType ?? profile.serverInstanceType;
    this.logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: profile.logRetention,
      removalPolicy: profile.removalPolicy,
    });
    const content = new assets.Asset(this, 'Content', { path: props.content });
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Web server',
      allowAllOutbound: false,
    });

    const { serverGeneration } = props;
    const environment = {
      ...props.environment,
      ...(serverGeneration && { SERVER_GENERATION: serverGeneration }),
    };
    this.instance = new ec2.Instance(this, 'Instance', {
      vpc,
      vpcSubnets,
      associatePublicIpAddress: props.associatePublicIpAddress,
      instanceType: this.instanceType,
      machineImage: props.machineImage ?? newestAmazonLinuxAtLaunch(this.instanceType.architecture),
      keyPair: props.keyPair,
      securityGroup,
      role: new ServerRole(this, 'ServerRole', {
        description: 'Web server',
        logGroup: this.logGroup,
        assets: [content],
      }).role,
      httpTokens: ec2.HttpTokens.REQUIRED,
      detailedMonitoring: profile.detailedMonitoring,
      ebsOptimized: true,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(8, {
            volumeType: ec2.EbsDeviceVolumeType.GP3,
            encrypted: true,
            kmsKey: props.key,
            deleteOnTermination: true,
          }),
        },
      ],
      userData: webServerUserData({ content, logGroup: this.logGroup, environment }),
      userDataCausesReplacement: true,
      resourceSignalTimeout: Duration.minutes(15),
    });
    signalExit(this.instance, this.logGroup);
    // The boot downloads packages: the route out of the subnet must be there before the server is.
    this.instance.node.addDependency(vpc.selectSubnets(vpcSubnets).internetConnectivityEstablished);
    this.connections = this.instance.connections;
    this.connections.allowToAnyIpv4(ec2.Port.HTTPS, 'Packages, content, Session Manager and logs');
    this.acknowledge(props);
  }

  /** Adds the alarms on the server's reachability and CPU, and their graphs. */
  addMonitoring(monitoring: Monitoring): void {
    const { instanceId } = this.instance;
    const metric = (metricName: string, statistic: string, period: Duration) =>
      new cloudwatch.Metric({
        namespace: 'AWS/EC2',
        metricName,
        dimensionsMap: { InstanceId: instanceId },
        statistic,
        period,
      });
    const fiveMinutes = Duration.minutes(5);
    const cpu = metric('CPUUtilization', 'Average', fiveMinutes);
    monitoring.addAlarm(
      'ServerUnreachable',
      {
        alarmDescription: 'The hardware or network under the web server fails. EC2 moves it to another host.',
        metric: metric('StatusCheckFailed_System', 'Maximum', Duration.minutes(1)),
        threshold: 1,
        evaluationPeriods: 2,
      },
      new actions.Ec2Action(actions.Ec2InstanceAction.RECOVER),
    );
    monitoring.addAlarm(
      'ServerHangs',
      {
        alarmDescription: 'The web server does not answer its own status check. EC2 reboots it.',
        metric: metric('StatusCheckFailed_Instance', 'Maximum', Duration.minutes(1)),
        threshold: 1,
        evaluationPeriods: 3,
      },
      new actions.Ec2Action(actions.Ec2InstanceAction.REBOOT),
    );
    monitoring.addAlarm('ServerCpuHigh', {
      alarmDescription:
        'The web server has been busy for a quarter of an hour. Pages get slow: choose a bigger one.',
      metric: cpu,
      threshold: 80,
      evaluationPeriods: 3,
    });
    const graphs = [cpu];
    if (this.instanceType.isBurstable()) {
      const surplus = metric('CPUSurplusCreditBalance', 'Average', fiveMinutes);
      graphs.push(surplus);
      monitoring.addAlarm('ServerCreditsExhausted', {
        alarmDescription:
          'The web server has used up its CPU credits and has lived on surplus credits, which cost money, for half an hour.',
        metric: surplus,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: 0,
        evaluationPeriods: 6,
      });
    }
    const network = ['NetworkIn', 'NetworkOut'].map((name) => metric(name, 'Sum', fiveMinutes));
    monitoring.dashboard.addWidgets(
      new cloudwatch.GraphWidget({ title: 'Web server: CPU', left: graphs, width: 12 }),
      new cloudwatch.GraphWidget({ title: 'Web server: network', left: network, width: 12 }),
    );
  }

  private acknowledge({ machineImage, profile }: WebServerProps): void {
    Validations.of(this.instance).acknowledge({
      id: 'AwsSolutions::AwsSolutions-EC29',
      reason:
        'The server holds no data and is replaced by deployments, which termination protection would stop half-way.',
    });
    if (!machineImage) {
      Validations.of(this.instance).acknowledge({
        id: 'CloudFormation-Validate::E1152',
        reason: 'The rule knows ids of images only; EC2 also takes the name of a parameter, as resolve:ssm.',
      });
    }
    if (!profile.detailedMonitoring) {
      Validations.of(this.instance).acknowledge({
        id: 'AwsSolutions::AwsSolutions-EC28',
        reason: 'One-minute metrics are paid for; the sandbox does with five minutes.',
      });
    }
  }
}

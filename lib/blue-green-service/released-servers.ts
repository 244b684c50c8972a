import { Validations } from 'aws-cdk-lib';
import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { requestCertificate } from '../building-blocks/domain-name';
import { HttpLoadBalancer } from '../building-blocks/http-load-balancer';
import { admitClients } from '../building-blocks/load-balancer-clients';
import { addLoadBalancerRecord } from '../building-blocks/load-balancer-record';
import { Monitoring } from '../building-blocks/monitoring';
import { Problems } from '../building-blocks/problems';
import { ServerFleet } from '../building-blocks/server-fleet';
import { createTwoTierNetwork } from '../building-blocks/two-tier-network';
import { PRODUCTION, type Profile } from '../profile';
import { checkServers } from './check-servers';
import { NoticeBoard } from './notice-board';
import { addReleaseAlarm } from './release-alarm';
import { ReleaseHost } from './release-host';
import type { ReleaseActionProps, ReleaseTarget } from './release-target';
import {
  DEFAULT_MAX_CAPACITY,
  DEFAULT_MIN_CAPACITY,
  DEFAULT_TARGET_CPU,
  type ReleasedServersProps,
} from './released-servers-options';
import { ServerDeployment } from './server-deployment';
import { ServerReleaseAction } from './server-release-action';

/** Servers behind a public load balancer, to which a pipeline releases by CodeDeploy, in place. */
export class ReleasedServers extends Construct implements ReleaseTarget {
  /** The network. */
  readonly vpc: ec2.IVpc;

  /** The load balancer, its listener and its target group. */
  readonly loadBalancer: HttpLoadBalancer;

  /** The servers. */
  readonly servers: ServerFleet;

  /** The table and the token that the application uses. */
  readonly noticeBoard: NoticeBoard;

  /** CodeDeploy's application, which holds the revisions. */
  readonly application: codedeploy.IServerApplication;

  /** CodeDeploy's deployment group. */
  readonly deploymentGroup: codedeploy.ServerDeploymentGroup;

  /** The alarms' topic and the dashboard, to which more can be added. */
  readonly monitoring: Monitoring;

  /** The address for a browser. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ReleasedServersProps = {}) {
    super(scope, id);
    const problems = new Problems(this);
    checkServers(props, problems);
    problems.throwIfAny();

    const { deploymentConfig = 'OneAtATime', profile = PRODUCTION } = props;
    this.vpc =
      props.vpc ??
      createTwoTierNetwork(this, 'Network', {
        cidr: props.cidr,
        profile,
        publicTier: 'Public',
        privateTier: 'Server',
      });
    this.noticeBoard = props.noticeBoard ?? new NoticeBoard(this, 'NoticeBoard', { profile, key: props.key });
    const host = new ReleaseHost();
    this.loadBalancer = this.createLoadBalancer(host, props, profile);
    this.servers = this.createServers(host, props, profile);

    this.monitoring = new Monitoring(this, 'Monitoring', props);
    // While there are no servers yet, an alarm on their number would be right, and a nuisance.
    this.monitoring.node.addDependency(this.servers.autoScalingGroup);
    this.loadBalancer.addMonitoring(this.monitoring);
    this.servers.addMonitoring(this.monitoring);

    const { application, deploymentGroup } = new ServerDeployment(this, 'Deployment', {
      servers: this.servers,
      loadBalancer: this.loadBalancer,
      deploymentConfig,
      alarms: [addReleaseAlarm(this.monitoring, this.loadBalancer)],
    });
    this.application = application;
    this.deploymentGroup = deploymentGroup;
    if (deploymentConfig === 'AllAtOnce') {
      Validations.of(this).addWarning(
        'ReleasedServers:AllAtOnce',
        'AllAtOnce takes all servers out of service at the same time, and is content with one on which the release succeeds. Choose OneAtATime or HalfAtATime where people use the service.',
      );
    }
    const name = props.domainName ?? this.loadBalancer.loadBalancer.loadBalancerDnsName;
    this.url = `${props.domainName ? 'https' : 'http'}://${name}`;
  }

  /** The role of the servers. */
  get serverRole(): iam.IRole {
    return this.servers.role;
  }

  /** A command that opens a shell on one of the servers. */
  get sessionManagerCommand(): string {
    return this.servers.sessionManagerCommand;
  }

  deployAction({ actionName, input, runOrder }: ReleaseActionProps): codepipeline.IAction {
    const { deploymentGroup, serverRole } = this;
    return new ServerReleaseAction({ actionName, input, runOrder, deploymentGroup, serverRole });
  }

  private createLoadBalancer(
    host: ReleaseHost,
    props: ReleasedServersProps,
    profile: Profile,
  ): HttpLoadBalancer {
    const certificate = props.certificate ?? requestCertificate(this, 'Certificate', props);
    const balancer = new HttpLoadBalancer(this, 'LoadBalancer', {
      ...props,
      vpc: this.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      internetFacing: true,
      certificate,
      targetPort: host.port,
      healthCheckPath: host.healthCheckPath,
      accessLogs: new AccessLogBucket(this, 'AccessLogs', { profile, forCloudFront: false }),
      profile,
    });
    admitClients(balancer, {
      certificate,
      webApplicationFirewall: props.webApplicationFirewall,
      profile,
    });
    addLoadBalancerRecord(this, props, balancer.loadBalancer);
    return balancer;
  }

  private createServers(host: ReleaseHost, props: ReleasedServersProps, profile: Profile): ServerFleet {
    const { secret, environment } = this.noticeBoard;
    const servers = new ServerFleet(this, 'Servers', {
      ...props,
      vpc: this.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      application: host,
      environment: {
        ...props.environment,
        ...environment,
        POST_TOKEN_SECRET_ARN: secret.secretArn,
        PORT: `${host.port}`,
      },
      loadBalancer: this.loadBalancer,
      minCapacity: props.minCapacity ?? DEFAULT_MIN_CAPACITY,
      maxCapacity: props.maxCapacity ?? DEFAULT_MAX_CAPACITY,
      profile,
    });
    this.noticeBoard.grantTo(servers.role);
    this.noticeBoard.grantReadToken(servers.role);
    servers.autoScalingGroup.scaleOnCpuUtilization('Cpu', {
      targetUtilizationPercent: props.targetCpu ?? DEFAULT_TARGET_CPU,
    });
    return servers;
  }
}

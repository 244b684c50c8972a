import { Tags, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { WebServer } from './web-server';

/** Properties of ElasticIpExposure. */
export interface ElasticIpExposureProps {
  readonly vpc: ec2.IVpc;
  readonly server: WebServer;

  /** The ranges that may use SSH, in CIDR notation. */
  readonly sshFrom: string[];
}

/** The server on the internet, at an address that stays when the server is replaced. */
export class ElasticIpExposure extends Construct {
  /** The address. */
  readonly elasticIp: ec2.CfnEIP;

  /** What a DNS record of the site points at. */
  readonly recordTarget: route53.RecordTarget;

  /** The host name or address of the site. */
  readonly host: string;

  constructor(scope: Construct, id: string, props: ElasticIpExposureProps) {
    super(scope, id);
    const { server, sshFrom } = props;
    this.elasticIp = new ec2.CfnEIP(this, 'ElasticIp', { domain: 'vpc' });
    // An Elastic IP has to wait for the internet gateway's attachment, and the routes wait for it, too:
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html
    this.elasticIp.node.addDependency(
      props.vpc.selectSubnets({ subnetType: ec2.SubnetType.PUBLIC }).internetConnectivityEstablished,
    );
    Tags.of(this.elasticIp).add('Name', this.node.path);
    // The server has signalled a good boot before this moves the address to it: until then the old one serves.
    new ec2.CfnEIPAssociation(this, 'Association', {
      allocationId: this.elasticIp.attrAllocationId,
      instanceId: server.instance.instanceId,
    });
    server.instance.addSecurityGroup(this.createPublicSecurityGroup(props.vpc));
    for (const range of sshFrom) {
      server.connections.allowFrom(ec2.Peer.ipv4(range), ec2.Port.SSH, 'SSH from an office');
    }
    this.host = this.elasticIp.attrPublicIp;
    this.recordTarget = route53.RecordTarget.fromIpAddresses(this.elasticIp.attrPublicIp);
  }

  /** A group of its own, so that what is acknowledged for it covers these two ports and no other rule. */
  private createPublicSecurityGroup(vpc: ec2.IVpc): ec2.SecurityGroup {
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'The site for everyone',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTP, 'HTTP from everywhere');
    securityGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'HTTPS from everywhere');
    Validations.of(securityGroup).acknowledge({
      id: 'AwsSolutions::AwsSolutions-EC23',
      reason: 'A public site is for everyone: this group opens ports 80 and 443 and nothing else.',
    });
    return securityGroup;
  }
}

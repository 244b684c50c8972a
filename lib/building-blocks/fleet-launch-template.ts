import { Aws, type CfnResource, Lazy } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Profile } from '../profile';
import { fleetUserData } from './fleet-boot';
import type { ServerApplication } from './server-application';
import type { ServerFleetOptions } from './server-fleet-options';
import { newestAmazonLinuxAtDeployment } from './versions';

/** What a fleet's launch template is made of. */
interface FleetLaunchTemplateProps extends ServerFleetOptions {
  readonly vpc: ec2.IVpc;
  readonly application: ServerApplication;
  readonly environment: Readonly<Record<string, string>>;
  readonly role: iam.IRole;
  readonly logGroup: logs.ILogGroup;
  readonly key?: kms.IKey;
  readonly profile: Profile;

  /** The name that the group will have. */
  readonly groupName: string;

  /** The group, which is made after its template. */
  readonly group: () => autoscaling.AutoScalingGroup;
}

/** The template of a fleet's servers: image, size, volumes, role and first boot, the same for all of them. */
export function createLaunchTemplate(
  scope: Construct,
  id: string,
  props: FleetLaunchTemplateProps,
): ec2.LaunchTemplate {
  const { amiId, application, groupName, key, keptVolumeSize, logGroup, profile, vpc } = props;
  const instanceType = props.instanceType ?? profile.serverInstanceType;
  const image = amiId ? imageWithId(amiId) : props.machineImage;
  const groupId = Lazy.uncachedString({
    produce: () => (props.group().node.defaultChild as CfnResource).logicalId,
  });
  const volume = (size: number, deleteOnTermination: boolean) =>
    ec2.BlockDeviceVolume.ebs(size, {
      volumeType: ec2.EbsDeviceVolumeType.GP3,
      encrypted: true,
      kmsKey: key,
      deleteOnTermination,
    });
  return new ec2.LaunchTemplate(scope, id, {
    machineImage: image ?? newestAmazonLinuxAtDeployment(instanceType.architecture),
    instanceType,
    role: props.role,
    securityGroup: new ec2.SecurityGroup(scope, 'SecurityGroup', {
      vpc,
      description: 'Servers',
      allowAllOutbound: false,
    }),
    associatePublicIpAddress: false,
    httpTokens: ec2.LaunchTemplateHttpTokens.REQUIRED,
    detailedMonitoring: profile.detailedMonitoring,
    blockDevices: [
      { deviceName: '/dev/xvda', volume: volume(8, true) },
      ...(keptVolumeSize ? [{ deviceName: '/dev/sdf', volume: volume(keptVolumeSize, false) }] : []),
    ],
    userData: fleetUserData({
      application,
      environment: props.environment,
      logGroup,
      groupName,
      hasKeptVolume: keptVolumeSize !== undefined,
      signalCommand: `/opt/aws/bin/cfn-signal --stack ${Aws.STACK_NAME} --resource ${groupId} --region ${Aws.REGION}`,
    }),
  });
}

/** An image of the stack's region by its id alone. */
function imageWithId(imageId: string): ec2.IMachineImage {
  return {
    getImage: () => ({ imageId, osType: ec2.OperatingSystemType.LINUX, userData: ec2.UserData.forLinux() }),
  };
}

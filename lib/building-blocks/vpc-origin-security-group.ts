import { Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as cr from 'aws-cdk-lib/custom-resources';
import { Construct, type IDependable } from 'constructs';
import { PRODUCTION, type Profile } from '../profile';

/** Properties of VpcOriginSecurityGroup. */
export interface VpcOriginSecurityGroupProps {
  readonly vpc: ec2.IVpc;

  /** What brings the group into being: the distribution that uses the VPC origin. */
  readonly createdBy: IDependable;

  /**
   * Retention and removal policy of the function's log.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;
}

/**
 * The security group that CloudFront itself makes in a VPC with VPC origins, found at deployment.
 *
 * CloudFormation does not tell its id, and no lookup at synthesis could: the group comes with the first VPC
 * origin. A rule that names it admits the account's own distributions; the alternative, CloudFront's managed
 * prefix list, counts for 55 rules of the 60 that a group may have. A rule for the VPC's own range admits
 * nothing, since the requests keep CloudFront's addresses.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
 */
export class VpcOriginSecurityGroup extends Construct {
  /** The group, to be named as the source of a rule. */
  readonly securityGroup: ec2.ISecurityGroup;

  constructor(scope: Construct, id: string, props: VpcOriginSecurityGroupProps) {
    super(scope, id);
    const profile = props.profile ?? PRODUCTION;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        FindSecurityGroup: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['ec2:DescribeSecurityGroups'], resources: ['*'] }),
          ],
        }),
      },
    });
    for (const id of [
      'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      'Serverless::Serverless-LambdaStarPermissions',
    ]) {
      Validations.of(role).acknowledge({ id, reason: 'ec2:DescribeSecurityGroups takes no resource.' });
    }
    const logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: profile.logRetention,
      removalPolicy: profile.removalPolicy,
    });
    logGroup.grantWrite(role);

    const describe: cr.AwsSdkCall = {
      service: 'ec2',
      action: 'describeSecurityGroups',
      parameters: {
        Filters: [
          { Name: 'vpc-id', Values: [props.vpc.vpcId] },
          { Name: 'group-name', Values: ['CloudFront-VPCOrigins-Service-SG*'] },
        ],
      },
      physicalResourceId: cr.PhysicalResourceId.of('CloudFront-VPCOrigins-Service-SG'),
      outputPaths: ['SecurityGroups.0.GroupId'],
    };
    const found = new cr.AwsCustomResource(this, 'Find', {
      resourceType: 'Custom::VpcOriginSecurityGroup',
      onCreate: describe,
      onUpdate: describe,
      role,
      logGroup,
      installLatestAwsSdk: false,
      memorySize: 256,
    });
    acknowledgeFunction(Stack.of(this));
    found.node.addDependency(props.createdBy);
    this.securityGroup = ec2.SecurityGroup.fromSecurityGroupId(
      this,
      'SecurityGroup',
      found.getResponseField('SecurityGroups.0.GroupId'),
      { mutable: false },
    );
  }
}

/** The function is one for all AwsCustomResources of a stack, and aws-cdk-lib hands it out nowhere. */
function acknowledgeFunction(stack: Stack): void {
  const id = `AWS${cr.AwsCustomResource.PROVIDER_FUNCTION_UUID.replaceAll('-', '')}`;
  const provider = stack.node.findChild(id);
  Validations.of(provider).acknowledge(
    {
      id: 'Serverless::Serverless-LambdaDLQ',
      reason: 'CloudFormation waits for the answer and reports the failure itself; no event can get lost.',
    },
    {
      id: 'Serverless::Serverless-LambdaTracing',
      reason: 'It runs at deployments only and makes one call, whose error is in the stack events.',
    },
  );
}

import { CfnCondition, Stack, Validations } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';
import { logicalIdOf } from '../building-blocks/logical-id';
import type { Profile } from '../profile';
import { managedPolicyAccepted } from './managed-role';

/** In MiB. Each function of aws-cdk-lib's framework would have Lambda's default, 128. */
const FRAMEWORK_MEMORY = 256;

const WHOSE = 'These functions are a part of aws-cdk-lib';

/**
 * Settles the functions by which the stack applies manifests. aws-cdk-lib makes them, and lets nobody choose their logs: one log group
 * of the profile's takes the place of theirs, which live two years, and which nothing keeps until the last call. A function that is
 * called after its log group has gone makes it anew, outside of the stack (https://github.com/aws/aws-cdk/issues/31745).
 */
export function settleKubectlFunctions(scope: Construct, cluster: eks.Cluster, profile: Profile): void {
  const provider = cluster.node.findChild('KubectlProvider');
  // Beside the cluster, as all within goes with it.
  const { logGroupName } = new logs.LogGroup(scope, 'KubectlLog', {
    retention: profile.logRetention,
    removalPolicy: profile.removalPolicy,
  });
  for (const fn of provider.node.findAll()) {
    if (!(fn instanceof lambda.CfnFunction)) continue;
    fn.loggingConfig = { logGroup: logGroupName };
    fn.memorySize ??= FRAMEWORK_MEMORY;
    fn.node.scope?.node.tryRemoveChild('LogGroup');
  }
  acknowledge(provider);
}

function acknowledge(provider: IConstruct): void {
  const handler = provider.node.findChild('Handler');
  const partitioned = handler.node.findAll().find((child) => child instanceof CfnCondition);
  Validations.of(provider).acknowledge(
    ...POLICIES.map((name) => managedPolicyAccepted(name, `${WHOSE}, which gives them AWS's policies.`)),
    {
      id: `AwsSolutions::AwsSolutions-IAM4[Policy::${publicRegistryPolicy(partitioned)}]`,
      reason: `${WHOSE}, which lets them read charts in Amazon's public registry.`,
    },
    {
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${logicalIdOf(handler)}.Arn>:*]`,
      reason: `${WHOSE}, of which one calls the other, in any version.`,
    },
    ...RULES.map((rule) => ({
      id: rule,
      reason: `${WHOSE}, which chooses their runtime and how they are called: by CloudFormation, which notices when no answer comes.`,
    })),
  );
}

const POLICIES = [
  'service-role/AWSLambdaBasicExecutionRole',
  'service-role/AWSLambdaVPCAccessExecutionRole',
  'AmazonEC2ContainerRegistryReadOnly',
];

const RULES = [
  'AwsSolutions::AwsSolutions-L1',
  'Serverless::Serverless-LambdaDLQ',
  'Serverless::Serverless-LambdaLatestVersion',
  'Serverless::Serverless-LambdaTracing',
];

/** How cdk-nag writes the policy that aws-cdk-lib adds in partitions that have the public registry. */
function publicRegistryPolicy(condition: CfnCondition | undefined): string {
  const policy = 'AmazonElasticContainerRegistryPublicReadOnly';
  return JSON.stringify({
    'Fn::If': [
      condition ? Stack.of(condition).getLogicalId(condition) : '',
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::aws:policy/${policy}`]] },
      { Ref: 'AWS::NoValue' },
    ],
  });
}

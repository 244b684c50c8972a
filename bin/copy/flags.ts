import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSource } from './source';
import type { Target } from './target';

/** A feature flag of aws-cdk-lib on which a pattern's resources depend. */
export interface Flag {
  readonly name: string;

  /** What it changes. */
  readonly effect: string;

  /** The patterns whose templates are other ones without it, at least with some props. */
  readonly patterns: readonly string[];
}

/**
 * All flags that make a difference to a pattern: a test turns each one off alone, and for each pattern all others together.
 */
export const FLAGS: readonly Flag[] = [
  {
    name: '@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId',
    effect: 'a REST API is deployed anew when its authorizer changes; without it the change has no effect',
    patterns: ['serverless-api'],
  },
  {
    name: '@aws-cdk/aws-apigateway:logGroupDestinationArnWithoutWildcard',
    effect: "the ARN of a REST API's access log ends without ':*', as API Gateway keeps it",
    patterns: ['serverless-api'],
  },
  {
    name: '@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker',
    effect: "a service with a circuit breaker names no deployment controller, which is ECS's own anyway",
    patterns: ['blue-green-service'],
  },
  {
    name: '@aws-cdk/aws-eks:useNativeOidcProvider',
    effect:
      "CloudFormation itself makes the cluster's OpenID Connect provider; without it a custom resource does",
    patterns: ['microservices'],
  },
  {
    name: '@aws-cdk/aws-elasticloadbalancingv2:usePostQuantumTlsPolicy',
    effect: "a load balancer's HTTPS has post-quantum key exchange",
    patterns: ['blue-green-service', 'corporate-site', 'disaster-recovery', 'intranet'],
  },
  {
    name: '@aws-cdk/aws-iam:minimizePolicies',
    effect:
      "policies are merged into few statements; without it they say the same in more, near IAM's limit of size",
    patterns: [
      'blue-green-service',
      'campaign-site',
      'corporate-site',
      'disaster-recovery',
      'intranet',
      'microservices',
      'serverless-api',
    ],
  },
  {
    name: '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy',
    effect: "access logs are allowed by a bucket policy; without it by an ACL, which today's buckets refuse",
    patterns: ['blue-green-service', 'disaster-recovery', 'serverless-api'],
  },
  {
    name: '@aws-cdk/core:defaultCrossStackReferences',
    effect:
      'the stack reads outputs of the one in us-east-1; without it custom resources carry them over by SSM parameters',
    patterns: ['corporate-site', 'serverless-api'],
  },
  {
    name: '@aws-cdk/core:enablePartitionLiterals',
    effect: "ARNs in a stack of a named region say 'aws' in place of a pseudo parameter",
    patterns: ['corporate-site', 'disaster-recovery', 'serverless-api'],
  },
];

/** A flag with the value that a pattern is tested with, and that of a project. */
export interface RequiredFlag extends Flag {
  readonly value: unknown;

  /** The value in the project's cdk.json; undefined if it says nothing. */
  readonly present: unknown;
}

/** The flags on which some patterns depend, and what a project's cdk.json says of them. */
export function compareFlags(patterns: readonly string[], target: Target): RequiredFlag[] {
  const source = contextOf(readSource('cdk.json').toString());
  const present = contextOf(readCdkJson(target));
  return FLAGS.filter((flag) => flag.patterns.some((name) => patterns.includes(name))).map((flag) => ({
    ...flag,
    value: source[flag.name],
    present: present[flag.name],
  }));
}

function readCdkJson({ folder }: Target): string {
  try {
    return readFileSync(join(folder, 'cdk.json'), 'utf8');
  } catch {
    return '{}';
  }
}

/** The context of a cdk.json; nothing of one that the CLI could not read, either. */
function contextOf(text: string): Record<string, unknown> {
  try {
    const { context = {} }: { context?: Record<string, unknown> } = JSON.parse(text);
    return context;
  } catch {
    return {};
  }
}

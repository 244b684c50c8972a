import { Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** A role of one of EKS's parts. */
export interface ManagedRoleProps {
  readonly assumedBy: iam.IPrincipal;

  /** Names of AWS's policies, like 'AmazonEKSClusterPolicy'. */
  readonly policies: readonly string[];

  /** Why AWS's policies and none of our own, in a sentence. */
  readonly why: string;
}

/** A role with AWS's own policies, which EKS asks for by name and AWS changes with what EKS does. */
export function createManagedRole(
  scope: Construct,
  id: string,
  { assumedBy, policies, why }: ManagedRoleProps,
): iam.Role {
  const role = new iam.Role(scope, id, {
    assumedBy,
    managedPolicies: policies.map((name) => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
  });
  Validations.of(role).acknowledge(...policies.map((name) => managedPolicyAccepted(name, why)));
  return role;
}

/** The acknowledgement of one of AWS's own policies. */
export function managedPolicyAccepted(name: string, reason: string): { id: string; reason: string } {
  return {
    id: `AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`,
    reason,
  };
}

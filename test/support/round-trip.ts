import type { Resource, StackTemplate } from './apps';

/**
 * Types that hold what can't be made again. DynamoDB's and RDS's defaults differ from CloudFormation's: an RDS
 * instance without a deletion policy is snapshotted
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html).
 */
const STATEFUL_TYPES = [
  'AWS::Backup::BackupVault',
  'AWS::Cognito::UserPool',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::EC2::Volume',
  'AWS::ECR::Repository',
  'AWS::EFS::FileSystem',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
];

/** Properties that keep a resource from being deleted. */
const PROTECTIONS = [
  'DeletionProtection',
  'DeletionProtectionEnabled',
  'DisableApiTermination',
  'EnableTerminationProtection',
];

/** Properties by which a resource gets a name of ours. Names within another resource's scope are no trouble. */
const PHYSICAL_NAMES = [
  'AlarmName',
  'BucketName',
  'ClusterName',
  'DashboardName',
  'DBClusterIdentifier',
  'DBInstanceIdentifier',
  'DBParameterGroupName',
  'DBSubnetGroupName',
  'FunctionName',
  'GroupName',
  'InstanceProfileName',
  'KeyName',
  'LoadBalancerName',
  'LogGroupName',
  'ManagedPolicyName',
  'QueueName',
  'RepositoryName',
  'RoleName',
  'SecretName',
  'StateMachineName',
  'TableName',
  'TopicName',
  'UserPoolName',
];

/** What keeps a sandbox stack from being deployed twice, or leaves something behind when it is destroyed. */
export function sandboxProblems(template: StackTemplate): string[] {
  const problems: string[] = [];
  for (const [id, resource] of Object.entries(template.Resources)) {
    const { Type, Properties = {}, DeletionPolicy, UpdateReplacePolicy } = resource;
    const policies = { DeletionPolicy, UpdateReplacePolicy };
    for (const [name, policy] of Object.entries(policies)) {
      const isLeft = policy !== undefined && policy !== 'Delete';
      const snapshotByDefault = policy === undefined && Type.startsWith('AWS::RDS::DB') && isStateful(Type);
      if (isLeft || snapshotByDefault) problems.push(`${id}: ${name} is ${policy ?? 'not set'}, not Delete`);
    }
    for (const name of PROTECTIONS) {
      if (Properties[name] === true) problems.push(`${id}: ${name} is on`);
    }
    if (Type === 'AWS::ElasticLoadBalancingV2::LoadBalancer' && isProtected(resource)) {
      problems.push(`${id}: deletion_protection.enabled is on`);
    }
    if (Type === 'AWS::RDS::DBInstance' && Properties.DeleteAutomatedBackups === false) {
      problems.push(`${id}: automated backups outlive it`);
    }
    if (Type === 'AWS::RDS::DBInstance' && Properties.EnableCloudwatchLogsExports !== undefined) {
      problems.push(`${id}: RDS makes log groups for it outside of the stack`);
    }
    for (const name of PHYSICAL_NAMES) {
      const isOwn = Type !== 'AWS::IAM::Policy' && typeof Properties[name] === 'string';
      if (isOwn) problems.push(`${id}: ${name} is fixed to ${Properties[name]}`);
    }
    if (Type === 'AWS::S3::Bucket' && !emptiesItself(template, id))
      problems.push(`${id}: does not empty itself`);
    if (Type === 'AWS::ECR::Repository' && Properties.EmptyOnDelete !== true) {
      problems.push(`${id}: does not empty itself`);
    }
    if (
      Type === 'AWS::Lambda::Function' &&
      !hasLogGroup(template, resource) &&
      mayWriteLogs(template, resource)
    ) {
      problems.push(`${id}: has no log group in the stack and may make one outside of it`);
    }
  }
  for (const [name, { Default }] of Object.entries(template.Parameters ?? {})) {
    if (Default === undefined) problems.push(`parameter ${name}: must be given by hand`);
  }
  return problems;
}

/** What a production stack would lose when it, or a resource in it, is deleted. */
export function productionProblems(template: StackTemplate): string[] {
  const problems: string[] = [];
  for (const [id, resource] of Object.entries(template.Resources)) {
    const { Type, Properties = {}, DeletionPolicy, UpdateReplacePolicy } = resource;
    if (!isStateful(Type) || isMadeAnew(resource)) continue;
    for (const [name, policy] of Object.entries({ DeletionPolicy, UpdateReplacePolicy })) {
      if (!['Retain', 'RetainExceptOnCreate', 'Snapshot'].includes(policy ?? '')) {
        problems.push(`${id}: ${name} is ${policy ?? 'not set'}`);
      }
    }
    if (Type.startsWith('AWS::RDS::DB') && Properties.DeletionProtection !== true) {
      problems.push(`${id}: DeletionProtection is off`);
    }
  }
  return problems;
}

function isStateful(type: string): boolean {
  return STATEFUL_TYPES.includes(type);
}

function isProtected({ Properties }: Resource): boolean {
  const attributes = (Properties?.LoadBalancerAttributes ?? []) as { Key: string; Value: string }[];
  return attributes.some(({ Key, Value }) => Key === 'deletion_protection.enabled' && Value === 'true');
}

/** A secret of which all is generated, without a user's name in it: another one would do as well. */
function isMadeAnew({ Type, Properties }: Resource): boolean {
  const { GenerateSecretString } = (Properties ?? {}) as {
    GenerateSecretString?: { SecretStringTemplate?: string };
  };
  return (
    Type === 'AWS::SecretsManager::Secret' &&
    GenerateSecretString !== undefined &&
    GenerateSecretString.SecretStringTemplate === undefined
  );
}

/** The logical ids that a value refers to by Ref or Fn::GetAtt. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Ref' in value) return [String(value.Ref)];
  if ('Fn::GetAtt' in value) return [String((value['Fn::GetAtt'] as unknown[])[0])];
  return Object.values(value).flatMap(referencesIn);
}

function emptiesItself(template: StackTemplate, bucket: string): boolean {
  return Object.values(template.Resources).some(
    ({ Type, Properties }) =>
      Type === 'Custom::S3AutoDeleteObjects' && referencesIn(Properties.BucketName).includes(bucket),
  );
}

function hasLogGroup(template: StackTemplate, { Properties }: Resource): boolean {
  return referencesIn(Properties.LoggingConfig).some(
    (id) => template.Resources[id]?.Type === 'AWS::Logs::LogGroup',
  );
}

function mayWriteLogs(template: StackTemplate, { Properties }: Resource): boolean {
  const [roleId = ''] = referencesIn(Properties.Role);
  const policies = Object.values(template.Resources).filter(
    ({ Type, Properties: policy }) =>
      Type === 'AWS::IAM::Policy' && referencesIn(policy.Roles).includes(roleId),
  );
  const role = template.Resources[roleId];
  // A role from outside the template may do anything.
  return !role || /logs:|AWSLambda\w*ExecutionRole|"Action":"\*"/.test(JSON.stringify([role, policies]));
}

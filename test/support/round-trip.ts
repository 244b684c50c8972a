import type { Resource, StackTemplate } from './apps';
import { fixedNamesIn, isOfSystem } from './fixed-names';

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

/** What is known of a template from outside of it. */
export interface TemplateContext {
  /**
   * With what each fixed name must begin.
   *
   * @default - no name may be fixed
   */
  readonly systemName?: string | undefined;

  /**
   * The parameters that the stack around it gives it.
   *
   * @default - none: it is no nested one
   */
  readonly given?: readonly string[];
}

/** What keeps a sandbox stack from being deployed twice, or leaves something behind when it is destroyed. */
export function sandboxProblems(template: StackTemplate, context: TemplateContext = {}): string[] {
  const problems = nameProblems(template, context);
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
    if (!isEmptied(template, id, resource)) problems.push(`${id}: does not empty itself`);
    if (Type === 'AWS::Backup::BackupVault' && Properties.LockConfiguration !== undefined) {
      problems.push(`${id}: is locked`);
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
    if (Default === undefined && !context.given?.includes(name))
      problems.push(`parameter ${name}: must be given by hand`);
  }
  return problems;
}

/** The names that keep a stack from being deployed twice, or a system from being deployed beside another one. */
export function nameProblems(template: StackTemplate, { systemName }: TemplateContext = {}): string[] {
  return fixedNamesIn(template)
    .filter(({ name }) => systemName === undefined || !isOfSystem(name, systemName))
    .map(({ id, name, property }) => {
      const instead = systemName === undefined ? '' : `, which does not begin with ${systemName}`;
      return `${id}: ${property} is fixed to ${name}${instead}`;
    });
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

/** Whether a resource that can't be deleted with something in it is emptied before. */
function isEmptied(template: StackTemplate, id: string, { Type, Properties = {} }: Resource): boolean {
  switch (Type) {
    case 'AWS::Backup::BackupVault':
      return hasEmptying(template, /^Custom::/, (own) =>
        Object.values(own).some((value) => isThat(value, id, Properties.BackupVaultName)),
      );
    case 'AWS::ECR::Repository':
      return Properties.EmptyOnDelete === true;
    case 'AWS::S3::Bucket':
      return hasEmptying(template, /^Custom::S3AutoDeleteObjects$/, ({ BucketName }) =>
        isThat(BucketName, id, Properties.BucketName),
      );
    default:
      return true;
  }
}

function hasEmptying(
  { Resources }: StackTemplate,
  type: RegExp,
  isOf: (properties: Record<string, unknown>) => boolean,
): boolean {
  return Object.values(Resources).some(({ Type, Properties }) => type.test(Type) && isOf(Properties));
}

/** Whether a value refers to a resource, or is the name that the resource was given. */
function isThat(value: unknown, id: string, name: unknown): boolean {
  return (
    referencesIn(value).includes(id) || (name !== undefined && JSON.stringify(value) === JSON.stringify(name))
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

import type { App } from 'aws-cdk-lib';
import type { StackTemplate } from './apps';

/** Properties by which a resource gets a name of ours. Names within another resource's scope are no trouble. */
const PHYSICAL_NAMES = [
  'AlarmName',
  'AliasName',
  'BackupVaultName',
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
  'LaunchTemplateName',
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

/** The same where the property is a name of ours in some types only; in others it is a reference, or a label. */
const PHYSICAL_NAMES_OF_TYPES: Readonly<Record<string, string>> = {
  'AWS::AutoScaling::AutoScalingGroup': 'AutoScalingGroupName',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'Name',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SSM::Document': 'Name',
  'AWS::SSM::Parameter': 'Name',
};

/** A name that a resource has in whatever stack it is. */
export interface FixedName {
  readonly id: string;
  readonly type: string;
  readonly property: string;

  /** `<AccountId>` and the like stand for what is the same for all stacks of an account and region. */
  readonly name: string;
}

/** The names in a template that two stacks in one account and region can't both have. */
export function fixedNamesIn({ Resources }: StackTemplate): FixedName[] {
  return Object.entries(Resources).flatMap(([id, { Type: type, Properties = {} }]) => {
    if (type === 'AWS::IAM::Policy') return [];
    const ofType = PHYSICAL_NAMES_OF_TYPES[type];
    const properties = ofType ? [...PHYSICAL_NAMES, ofType] : PHYSICAL_NAMES;
    return properties.flatMap((property) => {
      const name = fixedText(Properties[property]);
      return name === undefined ? [] : [{ id, type, property, name }];
    });
  });
}

/**
 * The system's name that a pattern of the catalogue declares by its field `systemName`: the pattern may then give names
 * that begin with it, by which its parts find each other, and a second system needs no more than another name.
 *
 * @param id the path of one of its stacks, or of the pattern
 */
export function systemNameOf(app: App, id: string): string | undefined {
  const pattern = app.node.tryFindChild(id.split('/')[0] ?? '');
  return pattern && 'systemName' in pattern && typeof pattern.systemName === 'string'
    ? pattern.systemName
    : undefined;
}

/** Whether a name begins with a system's, after what the services themselves ask for at its beginning. */
export function isOfSystem(name: string, systemName: string): boolean {
  const own = name.replace(/^(?:alias\/|\/aws\/(?:lambda|vendedlogs(?:\/states)?)\/|\/)/, '');
  return own === systemName || own.startsWith(`${systemName}-`) || own.startsWith(`${systemName}/`);
}

const SAME_IN_ALL_STACKS = ['AccountId', 'Partition', 'Region', 'URLSuffix'];

/** A value as text where nothing in it is of the stack itself. */
function fixedText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if ('Ref' in value) {
    const name = String(value.Ref).replace('AWS::', '');
    return SAME_IN_ALL_STACKS.includes(name) ? `<${name}>` : undefined;
  }
  if ('Fn::Sub' in value && typeof value['Fn::Sub'] === 'string') {
    const text = value['Fn::Sub'].replaceAll(/\$\{AWS::(\w+)\}/g, (whole, name) =>
      SAME_IN_ALL_STACKS.includes(name) ? `<${name}>` : whole,
    );
    return text.includes('${') ? undefined : text;
  }
  if (!('Fn::Join' in value)) return undefined;
  const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
  const texts = parts.map(fixedText);
  return texts.includes(undefined) ? undefined : texts.join(separator);
}

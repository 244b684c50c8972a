import { readFileSync } from 'node:fs';
import {
  CfnResource,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  Stack,
} from 'aws-cdk-lib';
import type { StackTemplate } from './apps';
import { nestedStacksIn } from './nested-stacks';

type Properties = Readonly<Record<string, unknown>>;

/** What a cluster breaks, by the rules' names. */
const RULES: Readonly<
  Record<string, { readonly description: string; isBroken(cluster: Properties): boolean }>
> = {
  'EKS-PublicEndpoint': {
    description: 'The Kubernetes API can be reached from everywhere on the internet.',
    isBroken: ({ ResourcesVpcConfig }) => {
      const { EndpointPublicAccess = true, PublicAccessCidrs = [] } = (ResourcesVpcConfig ?? {}) as {
        EndpointPublicAccess?: unknown;
        PublicAccessCidrs?: unknown;
      };
      const ranges = [PublicAccessCidrs].flat();
      return EndpointPublicAccess !== false && (ranges.length === 0 || ranges.some(isEverywhere));
    },
  },
  'EKS-Logs': {
    description: 'The control plane does not write all five of its logs.',
    isBroken: ({ Logging }) => {
      const { ClusterLogging } = (Logging ?? {}) as {
        ClusterLogging?: { EnabledTypes?: { Type: string }[] };
      };
      const types = ClusterLogging?.EnabledTypes?.map(({ Type }) => Type) ?? [];
      return LOGS.some((log) => !types.includes(log));
    },
  },
  'EKS-Secrets': {
    description: 'Secrets of Kubernetes are not encrypted with a key of the account.',
    isBroken: ({ EncryptionConfig }) =>
      !((EncryptionConfig ?? []) as { Provider?: { KeyArn?: unknown } }[]).some(
        ({ Provider }) => Provider?.KeyArn,
      ),
  },
  'EKS-CreatorIsAdministrator': {
    description: 'Whoever makes the cluster administers it for good.',
    isBroken: ({ AccessConfig }) => {
      const { AuthenticationMode, BootstrapClusterCreatorAdminPermissions = true } = (AccessConfig ?? {}) as {
        AuthenticationMode?: unknown;
        BootstrapClusterCreatorAdminPermissions?: unknown;
      };
      return AuthenticationMode !== 'API' || BootstrapClusterCreatorAdminPermissions !== false;
    },
  },
};

const LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

const isEverywhere = (range: unknown): boolean => typeof range === 'string' && /\/0$/.test(range);

/**
 * Rules about clusters of EKS. cdk-nag 3.0.2 has two, EKS1 and EKS2, but looks for the clusters of aws-eks, and those of
 * aws-eks-v2 are of another class.
 */
export class ClusterRules implements IPolicyValidationPlugin {
  readonly name = 'ClusterRules';
  readonly ruleIds = Object.keys(RULES);

  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const clusters = context.appConstruct.node
      .findAll()
      .filter((each) => CfnResource.isCfnResource(each))
      .filter(({ cfnResourceType }) => cfnResourceType === 'AWS::EKS::Cluster')
      .map((cluster) => ({ cluster, properties: propertiesOf(cluster, context) }));
    const violations = Object.entries(RULES).flatMap(([ruleName, { description, isBroken }]) =>
      clusters
        .filter(({ properties }) => isBroken(properties))
        .map(({ cluster }) => ({
          ruleName,
          description,
          violatingResources: [{ constructPath: cluster.node.path, locations: [] }],
        })),
    );
    return { success: violations.length === 0, violations };
  }
}

/** A resource's properties as its template has them. */
function propertiesOf(
  resource: CfnResource,
  { appConstruct, stackTemplates }: IPolicyValidationContext,
): Properties {
  const stack = Stack.of(resource);
  const logicalId = stack.resolve(resource.logicalId) as string;
  const own = stackTemplates.find(({ stackConstructPath }) => stackConstructPath === stack.node.path);
  const template: StackTemplate | undefined = own
    ? JSON.parse(readFileSync(own.templatePath, 'utf8'))
    : nestedStacksIn(appConstruct).find(({ id }) => id === stack.node.path)?.template;
  const found = template?.Resources[logicalId];
  if (!found) throw new Error(`no template has ${resource.node.path}`);
  return found.Properties;
}

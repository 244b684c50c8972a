import type { Stack } from 'aws-cdk-lib';
import type { ComputeKind } from '../../lib/microservices/compute';
import {
  MicroservicesStack,
  type MicroservicesStackProps,
} from '../../lib/microservices/microservices-stack';
import { PRODUCTION, type Profile, SANDBOX } from '../../lib/profile';
import { type Resource, resourcesOf, type StackTemplate, templateOf, templateOfConstructs } from './apps';
import { REGION } from './deployed-values';
import { textOf } from './fleet';
import { type Identified, plain } from './resources';

/** A zone, and a name in it. */
export const DOMAIN = {
  hostedZone: { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' },
  domainName: 'shop.example.com',
};

/** The shop's services by name. */
export const SERVICES = ['product', 'cart', 'order', 'payment', 'customer', 'review'] as const;

/** The template of the stack, in Tokyo. */
export const synthesize = (props: MicroservicesStackProps = {}): StackTemplate =>
  templateOf((app) => new MicroservicesStack(app, 'Microservices', { env: { region: REGION }, ...props }));

/** A stack with a shop, and what was asked for. */
export interface Variant {
  readonly name: string;
  readonly compute: ComputeKind;
  readonly profile: Profile;
  readonly template: StackTemplate;
}

/** Every kind of compute in both profiles. */
export const synthesizeVariants = (): Variant[] =>
  (['autoMode', 'nodeGroup', 'fargate'] as const).flatMap((compute) =>
    Object.entries({ production: PRODUCTION, sandbox: SANDBOX }).map(([profileName, profile]) => ({
      name: `${compute}, ${profileName}`,
      compute,
      profile,
      template: synthesize({ compute, profile }),
    })),
  );

/** The template of constructs in a stack in Tokyo, with its ids unchanged. */
export const synthesizeConstructs = (build: (stack: Stack) => void): StackTemplate =>
  templateOfConstructs(build);

/** An object of Kubernetes as tests look at it. */
export interface AppliedObject {
  /** The plain id of the resource that applies it. */
  readonly resource: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly automountServiceAccountToken?: boolean;
}

/** The resources that apply objects, by plain ids. */
export function manifestsOf(template: StackTemplate): Record<string, Identified> {
  return Object.fromEntries(
    Object.entries(resourcesOf(template, 'Custom::AWSCDK-EKS-KubernetesResource')).map(([id, resource]) => [
      plain(id),
      { id, ...resource },
    ]),
  );
}

/** All objects that a template applies; a value that only CloudFormation knows is `<its id>`. */
export function objectsOf(template: StackTemplate): AppliedObject[] {
  return Object.entries(manifestsOf(template)).flatMap(([resource, { Properties }]) =>
    (JSON.parse(textOf(Properties.Manifest)) as Omit<AppliedObject, 'resource'>[]).map((object) => ({
      ...object,
      resource,
    })),
  );
}

/** The objects of a kind. */
export const ofKind = (template: StackTemplate, kind: string): AppliedObject[] =>
  objectsOf(template).filter((object) => object.kind === kind);

/** The object of a kind and a name. */
export function objectOf(template: StackTemplate, kind: string, name: string): AppliedObject {
  const [first, ...others] = ofKind(template, kind).filter(({ metadata }) => metadata.name === name);
  if (!first || others.length > 0) throw new Error(`there is not one ${kind} called ${name}`);
  return first;
}

/** A container of a pod. */
export interface AppliedContainer {
  readonly image: string;
  readonly env: { readonly name: string; readonly value: string }[];
  readonly ports: { readonly name: string; readonly containerPort: number }[];
  readonly resources: Readonly<Record<'limits' | 'requests', Readonly<Record<'cpu' | 'memory', string>>>>;
}

/** The pod of a service. */
export interface AppliedPod {
  readonly containers: readonly AppliedContainer[];
  readonly terminationGracePeriodSeconds: number;
  readonly topologySpreadConstraints?: readonly Readonly<Record<string, unknown>>[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/** The pod of a service, and its only container with its variables by name. */
export function podOf(
  template: StackTemplate,
  service: string,
): { pod: AppliedPod; container: AppliedContainer; variables: Record<string, string> } {
  const { spec } = objectOf(template, 'Deployment', service) as unknown as {
    spec: { template: { spec: AppliedPod } };
  };
  const pod = spec.template.spec;
  const [container, ...others] = pod.containers;
  if (!container || others.length > 0) throw new Error(`${service} has not one container`);
  return {
    pod,
    container,
    variables: Object.fromEntries(container.env.map(({ name, value }) => [name, value])),
  };
}

/** The bounds of a service's autoscaler. */
export const boundsOf = (template: StackTemplate, service: string): unknown[] => {
  const { maxReplicas, minReplicas } = objectOf(template, 'HorizontalPodAutoscaler', service).spec ?? {};
  return [minReplicas, maxReplicas];
};

/** What an add-on is installed with, by its name. */
export function addOnsOf(template: StackTemplate): Record<string, Resource['Properties']> {
  return Object.fromEntries(
    Object.values(resourcesOf(template, 'AWS::EKS::Addon')).map(({ Properties }) => [
      String(Properties.AddonName),
      Properties,
    ]),
  );
}

/** The statements of a role's trust policy. */
export const trustOf = ({ Properties }: Resource): Record<string, unknown>[] =>
  (Properties.AssumeRolePolicyDocument as { Statement: Record<string, unknown>[] }).Statement;

/** The last words of the ARNs of AWS's policies that a role has. */
export const managedPoliciesOf = ({ Properties }: Resource): string[] =>
  ((Properties.ManagedPolicyArns ?? []) as unknown[]).map((arn) => textOf(arn).replace(/^.*\//, ''));

const ACCOUNT = '123456789012';
const ID = '12345678-1234-1234-1234-123456789012';

const arnOf = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** What CloudFormation makes of values that Kubernetes looks at closely. */
const KNOWN: readonly [pattern: RegExp, value: (...found: string[]) => string][] = [
  [/<\w*Subnet(\w*)>/g, (_, own = '') => `subnet-${Buffer.from(own).toString('hex')}`],
  [/<\w*Vpc\w*\.CidrBlock>/g, () => '10.0.0.0/16'],
  [/<\w*Certificate\w*>/g, () => arnOf('acm', `certificate/${ID}`)],
  [/<\w*WebAcl\w*\.Arn>/g, () => arnOf('wafv2', `regional/webacl/shop/${ID}`)],
  [/<AWS::Region>/g, () => REGION],
  [/<AWS::AccountId>/g, () => ACCOUNT],
];

/** The objects as Kubernetes gets them. */
export function objectsAsApplied(template: StackTemplate): Omit<AppliedObject, 'resource'>[] {
  const objects = objectsOf(template).map(({ resource, ...object }) => object);
  return JSON.parse(
    KNOWN.reduce((text, [pattern, value]) => text.replaceAll(pattern, value), JSON.stringify(objects)),
  );
}

import type { Stack } from 'aws-cdk-lib';
import { Period } from 'aws-cdk-lib/aws-apigateway';
import { PRODUCTION, type Profile, SANDBOX } from '../../lib/profile';
import {
  ServerlessApiStack,
  type ServerlessApiStackProps,
} from '../../lib/serverless-api/serverless-api-stack';
import {
  createApp,
  type Resource,
  resourcesOf,
  type StackTemplate,
  templateOf,
  theOnly,
  withAssembly,
} from './apps';
import { REGION, valueIn } from './deployed-values';

/** A resource with its logical id. */
export type Identified = Resource & { readonly id: string };

/** A system, and what was asked for. */
export interface Variant {
  readonly template: StackTemplate;
  readonly profile: Profile;
  readonly kind: 'http' | 'rest';
  readonly stage: string;
  readonly signIn: boolean;
  readonly firewall: boolean;
  readonly domainName?: string;
}

/** A zone, and a name in it. */
export const DOMAIN = {
  hostedZone: { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' },
  domainName: 'documents.example.com',
};

/** The template of a stack without a second one. */
export function synthesize(props: ServerlessApiStackProps = {}): StackTemplate {
  return templateOf((app) => new ServerlessApiStack(app, 'ServerlessApi', props));
}

/** The templates of a stack with a domain, and of its stack in us-east-1. */
export function synthesizeWithEdge(props: ServerlessApiStackProps = {}): {
  readonly main: StackTemplate;
  readonly edge: Stack;
  readonly edgeTemplate: StackTemplate;
} {
  const app = createApp();
  const stack = new ServerlessApiStack(app, 'ServerlessApi', {
    ...DOMAIN,
    env: { region: REGION },
    ...props,
  });
  const edge = stack.node.findChild('Edge') as Stack;
  return withAssembly(app, (assembly) => ({
    main: assembly.getStackArtifact(stack.artifactId).template,
    edge,
    edgeTemplate: assembly.getStackArtifact(edge.artifactId).template,
  }));
}

/** What the stack with all wishes is given besides its domain. */
export const EVERYTHING: ServerlessApiStackProps = {
  requestValidation: true,
  usagePlan: { throttle: { rateLimit: 5, burstLimit: 7 }, quota: { limit: 1000, period: Period.DAY } },
  originSecretGeneration: 2,
};

/** Both kinds of API in both profiles, with and without sign-in, firewall and domain. */
export function synthesizeVariants() {
  const open: Variant = {
    template: synthesize({ profile: SANDBOX, stage: 'dev' }),
    profile: SANDBOX,
    kind: 'http',
    stage: 'dev',
    signIn: false,
    firewall: false,
  };
  const http: Variant = {
    template: synthesize({ webApplicationFirewall: false, stage: 'stg' }),
    profile: PRODUCTION,
    kind: 'http',
    stage: 'stg',
    signIn: true,
    firewall: false,
  };
  const rest: Variant = {
    template: synthesize(),
    profile: PRODUCTION,
    kind: 'rest',
    stage: 'prod',
    signIn: true,
    firewall: true,
  };
  const openRest: Variant = {
    template: synthesize({ profile: SANDBOX, api: 'rest', stage: 'dev' }),
    profile: SANDBOX,
    kind: 'rest',
    stage: 'dev',
    signIn: false,
    firewall: false,
  };
  const named: Variant = {
    ...rest,
    template: synthesizeWithEdge(EVERYTHING).main,
    domainName: DOMAIN.domainName,
  };
  const namedSandbox: Variant = {
    ...open,
    template: synthesizeWithEdge({ profile: SANDBOX, stage: 'dev', authentication: true }).main,
    signIn: true,
    domainName: DOMAIN.domainName,
  };
  return { open, http, rest, openRest, named, namedSandbox };
}

/** The three functions, by what they call themselves in logs and metrics. */
export function functionsOf(template: StackTemplate): Record<'api' | 'uploads' | 'clean-up', Identified> {
  const byService = new Map<unknown, Identified>(
    Object.entries(resourcesOf(template, 'AWS::Lambda::Function')).map(([id, resource]) => [
      environmentOf(resource).POWERTOOLS_SERVICE_NAME,
      { id, ...resource },
    ]),
  );
  const named = (service: string): Identified => {
    const found = byService.get(service);
    if (!found) throw new Error(`there is no function ${service}`);
    return found;
  };
  return { api: named('api'), uploads: named('uploads'), 'clean-up': named('clean-up') };
}

/** A function's environment variables. */
export function environmentOf({ Properties }: Resource): Record<string, unknown> {
  const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
  return Variables;
}

/** The logical id of a function's role. */
export function roleOf({ Properties }: Resource): string {
  return (Properties.Role as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];
}

/** The logical id of the resource of a type whose id has these words. */
export function idOf(template: StackTemplate, type: string, words: string): string {
  const found = Object.keys(resourcesOf(template, type)).filter((id) => id.includes(words));
  const [only] = found;
  if (!only || found.length > 1) throw new Error(`${found.length} of type ${type} are called ${words}`);
  return only;
}

/** The site's address, as the outputs tell it. */
export function siteUrlOf({ Outputs }: StackTemplate): string {
  return valueIn(Outputs?.SiteUrl?.Value);
}

/** The distribution's parts: the behaviors of the site and of the API, and the origin of each. */
export function frontOf(template: StackTemplate) {
  const { id, Properties } = theOnly(template, 'AWS::CloudFront::Distribution');
  const config = Properties.DistributionConfig as Record<string, unknown> & {
    readonly DefaultCacheBehavior: Behavior;
    readonly CacheBehaviors: readonly Behavior[];
    readonly Origins: readonly Origin[];
  };
  const originOf = ({ TargetOriginId }: Behavior) => {
    const found = config.Origins.find(({ Id }) => Id === TargetOriginId);
    if (!found) throw new Error(`there is no origin ${TargetOriginId}`);
    return found;
  };
  const [api, ...others] = config.CacheBehaviors;
  if (!api || others.length > 0) throw new Error('the distribution has more than two behaviors');
  const site = config.DefaultCacheBehavior;
  return { id, config, site, siteOrigin: originOf(site), api, apiOrigin: originOf(api) };
}

interface Behavior extends Record<string, unknown> {
  readonly TargetOriginId: string;
}

interface Origin extends Record<string, unknown> {
  readonly Id: string;
  readonly OriginCustomHeaders?: readonly { readonly HeaderName: string; readonly HeaderValue: unknown }[];
}

/** How many resources of a type there are. */
export const countOf = (template: StackTemplate, type: string) =>
  Object.keys(resourcesOf(template, type)).length;

/** The logical id of the API, whatever its kind. */
export function apiIdOf(template: StackTemplate): string {
  const type = countOf(template, 'AWS::ApiGatewayV2::Api') > 0 ? 'V2::Api' : '::RestApi';
  return theOnly(template, `AWS::ApiGateway${type}`).id;
}

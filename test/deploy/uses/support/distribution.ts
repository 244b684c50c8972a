import assert from 'node:assert/strict';
import { DescribeCertificateCommand } from '@aws-sdk/client-acm';
import {
  type DistributionConfig,
  GetDistributionCommand,
  GetOriginAccessControlCommand,
  type Origin,
} from '@aws-sdk/client-cloudfront';
import type { DeployedStack } from '../../support/stacks';

/** CloudFront's own policies. */
const POLICIES = {
  cachingDisabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  cachingOptimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  allViewer: '216adef6-5c7f-47e4-b989-5492eafa07d3',
  securityHeaders: '67f7725c-6f97-4210-82d7-5512b31e9d03',
};

interface Site {
  /** CloudFront's own name. */
  readonly name: string;
  readonly arn: string;
  readonly config: DistributionConfig;

  /** Where the static files come from. */
  readonly files: Origin;

  /** Where everything else comes from. */
  readonly servers: Origin;
}

/** The distribution of a site, and its two origins. */
export async function siteOf({ aws, idOf }: DeployedStack): Promise<Site> {
  const { Distribution } = await aws.cloudFront.send(
    new GetDistributionCommand({ Id: await idOf('AWS::CloudFront::Distribution') }),
  );
  const config = Distribution?.DistributionConfig;
  const origins = config?.Origins?.Items ?? [];
  assert.equal(origins.length, 2);
  const files = origins.find(({ S3OriginConfig }) => S3OriginConfig);
  const servers = origins.find(({ Id }) => Id === config?.DefaultCacheBehavior?.TargetOriginId);
  if (!config || !files || !servers) throw new Error('the distribution has not both origins');
  return { name: Distribution?.DomainName ?? '', arn: Distribution?.ARN ?? '', config, files, servers };
}

/** Shows what comes from where, and what is kept at the edge. */
export async function behaviors(stack: DeployedStack): Promise<void> {
  const { config, files, servers } = await siteOf(stack);
  const { CacheBehaviors, DefaultCacheBehavior, HttpVersion, Logging } = config;
  const common = {
    ViewerProtocolPolicy: 'redirect-to-https',
    ResponseHeadersPolicyId: POLICIES.securityHeaders,
    Compress: true,
  };
  const all = {
    TargetOriginId: servers.Id,
    CachePolicyId: POLICIES.cachingDisabled,
    OriginRequestPolicyId: POLICIES.allViewer,
    ...common,
  };
  assert.deepEqual({ ...DefaultCacheBehavior, ...all }, DefaultCacheBehavior);
  assert.equal(DefaultCacheBehavior?.AllowedMethods?.Items?.length, 7);
  const behaviors = CacheBehaviors?.Items ?? [];
  assert.deepEqual(
    behaviors.map(({ PathPattern }) => PathPattern),
    ['/image/*', '/javascript/*', '/stylesheet/*'],
  );
  const kept = { TargetOriginId: files.Id, CachePolicyId: POLICIES.cachingOptimized, ...common };
  for (const behavior of behaviors) assert.deepEqual({ ...behavior, ...kept }, behavior);
  assert.equal(HttpVersion, 'http2and3');
  assert.deepEqual([Logging?.Enabled, Logging?.Prefix], [true, 'cloudfront/']);
  await signedRequests(stack, files);
}

/** S3 can only know CloudFront by its signature. */
async function signedRequests({ aws }: DeployedStack, { OriginAccessControlId }: Origin): Promise<void> {
  const { OriginAccessControl } = await aws.cloudFront.send(
    new GetOriginAccessControlCommand({ Id: OriginAccessControlId }),
  );
  const { OriginAccessControlOriginType, SigningBehavior, SigningProtocol } =
    OriginAccessControl?.OriginAccessControlConfig ?? {};
  assert.deepEqual(
    [OriginAccessControlOriginType, SigningBehavior, SigningProtocol],
    ['s3', 'always', 'sigv4'],
  );
}

/** Shows that a name's certificate, of this region, is issued and proven by DNS. */
export async function certificate(
  { aws }: DeployedStack,
  region: string,
  arn: string | undefined,
  name: string,
): Promise<void> {
  assert.match(arn ?? '', new RegExp(`^arn:aws:acm:${region}:`));
  const { Certificate } = await aws
    .inRegion(region)
    .acm.send(new DescribeCertificateCommand({ CertificateArn: arn }));
  assert.deepEqual(
    [
      Certificate?.DomainName,
      Certificate?.Status,
      Certificate?.DomainValidationOptions?.map(({ ValidationMethod }) => ValidationMethod),
    ],
    [name, 'ISSUED', ['DNS']],
  );
}

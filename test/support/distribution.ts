import { resourcesOf, type StackTemplate, theOnly } from './apps';
import type { Statement } from './fleet';

interface Origin {
  readonly Id: string;
  readonly DomainName: unknown;
  readonly OriginAccessControlId?: unknown;
  readonly OriginCustomHeaders?: { readonly HeaderName: string; readonly HeaderValue: unknown }[];
  readonly CustomOriginConfig?: unknown;
  readonly VpcOriginConfig?: unknown;
}

interface Behavior {
  readonly PathPattern?: string;
  readonly TargetOriginId: string;
}

/** The distribution of a template, with the origins of the servers and of the static files. */
export function distributionOf(template: StackTemplate) {
  const distribution = theOnly(template, 'AWS::CloudFront::Distribution');
  const config = distribution.Properties.DistributionConfig as Record<string, unknown> & {
    DefaultCacheBehavior: Behavior;
    CacheBehaviors: Behavior[];
    Origins: Origin[];
  };
  const originOf = ({ TargetOriginId }: Behavior) => config.Origins.find(({ Id }) => Id === TargetOriginId);
  return { ...distribution, config, servers: originOf(config.DefaultCacheBehavior), originOf };
}

/** A bucket's setting that closes it to the public. */
export const ALL_BLOCKED = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
};

/** What a bucket has that is encrypted, versioned, and nobody's but its stack's. */
export const PRIVATE_BUCKET = {
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
  },
  VersioningConfiguration: { Status: 'Enabled' },
  PublicAccessBlockConfiguration: ALL_BLOCKED,
  OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
};

/** The bucket whose id has these words, and its policy's statements. */
export function bucketOf(template: StackTemplate, words: string) {
  const [[id = '', bucket] = []] = Object.entries(resourcesOf(template, 'AWS::S3::Bucket')).filter(([each]) =>
    each.includes(words),
  );
  const policy = Object.values(resourcesOf(template, 'AWS::S3::BucketPolicy')).find(
    ({ Properties }) => (Properties.Bucket as { Ref: string }).Ref === id,
  );
  const document = policy?.Properties.PolicyDocument as { Statement: Statement[] } | undefined;
  return { id, ...bucket, statements: document?.Statement ?? [] };
}

import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { resourcesOf, type StackTemplate, theOnly } from './apps';
import { valueIn } from './deployed-values';
import { bucketOf, PRIVATE_BUCKET } from './distribution';
import { statementsOf, textOf } from './fleet';
import { isAllowed } from './resource-policies';
import { frontOf, idOf, roleOf, type Variant } from './serverless-api';

/** The directives of the content security policy that pages get. */
function cspOf(template: StackTemplate): Record<string, string[]> {
  const { SecurityHeadersConfig } = theOnly(template, 'AWS::CloudFront::ResponseHeadersPolicy').Properties
    .ResponseHeadersPolicyConfig as { SecurityHeadersConfig: Record<string, Record<string, unknown>> };
  const csp = SecurityHeadersConfig.ContentSecurityPolicy;
  expect(csp?.Override).toBe(true);
  const directives = valueIn(csp?.ContentSecurityPolicy)
    .split('; ')
    .map((directive) => directive.split(' '));
  return Object.fromEntries(directives.map(([name = '', ...sources]) => [name, sources]));
}

/** The function that uploads sites may do so with a bucket and its distribution. */
export function expectUploaderMay(template: StackTemplate, bucket: string, distribution: string): void {
  const uploader = Object.entries(resourcesOf(template, 'AWS::Lambda::Function')).find(([id]) =>
    id.startsWith('CustomCDKBucketDeployment'),
  )?.[1];
  if (!uploader) throw new Error('nothing uploads');
  const log = idOf(template, 'AWS::Logs::LogGroup', 'UploadLog');
  expect(uploader.Properties).toMatchObject({ LoggingConfig: { LogGroup: { Ref: log } }, MemorySize: 512 });
  const role = template.Resources[roleOf(uploader)];
  expect(role?.Properties).not.toHaveProperty('ManagedPolicyArns');
  const permissions = statementsOf(template, roleOf(uploader)).map(({ Action, Resource }) => ({
    actions: [Action].flat(),
    resources: [Resource].flat().map((each) => textOf(each).replace('arn:aws:', 'arn:<AWS::Partition>:')),
  }));
  const may = (action: string) =>
    permissions.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);
  expect(may('s3:ListBucket')).toContain(`<${bucket}.Arn>`);
  expect(may('s3:PutObject')).toContain(`<${bucket}.Arn>/*`);
  expect(may('s3:DeleteObject')).toContain(`<${bucket}.Arn>/*`);
  expect(may('cloudfront:CreateInvalidation')).toContain(
    `arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/<${distribution}>`,
  );
  expect(may('logs:PutLogEvents')).toEqual([`<${log}.Arn>`]);
  const keys = Object.values(resourcesOf(template, 'Custom::CDKBucketDeployment'))
    .filter(({ Properties }) => (Properties.DestinationBucketName as { Ref: string }).Ref === bucket)
    .flatMap(({ Properties }) => Properties.SourceObjectKeys as string[]);
  expect(keys).toHaveLength(2);
  for (const key of keys) expect(may('s3:GetObject').join('\n')).toContain(`/${key}`);
}

/** Only the distribution reads the bucket with the site, and only over TLS. */
export function expectPrivateSite({ template }: Variant): void {
  const bucket = bucketOf(template, 'SiteBucket');
  expect(bucket.Properties).toMatchObject({
    ...PRIVATE_BUCKET,
    LifecycleConfiguration: { Rules: [{ NoncurrentVersionExpiration: { NoncurrentDays: 30 } }] },
  });
  const { id } = frontOf(template);
  const may = (
    action: string,
    principal = 'cloudfront.amazonaws.com',
    distribution = `<${id}>`,
    tls = 'true',
  ) =>
    isAllowed(bucket.statements, {
      principal,
      action,
      resource: action === 's3:ListBucket' ? `<${bucket.id}.Arn>` : `<${bucket.id}.Arn>/index.html`,
      context: {
        'aws:SourceArn': `arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/${distribution}`,
        'aws:SecureTransport': tls,
      },
    });
  // Without the right to list, S3 would answer 403 for a file that isn't there.
  expect([may('s3:GetObject'), may('s3:ListBucket')]).toEqual([true, true]);
  expect([may('s3:PutObject'), may('s3:DeleteObject')]).toEqual([false, false]);
  expect(may('s3:GetObject', 'cloudfront.amazonaws.com', 'E1OTHER')).toBe(false);
  expect(may('s3:GetObject', 'anonymous')).toBe(false);
  expect(may('s3:GetObject', 'cloudfront.amazonaws.com', `<${id}>`, 'false')).toBe(false);
}

/** The site comes from its bucket by a signed request without a query, and its root is a file. */
export function expectSiteOrigin({ template }: Variant): void {
  const { config, site, siteOrigin } = frontOf(template);
  const access = theOnly(template, 'AWS::CloudFront::OriginAccessControl');
  expect(access.Properties.OriginAccessControlConfig).toMatchObject({
    OriginAccessControlOriginType: 's3',
    SigningBehavior: 'always',
    SigningProtocol: 'sigv4',
  });
  expect(siteOrigin).toMatchObject({
    DomainName: { 'Fn::GetAtt': [bucketOf(template, 'SiteBucket').id, 'RegionalDomainName'] },
    OriginAccessControlId: { 'Fn::GetAtt': [access.id, 'Id'] },
  });
  expect(siteOrigin).not.toHaveProperty('OriginCustomHeaders');
  // The root is a file, and no query reaches S3, which would make a request for the root one for the list: CachingOptimized
  // passes none. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
  expect(config.DefaultRootObject).toBe('index.html');
  expect(site).toMatchObject({ CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6', Compress: true });
  expect(site).not.toHaveProperty('OriginRequestPolicyId');
  expect(site).not.toHaveProperty('FunctionAssociations');
  // GET and HEAD, where nothing else is said.
  expect(site).not.toHaveProperty('AllowedMethods');
}

/** The site is uploaded as a whole, and CloudFront fetches it anew. */
export function expectSiteUpload({ template }: Variant): void {
  const { id } = frontOf(template);
  const bucket = bucketOf(template, 'SiteBucket').id;
  expect(theOnly(template, 'Custom::CDKBucketDeployment').Properties).toMatchObject({
    DestinationBucketName: { Ref: bucket },
    DistributionId: { Ref: id },
    DistributionPaths: ['/*'],
    Prune: true,
    SystemMetadata: { 'cache-control': 'no-cache' },
  });
  expectUploaderMay(template, bucket, id);
}

/** What is under /api reaches the API as it was sent, and is never kept. */
export function expectApiBehavior({ kind, stage, template }: Variant): void {
  const { api, apiOrigin, config } = frontOf(template);
  expect(api).toMatchObject({
    PathPattern: '/api/*',
    // CachingDisabled
    CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
    Compress: false,
  });
  expect([...(api.AllowedMethods as string[])].sort()).toEqual(
    ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'].sort(),
  );
  const policy = theOnly(template, 'AWS::CloudFront::OriginRequestPolicy');
  expect(api.OriginRequestPolicyId).toEqual({ Ref: policy.id });
  expect(policy.Properties.OriginRequestPolicyConfig).toMatchObject({
    HeadersConfig: { HeaderBehavior: 'allExcept', Headers: ['host'] },
    CookiesConfig: { CookieBehavior: 'none' },
    QueryStringsConfig: { QueryStringBehavior: 'all' },
  });
  const type = kind === 'http' ? 'AWS::ApiGatewayV2::Api' : 'AWS::ApiGateway::RestApi';
  expect(valueIn(apiOrigin.DomainName)).toBe(
    `<${theOnly(template, type).id}>.execute-api.ap-northeast-1.amazonaws.com`,
  );
  expect(apiOrigin).toMatchObject({
    OriginPath: `/${stage}`,
    CustomOriginConfig: {
      OriginProtocolPolicy: 'https-only',
      OriginSSLProtocols: ['TLSv1.2'],
      OriginReadTimeout: 30,
    },
  });
  // An error page would stand in the place of the API's own errors, as it is one for all behaviors.
  expect(config).not.toHaveProperty('CustomErrorResponses');
}

/** The API is asked for paths without /api, and for nothing else than what was sent. */
export function expectPathsWithoutPrefix({ template }: Variant): void {
  const { api } = frontOf(template);
  const change = theOnly(template, 'AWS::CloudFront::Function');
  expect(api.FunctionAssociations).toEqual([
    { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': [change.id, 'FunctionARN'] } },
  ]);
  expect(change.Properties).toMatchObject({
    AutoPublish: true,
    FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
  });
  const code = String(change.Properties.FunctionCode);
  const pathAfter = (uri: string) => {
    const request = {
      method: 'PUT',
      uri,
      querystring: { limit: { value: '5' } },
      headers: { authorization: { value: 'Bearer t' } },
    };
    const result = runInNewContext(`${code}; handler(event)`, { event: { request: { ...request } } });
    expect(result).toEqual({ ...request, uri: result.uri });
    return result.uri;
  };
  expect(pathAfter('/api/documents')).toBe('/documents');
  expect(pathAfter('/api/documents/0199/upload')).toBe('/documents/0199/upload');
  expect(pathAfter('/api/')).toBe('/');
  expect(pathAfter('/api/api/documents')).toBe('/api/documents');
  expect(pathAfter('/api/documents/api/x')).toBe('/documents/api/x');
}

/** Viewers get HTTPS, and headers that tell browsers to be careful. */
export function expectHttps({ domainName, template }: Variant): void {
  const { api, config, site } = frontOf(template);
  expect(site.ViewerProtocolPolicy).toBe('redirect-to-https');
  // A redirect comes after the token went out in the clear.
  expect(api.ViewerProtocolPolicy).toBe('https-only');
  if (domainName) {
    expect(config.ViewerCertificate).toMatchObject({ MinimumProtocolVersion: 'TLSv1.2_2021' });
  } else {
    expect(config).not.toHaveProperty('ViewerCertificate');
  }
  expect(config).toMatchObject({ Enabled: true, HttpVersion: 'http2and3' });
  const headers = theOnly(template, 'AWS::CloudFront::ResponseHeadersPolicy');
  for (const behavior of [site, api]) {
    expect(behavior.ResponseHeadersPolicyId).toEqual({ Ref: headers.id });
  }
  expect(headers.Properties.ResponseHeadersPolicyConfig).toMatchObject({
    SecurityHeadersConfig: {
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'same-origin', Override: true },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, Override: true },
    },
  });
}

/** Pages load what is theirs, and send to the API, to S3 and to the sign-in pages only. */
export function expectContentSecurityPolicy({ signIn, template }: Variant): void {
  const pages = signIn ? theOnly(template, 'AWS::Cognito::UserPoolDomain').id : '';
  expect(cspOf(template)).toEqual({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'"],
    'connect-src': [
      "'self'",
      'https://*.s3.ap-northeast-1.amazonaws.com',
      ...(signIn
        ? [
            `https://<${pages}>.auth.ap-northeast-1.amazoncognito.com`,
            'https://cognito-idp.ap-northeast-1.amazonaws.com',
          ]
        : []),
    ],
    'form-action': ["'self'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
  });
}

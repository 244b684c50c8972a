import { expect } from 'vitest';
import { PRODUCTION } from '../../lib/profile';
import { apiRoutesOf, apiStageOf } from './api-routes';
import { resourcesOf, theOnly } from './apps';
import { valueIn } from './deployed-values';
import { textOf } from './fleet';
import { environmentOf, frontOf, functionsOf, siteUrlOf, type Variant } from './serverless-api';
import { blockedBy } from './web-acl';

/** A REST API's own answers are problems as well (RFC 9457). */
export function expectProblemAnswers({ template }: Variant): void {
  const answers = Object.values(resourcesOf(template, 'AWS::ApiGateway::GatewayResponse')).map(
    ({ Properties }) => [String(Properties.ResponseType), Properties] as const,
  );
  expect(answers.map(([type]) => type).sort()).toEqual([
    'BAD_REQUEST_BODY',
    'DEFAULT_4XX',
    'DEFAULT_5XX',
    'MISSING_AUTHENTICATION_TOKEN',
  ]);
  for (const [type, { ResponseParameters, ResponseTemplates, StatusCode }] of answers) {
    expect(ResponseParameters).toEqual({
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
      'gatewayresponse.header.Cache-Control': "'no-store'",
      'gatewayresponse.header.x-correlation-id': 'context.requestId',
    });
    // What API Gateway puts in: a message comes with its quotes, other values without.
    const text = (ResponseTemplates as Record<string, string>)['application/json']
      ?.replace('$context.error.messageString', '"Said by API Gateway"')
      .replace('$context.error.responseType', 'WAF_FILTERED')
      .replace('$context.requestId', 'request-1');
    expect(text).not.toContain('$');
    const problem = JSON.parse(text ?? '');
    expect(problem).toEqual({
      type: 'about:blank',
      title: expect.stringMatching(/\w/),
      detail: expect.stringMatching(/\w/),
      correlationId: 'request-1',
    });
    // For a path that it does not know, API Gateway would answer 403, and tell of tokens.
    const isUnknownRoute = type === 'MISSING_AUTHENTICATION_TOKEN';
    expect(StatusCode).toBe(isUnknownRoute ? '404' : undefined);
    if (isUnknownRoute)
      expect(problem).toMatchObject({ title: 'Not Found', detail: 'There is no such route.' });
    if (type === 'BAD_REQUEST_BODY') expect(problem.title).toBe('Bad Request');
    if (type.startsWith('DEFAULT'))
      expect(problem).toMatchObject({ title: 'WAF_FILTERED', detail: 'Said by API Gateway' });
  }
}

/** Each route takes access tokens of the one client only. */
export function expectAccessTokens({ kind, template }: Variant): void {
  const pool = theOnly(template, 'AWS::Cognito::UserPool').id;
  const client = theOnly(template, 'AWS::Cognito::UserPoolClient').id;
  const authorizer = theOnly(
    template,
    kind === 'http' ? 'AWS::ApiGatewayV2::Authorizer' : 'AWS::ApiGateway::Authorizer',
  );
  // Also those that there are not, where the function is asked.
  for (const route of apiRoutesOf(template)) {
    expect(route).toMatchObject({
      authorization: kind === 'http' ? 'JWT' : 'COGNITO_USER_POOLS',
      authorizer: { Ref: authorizer.id },
      // An identity token has no scope.
      scopes: ['openid'],
    });
  }
  if (kind === 'http') {
    const { Audience, Issuer } = authorizer.Properties.JwtConfiguration as {
      Audience: unknown;
      Issuer: unknown;
    };
    expect(authorizer.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
    });
    expect(Audience).toEqual([{ Ref: client }]);
    expect(valueIn(Issuer)).toBe(`https://cognito-idp.ap-northeast-1.amazonaws.com/<${pool}>`);
  } else {
    expect(authorizer.Properties).toMatchObject({
      Type: 'COGNITO_USER_POOLS',
      IdentitySource: 'method.request.header.Authorization',
      ProviderARNs: [{ 'Fn::GetAtt': [pool, 'Arn'] }],
    });
  }
  // A REST API takes tokens of all clients of the pool: the function compares the client.
  expect(environmentOf(functionsOf(template).api)).toMatchObject({
    AUTHENTICATION: 'required',
    CLIENT_ID: { Ref: client },
  });
}

/** Users are invited, and sign in on pages that lead back to the site. */
export function expectUsers({ profile, template }: Variant): void {
  const pool = theOnly(template, 'AWS::Cognito::UserPool');
  expect(pool.Properties).toMatchObject({
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    AutoVerifiedAttributes: ['email'],
    DeletionProtection: profile === PRODUCTION ? 'ACTIVE' : 'INACTIVE',
    EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    MfaConfiguration: 'OPTIONAL',
    Policies: {
      PasswordPolicy: {
        MinimumLength: 12,
        RequireLowercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
        RequireUppercase: true,
        TemporaryPasswordValidityDays: 3,
      },
    },
    UserPoolTier: 'ESSENTIALS',
    UsernameAttributes: ['email'],
    UsernameConfiguration: { CaseSensitive: false },
  });
  const siteUrl = siteUrlOf(template);
  const { CallbackURLs, LogoutURLs, ...client } = theOnly(
    template,
    'AWS::Cognito::UserPoolClient',
  ).Properties;
  expect((CallbackURLs as unknown[]).map((url) => valueIn(url))).toEqual([`${siteUrl}/`]);
  expect((LogoutURLs as unknown[]).map((url) => valueIn(url))).toEqual([`${siteUrl}/`]);
  expect(client).toEqual({
    UserPoolId: { Ref: pool.id },
    // A page keeps no secret: proof key for code exchange takes its place.
    GenerateSecret: false,
    AllowedOAuthFlows: ['code'],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ['openid'],
    ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    SupportedIdentityProviders: ['COGNITO'],
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
    AccessTokenValidity: 60,
    IdTokenValidity: 60,
    RefreshTokenValidity: 720,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
  });
  const pages = theOnly(template, 'AWS::Cognito::UserPoolDomain');
  expect(pages.Properties).toMatchObject({ ManagedLoginVersion: 2, UserPoolId: { Ref: pool.id } });
  // Managed login has no pages for a client without a branding, nor before there is a domain.
  const branding = theOnly(template, 'AWS::Cognito::ManagedLoginBranding');
  expect(branding.Properties).toEqual({
    ClientId: { Ref: theOnly(template, 'AWS::Cognito::UserPoolClient').id },
    UseCognitoProvidedValues: true,
    UserPoolId: { Ref: pool.id },
  });
  expect(branding.DependsOn).toEqual([pages.id]);
}

/** The firewall lets through what bears the header of the distribution, and nothing else. */
export function expectWayThroughDistribution({ template }: Variant): void {
  const { apiOrigin } = frontOf(template);
  const [header, ...others] = apiOrigin.OriginCustomHeaders ?? [];
  expect([header?.HeaderName, others]).toEqual(['X-Origin-Verify', []]);
  const sent = textOf(header?.HeaderValue);
  const name = 'x-origin-verify';
  const blocked = 'NotThroughCloudFront';
  // The header that CloudFront adds takes the place of a viewer's own of that name.
  expect(blockedBy(template, { [name]: sent })).toBeUndefined();
  expect(blockedBy(template, {})).toBe(blocked);
  for (const wrong of ['', 'x', `${sent}x`, `x${sent}`, sent.slice(0, -1)]) {
    expect(blockedBy(template, { [name]: wrong })).toBe(blocked);
  }
  expect(blockedBy(template, { 'x-other': sent })).toBe(blocked);
  const acl = theOnly(template, 'AWS::WAFv2::WebACL');
  expect(acl.Properties).toMatchObject({ Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
  expect(theOnly(template, 'AWS::WAFv2::WebACLAssociation').Properties).toEqual({
    ResourceArn: expect.anything(),
    WebACLArn: { 'Fn::GetAtt': [acl.id, 'Arn'] },
  });
  const { ResourceArn } = theOnly(template, 'AWS::WAFv2::WebACLAssociation').Properties;
  const api = theOnly(template, 'AWS::ApiGateway::RestApi');
  expect(textOf(ResourceArn).replace(/^arn:aws:apigateway:[^:]+/, '')).toContain(
    `/restapis/<${api.id}>/stages/<${apiStageOf(template).id}>`,
  );
  // An edge-optimized API would be seen through CloudFront's network by everyone's address.
  expect(api.Properties.EndpointConfiguration).toEqual({ Types: ['REGIONAL'] });
}

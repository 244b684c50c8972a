import assert from 'node:assert/strict';
import {
  GetApiKeyCommand,
  GetRestApiCommand,
  GetStageCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeysCommand,
} from '@aws-sdk/client-api-gateway';
import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetWebACLForResourceCommand } from '@aws-sdk/client-wafv2';
import type { Settings } from '../../../../bin/settings';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { apiUrl } from './addresses';
import { type Ask, apiFor, frontOf, problemOf } from './desk';
import { logLines } from './desk-logs';
import { ANNA } from './desk-sign-in';
import { assertManagedRules } from './firewall';
import { signIn } from './tokens';
import { addUser } from './users';

type UsagePlan = NonNullable<Settings['serverlessApi']['usagePlan']>;

const HEADER = 'X-Origin-Verify';

/** The key of the API, as its owner hands it to people. */
export async function apiKeyOf({ aws, outputs }: DeployedStack): Promise<string> {
  const { value } = await aws.apiGateway.send(
    new GetApiKeyCommand({ apiKey: outputs.ApiKeyId, includeValue: true }),
  );
  if (!value) throw new Error('the API key has no value');
  return value;
}

/** The name of the API, by which CloudWatch knows it. */
export async function apiNameOf({ aws, idOf }: DeployedStack): Promise<string> {
  const restApiId = await idOf('AWS::ApiGateway::RestApi');
  const { name = '' } = await aws.apiGateway.send(new GetRestApiCommand({ restApiId }));
  return name;
}

async function secretOf({ aws, idOf }: DeployedStack): Promise<string> {
  const { SecretString = '' } = await aws.secrets.send(
    new GetSecretValueCommand({ SecretId: await idOf('AWS::SecretsManager::Secret') }),
  );
  assert.match(SecretString.replaceAll(/[a-z0-9]/g, 'x'), /^x{64}$/);
  return SecretString;
}

/** Shows that the API answers those only who come by way of CloudFront. */
export async function onlyThroughCloudFront(stack: DeployedStack): Promise<void> {
  const url = await apiUrl(stack.aws, await stack.idOf('AWS::ApiGateway::RestApi'), 'dev');
  const { access: token } = await signIn(stack, await addUser(stack, ANNA));
  const apiKey = await apiKeyOf(stack);
  const direct = async (secret?: string) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'x-api-key': apiKey,
      ...(secret !== undefined && { [HEADER]: secret }),
    };
    return (await fetch(`${url}/documents`, { headers })).status;
  };
  const secret = await secretOf(stack);
  assert.deepEqual([await direct(), await direct('x'.repeat(64)), await direct(secret)], [403, 403, 200]);
  const ask = await apiFor(stack, { token, apiKey });
  assert.equal((await ask('GET', '/documents')).status, 200);
  // CloudFront's own word counts, not the viewer's.
  assert.equal((await ask('GET', '/documents', { headers: { [HEADER]: 'guessed' } })).status, 200);
}

/** Shows that CloudFront and the firewall know the secret, and the template does not. */
export async function secretStaysSecret(stack: DeployedStack): Promise<void> {
  const secret = await secretOf(stack);
  const { config } = await frontOf(stack);
  const headers = (config.Origins?.Items ?? []).flatMap(({ CustomHeaders }) => CustomHeaders?.Items ?? []);
  assert.deepEqual(
    headers.map(({ HeaderName }) => HeaderName),
    [HEADER],
  );
  // Not assert.equal: its message would print the secret.
  assert.ok(headers[0]?.HeaderValue === secret, 'CloudFront sends another value than the secret');
  const { TemplateBody = '' } = await stack.aws.cloudFormation.send(
    new GetTemplateCommand({ StackName: stack.name }),
  );
  assert.ok(TemplateBody.includes('resolve:secretsmanager'), 'the template names no secret');
  assert.ok(!TemplateBody.includes(secret), 'the secret is in the template');
  const known = JSON.stringify([stack.outputs, await frontPageOf(stack)]);
  assert.ok(!known.includes(secret), 'the secret is known to everyone');
}

async function frontPageOf(stack: DeployedStack): Promise<string[]> {
  const answer = await (await apiFor(stack))('GET', '/nowhere');
  return [await answer.text(), ...[...answer.headers].flat()];
}

/** Shows which rules stand before the stage. */
export async function firewallAtStage(stack: DeployedStack): Promise<void> {
  const region = await stack.aws.apiGateway.config.region();
  const api = await stack.idOf('AWS::ApiGateway::RestApi');
  const ResourceArn = `arn:aws:apigateway:${region}::/restapis/${api}/stages/dev`;
  const { WebACL } = await stack.aws.waf.send(new GetWebACLForResourceCommand({ ResourceArn }));
  const [name, id] = (await stack.idOf('AWS::WAFv2::WebACL')).split('|');
  assert.deepEqual([WebACL?.Name, WebACL?.Id], [name, id]);
  const [own, ...managed] = WebACL?.Rules ?? [];
  assert.deepEqual([own?.Name, own?.Action], ['NotThroughCloudFront', { Block: {} }]);
  assertManagedRules({ ...WebACL, Rules: managed });
}

/** Shows that a key is asked for, and what its holder may use. */
export async function keyIsNeeded(stack: DeployedStack, usagePlan: UsagePlan): Promise<void> {
  const { access: token } = await signIn(stack, await addUser(stack, ANNA));
  for (const apiKey of [undefined, 'a'.repeat(40)]) {
    const ask = await apiFor(stack, { token, apiKey });
    await problemOf(await ask('GET', '/documents'), 403);
  }
  const { apiGateway } = stack.aws;
  const usagePlanId = await stack.idOf('AWS::ApiGateway::UsagePlan');
  const { apiStages, quota, throttle } = await apiGateway.send(new GetUsagePlanCommand({ usagePlanId }));
  assert.deepEqual({ throttle, quota }, usagePlan);
  const apiId = await stack.idOf('AWS::ApiGateway::RestApi');
  assert.deepEqual(
    apiStages?.map((stage) => [stage.apiId, stage.stage]),
    [[apiId, 'dev']],
  );
  const { items } = await apiGateway.send(new GetUsagePlanKeysCommand({ usagePlanId }));
  assert.deepEqual(
    items?.map(({ id }) => id),
    [stack.outputs.ApiKeyId],
  );
}

/** Shows that API Gateway itself refuses what it can, in the form of all errors, and calls no function for it. */
export async function refusedBefore(stack: DeployedStack, ask: Ask): Promise<void> {
  const refused = [
    await problemOf(await ask('POST', '/documents', { json: {} }), 400),
    await problemOf(await ask('POST', '/documents', { json: { title: 'a', owner: 'me' } }), 400),
    await problemOf(await ask('POST', '/documents', { text: '{"title":' }), 400),
    await problemOf(await ask('GET', '/nowhere'), 404),
  ];
  assert.deepEqual(
    refused.map(({ detail }) => detail),
    [...Array(3).fill('The body does not have the right form.'), 'There is no such route.'],
  );
  const { correlationId } = await problemOf(await ask('GET', '/documents?limit=0'), 400);
  const ids = await until('the line of the last request', async () => {
    const lines = await logLines(stack, 'api', 'answered');
    const known = lines.map(({ correlation_id }) => correlation_id);
    return known.includes(correlationId) ? known : undefined;
  });
  for (const each of refused) assert.ok(!ids.includes(each.correlationId), each.detail);
}

/** Shows how many requests the stage takes, and where it logs. */
export async function restStage({ aws, idOf, idsOf }: DeployedStack): Promise<void> {
  const restApiId = await idOf('AWS::ApiGateway::RestApi');
  const stage = await aws.apiGateway.send(new GetStageCommand({ restApiId, stageName: 'dev' }));
  const { throttlingBurstLimit, throttlingRateLimit } = stage.methodSettings?.['*/*'] ?? {};
  assert.deepEqual([throttlingRateLimit, throttlingBurstLimit, stage.tracingEnabled], [100, 200, true]);
  const groups = await idsOf('AWS::Logs::LogGroup');
  const accessLog = stage.accessLogSettings?.destinationArn?.split(':log-group:')[1]?.replace(/:\*$/, '');
  assert.ok(groups.includes(accessLog ?? ''), stage.accessLogSettings?.destinationArn);
  assert.ok(groups.includes(`API-Gateway-Execution-Logs_${restApiId}/dev`));
  assert.deepEqual(await idsOf('AWS::ApiGatewayV2::Api'), []);
}

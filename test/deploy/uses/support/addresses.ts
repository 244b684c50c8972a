import type { Aws } from '../../support/aws';

/** The address of the emulator that the clients lead to; `undefined` where they lead to AWS itself. */
export async function emulatorOf({ cognito }: Aws): Promise<string | undefined> {
  const endpoint = await cognito.config.endpoint?.();
  return endpoint && `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port}`;
}

/** Where a stage of an API is called, without a slash at the end. */
export async function apiUrl(aws: Aws, apiId: string, stage: string): Promise<string> {
  const emulator = await emulatorOf(aws);
  if (emulator) return `${emulator}/_aws/execute-api/${apiId}/${stage}`;
  return `https://${apiId}.execute-api.${await aws.apiGateway.config.region()}.amazonaws.com/${stage}`;
}

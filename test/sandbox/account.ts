import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { connectToAccount } from '../deploy/support/aws';
import { statusOf } from '../deploy/support/stacks';
import type { UnitStack } from '../deploy/support/units';
import { Refusal } from './refusal';

/** The SSM parameter that marks an account as a sandbox. Names that begin with `aws` are AWS's own and can't be made. */
export const MARK = '/standard-patterns/sandbox';

/** What `cdk bootstrap` leaves in each region. */
const BOOTSTRAP = '/cdk-bootstrap/hnb659fds/version';

/** What is asked of an account before anything is deployed to it. */
export interface AccountReader {
  /** The value of an SSM parameter; undefined where there is none. */
  parameter(region: string, name: string): Promise<string | undefined>;

  /** The status of a stack; undefined where there is none. */
  stackStatus(region: string, stackName: string): Promise<string | undefined>;
}

/** Asks the account of the current credentials. */
export const CURRENT_ACCOUNT: AccountReader = {
  async parameter(region, Name) {
    try {
      const { Parameter } = await new SSMClient({ region }).send(new GetParameterCommand({ Name }));
      return Parameter?.Value;
    } catch (error) {
      if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
      throw error;
    }
  },
  stackStatus: (region, stackName) => statusOf(connectToAccount(region), stackName),
};

/**
 * The region to deploy to: the first of the candidates that is given, or else that of the current profile.
 *
 * @throws Refusal where there is none, or none that the CDK knows
 */
export async function regionOf(candidates: readonly (string | undefined)[]): Promise<string> {
  const region = candidates.find(Boolean) ?? (await new STSClient({}).config.region().catch(() => undefined));
  if (!region) throw new Refusal('No region is set: give --region, or set AWS_REGION.');
  if (!RegionInfo.regions.some(({ name }) => name === region))
    throw new Refusal(`There is no region ${region}.`);
  return region;
}

/**
 * The number of the account of the current credentials.
 *
 * @throws Refusal where there are no credentials, or none that AWS accepts
 */
export async function accountOf(sts: Pick<STSClient, 'send'>): Promise<string> {
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    if (!Account) throw new Error('it names no account');
    return Account;
  } catch (error) {
    if (error instanceof Error && error.name === 'CredentialsProviderError') {
      throw new Refusal(
        `There are no AWS credentials: set AWS_PROFILE, or sign in with your tool of choice (${error.message}).`,
      );
    }
    throw new Refusal(`AWS does not accept the current credentials: ${messageOf(error)}.`);
  }
}

/** Everything that speaks against deploying stacks to an account and destroying them there. */
export async function objectionsTo(
  account: string,
  stacks: readonly Pick<UnitStack, 'stackName' | 'region'>[],
  reader: AccountReader,
): Promise<string[]> {
  const objections: string[] = [];
  for (const region of new Set(stacks.map((stack) => stack.region))) {
    const mark = await reader.parameter(region, MARK);
    if (mark !== account) objections.push(unmarked(account, region, mark));
    if ((await reader.parameter(region, BOOTSTRAP)) === undefined) {
      objections.push(
        `${region} of account ${account} is not bootstrapped:\n    npx cdk bootstrap aws://${account}/${region}`,
      );
    }
  }
  for (const { region, stackName } of stacks) {
    const status = await reader.stackStatus(region, stackName);
    if (status) {
      objections.push(
        `There already is a stack ${stackName} in ${region} (${status}). It may be somebody's, and this test would destroy it.`,
      );
    }
  }
  return objections;
}

/** The mark is the account's own number, so that a setting that was copied along marks no other account. */
function unmarked(account: string, region: string, mark: string | undefined): string {
  const problem =
    mark === undefined
      ? `Account ${account} is not marked as a sandbox in ${region}.`
      : `Account ${account} bears the mark of another account in ${region}: ${mark}.`;
  const overwrite = mark === undefined ? '' : ' --overwrite';
  return `${problem} If all that is in it may be lost, mark it:
    aws ssm put-parameter --region ${region} --name ${MARK} --type String --value ${account}${overwrite}`;
}

/** What an error says, without what a terminal does not need. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') || error.name : String(error);
}

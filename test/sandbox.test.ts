import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { catalogueIds } from './deploy/support/units';
import { type AccountReader, accountOf, MARK, objectionsTo, regionOf } from './sandbox/account';
import { parseRequest, usage } from './sandbox/arguments';
import { describePlan, idleCostOf } from './sandbox/plan';
import { confirm } from './sandbox/questions';
import { Refusal } from './sandbox/refusal';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';
const STACK = { stackName: 'Shop', region: REGION };

describe('the command line', () => {
  const patterns = ['CampaignSite', 'CorporateSite', 'Intranet'];

  test('takes a pattern, and options', () => {
    expect(parseRequest(['Intranet'], patterns)).toEqual({ pattern: 'Intranet', yes: false });
    expect(parseRequest(['Intranet', '--yes', '--region', 'eu-west-1'], patterns)).toEqual({
      pattern: 'Intranet',
      yes: true,
      region: 'eu-west-1',
    });
    expect(parseRequest(['--help'], patterns)).toBe('help');
    expect(usage(patterns)).toContain('one of: CampaignSite, CorporateSite, Intranet');
  });

  test.each([
    [[], 'Which pattern? Choose one of: CampaignSite, CorporateSite, Intranet.'],
    [['corporate-site'], 'Did you mean CorporateSite?'],
    [['Campainsite'], 'Did you mean CampaignSite?'],
    [['Kubernetes'], /^There is no pattern Kubernetes\. Choose one of/],
    [['Intranet', 'CampaignSite'], 'One pattern at a time'],
    [['Intranet', '--force'], "'--force'"],
    [['Intranet', '--region'], "'--region <value>'"],
  ])('is refused with a way out: %j', (args, message) => {
    expect(() => parseRequest(args, patterns)).toThrow(message);
    expect(() => parseRequest(args, patterns)).toThrow(Refusal);
  });
});

describe('the account', () => {
  /** An account that may be used, with changes. */
  function reader(change: Record<string, string | undefined> = {}): AccountReader {
    const parameters: Record<string, string | undefined> = {
      [MARK]: ACCOUNT,
      '/cdk-bootstrap/hnb659fds/version': '30',
      ...change,
    };
    return {
      parameter: async (region, name) => (region === REGION ? parameters[name] : undefined),
      stackStatus: async (_, stackName) => change[stackName],
    };
  }

  test('may be used if it is marked with its own number and bootstrapped, and has no such stack', async () => {
    expect(await objectionsTo(ACCOUNT, [STACK], reader())).toEqual([]);
  });

  test.each([
    ['is not marked', { [MARK]: undefined }, `--name ${MARK} --type String --value ${ACCOUNT}`],
    ["bears another account's mark", { [MARK]: '210987654321' }, `--value ${ACCOUNT} --overwrite`],
    [
      'is not bootstrapped',
      { '/cdk-bootstrap/hnb659fds/version': undefined },
      `cdk bootstrap aws://${ACCOUNT}/${REGION}`,
    ],
    ['has the stack', { Shop: 'ROLLBACK_COMPLETE' }, 'There already is a stack Shop in ap-northeast-1'],
  ])('is refused if it %s', async (_, change, message) => {
    const objections = await objectionsTo(ACCOUNT, [STACK], reader(change));
    expect(objections).toHaveLength(1);
    expect(objections[0]).toContain(message);
  });

  test('is looked at in every region, and refused with all reasons at once', async () => {
    const stacks = [STACK, { stackName: 'Shop-edge', region: 'us-east-1' }];
    const objections = await objectionsTo(ACCOUNT, stacks, reader({ 'Shop-edge': 'CREATE_COMPLETE' }));
    expect(objections.map((objection) => objection.includes('us-east-1'))).toEqual([true, true, true]);
  });

  test('has a mark that Parameter Store takes: names that begin with aws or ssm are reserved', () => {
    expect(MARK).not.toMatch(/^\/?(aws|ssm)/i);
  });

  test('is that of the credentials; without any, one sentence says so', async () => {
    const sts = (send: () => Promise<unknown>) => ({ send }) as unknown as Parameters<typeof accountOf>[0];
    expect(await accountOf(sts(async () => ({ Account: ACCOUNT })))).toBe(ACCOUNT);
    const none = Object.assign(new Error('none found'), { name: 'CredentialsProviderError' });
    await expect(accountOf(sts(() => Promise.reject(none)))).rejects.toThrow('There are no AWS credentials');
    await expect(accountOf(sts(() => Promise.reject(new Error('ExpiredToken'))))).rejects.toThrow(
      'AWS does not accept the current credentials: ExpiredToken.',
    );
  });

  test('is used in the first region that is named, if there is such a region', async () => {
    expect(await regionOf([undefined, 'eu-west-1', REGION])).toBe('eu-west-1');
    await expect(regionOf(['tokyo'])).rejects.toThrow('There is no region tokyo.');
  });
});

describe('the question', () => {
  const terminal = (isTTY: boolean) => ({
    input: Object.assign(new PassThrough(), { isTTY }),
    output: new PassThrough(),
  });

  test.each([
    ['Shop\r', true],
    ['yes\r', false],
    ['shop\r', false],
    ['\r', false],
    ['\u0003', false],
  ])('is answered by the id alone: %j', async (typed, isRight) => {
    const asked = terminal(true);
    asked.input.write(typed);
    const outcome = confirm('Shop', asked);
    if (isRight) await expect(outcome).resolves.toBeUndefined();
    else await expect(outcome).rejects.toThrow('nothing was deployed');
  });

  test('is not asked where nobody can answer', async () => {
    await expect(confirm('Shop', terminal(false))).rejects.toThrow('With --yes there is no question');
  });
});

test('the plan names account, stacks and what the README says on costs, for every pattern', () => {
  const readme = readFileSync('README.md', 'utf8');
  for (const id of catalogueIds())
    expect(idleCostOf(id, readme)).toMatch(/^Idle, sandbox, \w+: \d+ USD a month$/);
  expect(idleCostOf('Shop', readme)).toBeUndefined();
  const template = { Resources: { A: { Type: 'A', Properties: {} }, B: { Type: 'B', Properties: {} } } };
  const nested = { A: { Resources: { C: { Type: 'C', Properties: {} } } } };
  const stacks = [
    { id: 'Shop', ...STACK, template, nested: {} },
    { id: 'Shop/Branch', stackName: 'Shop-Branch', region: 'eu-west-1', template, nested },
  ];
  const plan = describePlan(ACCOUNT, { id: 'Shop', stacks }, readme);
  expect(plan).toContain(ACCOUNT);
  expect(plan).toContain('Shop in ap-northeast-1, 2 resources');
  expect(plan).toContain('Shop-Branch in eu-west-1, 3 resources');
  expect(plan).toContain('README.md does not say');
});

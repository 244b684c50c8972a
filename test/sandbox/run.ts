import { readFileSync, rmSync } from 'node:fs';
import { STSClient } from '@aws-sdk/client-sts';
import { settingsFor } from '../../bin/settings';
import { catalogueIds, synthesizeCatalogue, type Unit } from '../deploy/support/units';
import { accountOf, CURRENT_ACCOUNT, messageOf, objectionsTo, regionOf } from './account';
import { parseRequest, usage } from './arguments';
import { listenToSignals } from './interrupts';
import { CURRENT_LEFTOVERS } from './leftover-reader';
import { traceStacks } from './leftovers';
import { describePlan } from './plan';
import { confirm } from './questions';
import { Refusal } from './refusal';
import { roundTrip } from './round-trip';
import { stepsOf, type Visit } from './visit';

const print = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

/** Everything before money is spent; undefined where help was all that was asked for. */
async function prepare(): Promise<Omit<Visit, 'givenUp'> | undefined> {
  const patterns = catalogueIds();
  const request = parseRequest(process.argv.slice(2), patterns);
  if (request === 'help') {
    print(usage(patterns));
    return undefined;
  }
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const region = await regionOf([
    request.region,
    settingsFor('sandbox').region,
    AWS_REGION,
    AWS_DEFAULT_REGION,
  ]);
  const account = await accountOf(new STSClient({ region }));
  const app = synthesizeCatalogue({ region });
  process.on('exit', () => rmSync(app.folder, { recursive: true, force: true }));
  const unit = app.units.find(({ id }) => id === request.pattern);
  if (!unit) throw new Error(`${request.pattern} has no stacks`);

  await refuseWhereUnfit(account, unit);
  print(describePlan(account, unit, readFileSync('README.md', 'utf8')));
  if (!request.yes) {
    await confirm(unit.id, { input: process.stdin, output: process.stdout });
    // The question may have stood there for hours.
    await refuseWhereUnfit(account, unit);
  }
  const before = await traceStacks(unit, CURRENT_LEFTOVERS);
  if (before.length > 0) print(listing('There before, of other or earlier stacks, and not counted:', before));
  return { account, region, app, unit, before, print };
}

async function refuseWhereUnfit(account: string, { stacks }: Unit): Promise<void> {
  const objections = await objectionsTo(account, stacks, CURRENT_ACCOUNT);
  if (objections.length > 0) throw new Refusal(objections.join('\n'));
}

/** Deploys, uses and destroys; gives the exit code. */
async function stay(visit: Omit<Visit, 'givenUp'>): Promise<number> {
  const { unit } = visit;
  const giveUp = new AbortController();
  const interrupts = listenToSignals(process, (exitCode) => {
    complain(`Given up. This may be left and cost money:\n${removalOf(unit)}`);
    giveUp.abort();
    process.exit(exitCode);
  });
  interrupts.first.addEventListener('abort', () =>
    complain(`Interrupted: ${unit.id} is being destroyed. Interrupt again to leave it as it is.`),
  );
  // A closed terminal or pipe must not keep the stack from being destroyed.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const problems = await roundTrip(stepsOf({ ...visit, givenUp: giveUp.signal }), interrupts.first);
  if (problems.length > 0) {
    complain(listing(`${unit.id} is not as it should be:`, problems));
    complain(
      'The tagging service lists some resources for hours after they were deleted. Where a stack is left:',
    );
    complain(removalOf(unit));
  } else {
    print(`Nothing is left of ${unit.id}.`);
  }
  return interrupts.exitCode() ?? (problems.length > 0 ? 1 : 0);
}

function listing(title: string, items: readonly string[]): string {
  return [title, ...items.map((item) => `  - ${item}`)].join('\n');
}

/** The commands that remove a unit's stacks, the last one first. */
function removalOf({ stacks }: Unit): string {
  return stacks
    .toReversed()
    .map(
      ({ stackName, region }) =>
        `  aws cloudformation delete-stack --region ${region} --stack-name ${stackName}`,
    )
    .join('\n');
}

async function main(): Promise<void> {
  const visit = await prepare().catch((error: unknown) => {
    // Whatever happens up to here, nothing was deployed.
    complain(error instanceof Refusal ? error.message : `Nothing was deployed: ${messageOf(error)}.`);
    process.exitCode = 2;
  });
  if (visit) process.exitCode = await stay(visit);
}

void main();

import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { requireVariable } from '../shared/environment';
import { NamedError } from '../shared/named-error';
import { FAILED_OVER, NAMESPACE, SYSTEM_DIMENSION } from './failed-over-metric';

/** What the switch is asked for. */
export interface SwitchEvent {
  /**
   * The region that is to serve.
   *
   * @default - the switch is only read
   */
  readonly activeRegion?: string;
}

/** What the switch says. */
export interface SwitchState {
  /** The region that serves. */
  readonly activeRegion: string;
}

const region = requireVariable('SWITCH_REGION');
const system = requireVariable('SYSTEM');
const parameter = requireVariable('PARAMETER');
const primaryRegion = requireVariable('PRIMARY_REGION');
const standbyRegion = requireVariable('STANDBY_REGION');

const ssm = new SSMClient({ ...CLIENT_OPTIONS, region });
const cloudWatch = new CloudWatchClient({ ...CLIENT_OPTIONS, region });

/**
 * Says which region serves, or changes it. Changing it to what it is already writes the same again.
 *
 * Whenever it is called, also only to be read and once a minute by a schedule, it sends the metric by which Route 53 leads
 * the users. The parameter is written first: should the metric fail, the next minute makes up for it.
 *
 * @throws UnknownRegion where the region to be written, or the one that was read, is none of the system's
 */
export async function handler(event: SwitchEvent): Promise<SwitchState> {
  const activeRegion = event.activeRegion === undefined ? await read() : await write(event.activeRegion);
  await tell(activeRegion);
  return { activeRegion };
}

async function read(): Promise<string> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter }));
  return check(`${Parameter?.Value}`, `The parameter ${parameter} in ${region}`);
}

async function write(activeRegion: string): Promise<string> {
  const Value = check(activeRegion, 'The event');
  await ssm.send(new PutParameterCommand({ Name: parameter, Value, Type: 'String', Overwrite: true }));
  return Value;
}

async function tell(activeRegion: string): Promise<void> {
  await cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: NAMESPACE,
      MetricData: [
        {
          MetricName: FAILED_OVER,
          Dimensions: [{ Name: SYSTEM_DIMENSION, Value: system }],
          Value: activeRegion === standbyRegion ? 1 : 0,
        },
      ],
    }),
  );
}

function check(name: string, source: string): string {
  if (name === primaryRegion || name === standbyRegion) return name;
  throw new NamedError(
    'UnknownRegion',
    `${source} names ${JSON.stringify(name)}; the system's regions are ${primaryRegion} and ${standbyRegion}.`,
  );
}

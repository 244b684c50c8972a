import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as cloudFormation from '@aws-sdk/client-cloudformation';
import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as rds from '@aws-sdk/client-rds';
import * as ssm from '@aws-sdk/client-ssm';

/** The services that Step Functions calls by their SDK, by its names for them, and by its prefixes of errors. */
const SERVICES: Record<
  string,
  { readonly prefix: string; readonly module: Readonly<Record<string, unknown>> }
> = {
  autoscaling: { prefix: 'AutoScaling', module: autoScaling },
  cloudformation: { prefix: 'CloudFormation', module: cloudFormation },
  cloudwatch: { prefix: 'CloudWatch', module: cloudWatch },
  rds: { prefix: 'Rds', module: rds },
  ssm: { prefix: 'Ssm', module: ssm },
};

/** A shape of the SDK: its kind, namespace, name, traits, and what it consists of. */
type Shape = readonly [number, string, string, unknown, unknown, unknown, number?];

const ERROR = -3;
const LIST = 1;
const STRUCTURE = 3;

/** What is wrong with a request or an answer, as the SDK's model has it. */
export function shapeProblems(
  service: string,
  action: string,
  part: 'request' | 'answer',
  value: unknown,
): string[] {
  const name = action.charAt(0).toUpperCase() + action.slice(1);
  const operation = SERVICES[service]?.module[`${name}$`] as Shape | undefined;
  if (!operation) return [`${service} has no operation ${name}`];
  const shape = operation[part === 'request' ? 4 : 5] as () => Shape;
  return problemsIn(shape(), value, `${name} ${part}`, part === 'request');
}

/** The names that Step Functions gives to a service's errors, and the one for all errors that have no shape. */
export function errorNames(): string[] {
  return Object.values(SERVICES).flatMap(({ module, prefix }) => [
    `${prefix}.${prefix}Exception`,
    ...Object.values(module)
      .filter((shape): shape is Shape => Array.isArray(shape) && shape[0] === ERROR)
      .map(
        ([, , name]) =>
          `${prefix}.${name.replace(ACRONYM, asWord).replace(/(Fault|Exception)?$/, 'Exception')}`,
      ),
  ]);
}

function problemsIn(shape: unknown, value: unknown, path: string, isRequest: boolean): string[] {
  const resolved = typeof shape === 'function' ? shape() : shape;
  if (!Array.isArray(resolved)) return [];
  // A member with traits is a pair of its shape and them.
  if (resolved.length === 2) return problemsIn(resolved[0], value, path, isRequest);
  const [kind, , , , content, types, required = 0] = resolved as unknown as Shape;
  if (kind === LIST) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item, index) => problemsIn(content, item, `${path}[${index}]`, isRequest));
  }
  if (kind !== STRUCTURE || typeof value !== 'object' || value === null) return [];
  const names = (content as string[]).map(javaName);
  const entries = Object.entries(value);
  return [
    // The first members of a shape are those that are required.
    ...(isRequest ? names.slice(0, required).filter((name) => !(name in value)) : []).map(
      (name) => `${path} lacks ${name}`,
    ),
    ...entries.flatMap(([name, item]) => {
      const index = names.indexOf(name);
      if (index < 0) return [`${path} has no ${name}`];
      return problemsIn((types as unknown[])[index], item, `${path}.${name}`, isRequest);
    }),
  ];
}

const ACRONYM = /([A-Z])([A-Z]+)(?=[A-Z][a-z]|$)/g;

function asWord(_: string, first: string, rest: string): string {
  return first + rest.toLowerCase();
}

/**
 * A member's name as the SDK for Java has it, which is what Step Functions takes: capitals at its beginning are one word,
 * and in an error's name, which is a class, everywhere.
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
function javaName(name: string): string {
  return name.replace(new RegExp(`^${ACRONYM.source}`), asWord);
}

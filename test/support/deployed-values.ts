import { textOf } from './fleet';

/** Where stacks are, where they must know it. */
export const REGION = 'ap-northeast-1';

/** A value as CloudFormation makes it in Tokyo, in a stack with an id; `<id>` for what resources have only then. */
export function valueIn(value: unknown, stackId = stackIdOf(REGION)): string {
  const known: Record<string, string> = {
    'AWS::StackId': stackId,
    'AWS::Region': stackId.split(':')[3] ?? '',
    'AWS::AccountId': '123456789012',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::Partition': 'aws',
  };
  const read = (given: unknown): string => {
    if (typeof given !== 'object' || given === null) return String(given);
    const [[name = '', content] = []] = Object.entries(given);
    if (name === 'Ref') return known[String(content)] ?? textOf(given);
    if (name === 'Fn::Join') {
      const [separator, parts] = content as [string, unknown[]];
      return parts.map(read).join(separator);
    }
    if (name === 'Fn::Select') {
      const [index, list] = content as [number, { 'Fn::Split': [string, unknown] }];
      const [separator, whole] = list['Fn::Split'];
      return read(whole).split(separator)[index] ?? '';
    }
    return textOf(given);
  };
  return read(value);
}

const UUIDS: Readonly<Record<string, string>> = {
  [REGION]: '11111111-2222-3333-4444-555555555555',
  'us-west-2': '66666666-7777-8888-9999-000000000000',
};

/** The ARN of a stack of the same name in Tokyo or Oregon. */
export const stackIdOf = (region: string): string =>
  `arn:aws:cloudformation:${region}:123456789012:stack/ServerlessApi/${UUIDS[region]}`;

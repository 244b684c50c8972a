import { CfnParameter, CfnResource, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import type { Aws } from './deploy/support/aws';
import { mainStackOf } from './deploy/support/stacks';
import { createApp, templatesOf, withAssembly } from './support/apps';
import { maskHashes } from './support/masking';
import { nestedStacksIn } from './support/nested-stacks';

describe('stacks in stages, and in other stacks', () => {
  const estate = () => {
    const app = createApp();
    const till = new Stack(new Stage(app, 'Shop'), 'Till', { env: { region: 'eu-west-1' } });
    const sale = new CfnResource(till, 'Sale', { type: 'AWS::SNS::Topic' });
    const drawer = new NestedStack(till, 'Drawer');
    const coins = new NestedStack(drawer, 'Coins');
    new CfnParameter(coins, 'Own', { default: 1 });
    new CfnResource(coins, 'Coin', { type: 'AWS::SNS::Topic', properties: { TopicName: sale.ref } });
    return { app };
  };

  test('have templates by their paths', () => {
    const templates = templatesOf(estate().app);
    expect([...templates.keys()]).toEqual(['Shop/Till', 'Shop/Till/Drawer', 'Shop/Till/Drawer/Coins']);
    expect(Object.keys(templates.get('Shop/Till/Drawer/Coins')?.Resources ?? {})).toEqual(['Coin']);
  });

  test('are known by the stack that is deployed, the ids that lead there, and what they are given', () => {
    const { app } = estate();
    const nested = withAssembly(app, () => nestedStacksIn(app));
    const drawer = expect.stringMatching(/^DrawerNestedStack\w+$/);
    expect(nested).toMatchObject([
      { stackId: 'Shop/Till', resourcePath: drawer, region: 'eu-west-1', given: [expect.any(String)] },
      {
        stackId: 'Shop/Till',
        resourcePath: expect.stringMatching(/^DrawerNestedStack\w+\/CoinsNestedStack\w+$/),
        given: [expect.stringMatching(/^referenceto/)],
      },
    ]);
  });

  test('are masked alike: what one calls by its logical id in another, too', () => {
    const hash = '61fbd908dfc19e0c';
    const id = `ServerCCB4BC1C${hash}`;
    const inner = { Resources: { [id]: { Type: 'T', Properties: {} } } };
    const outer = (end: string) => ({
      Resources: { A: { Type: 'T', Properties: { Name: `Outputs.${id.replace(hash, end)}Ref` } } },
    });
    expect(maskHashes(outer(hash), [outer(hash), inner])).toEqual(outer('Hash'));
    expect(maskHashes(outer(hash))).toEqual(outer(hash));
  });

  test('are reached from the last one, each with the clients of its own region and its outputs', () => {
    const stack = (name: string, region: string) => ({
      id: `Shop/${name}`,
      stackName: `Shop-1-${name}`,
      region,
      template: { Resources: {} },
      nested: {},
    });
    const unit = { id: 'Shop', stacks: [stack('Till', 'eu-west-1'), stack('Desk', 'us-east-1')] };
    const outputs = { 'Shop-1-Till': { Money: '1' }, 'Shop-1-Desk': { Papers: '2' } };
    const main = mainStackOf(unit, outputs, (region) => ({ region }) as Aws);
    const seen = ({ aws, name, outputs: own }: typeof main) => [name, aws.region, own];
    expect(seen(main)).toEqual(['Shop-1-Desk', 'us-east-1', { Papers: '2' }]);
    expect(seen(main.stackOf('Till'))).toEqual(['Shop-1-Till', 'eu-west-1', { Money: '1' }]);
    expect(main.stackOf('Till').stackOf('Desk').name).toBe('Shop-1-Desk');
    expect(() => main.stackOf('Shelf')).toThrow('Shop has no stack Shelf, but Till, Desk');
  });
});

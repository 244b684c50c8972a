import { describe, expect, test } from 'vitest';
import { createApp, withAssembly } from './support/apps';
import { CATALOGUE } from './support/estate';
import { fixedNamesIn } from './support/fixed-names';
import { nestedStacksIn } from './support/nested-stacks';
import { nameProblems } from './support/round-trip';

test('no two environments, which may share an account, fix the same name', () => {
  const names = CATALOGUE.flatMap(({ addStacks }) => {
    const app = createApp();
    addStacks(app);
    return withAssembly(app, ({ stacksRecursively }) => [
      ...stacksRecursively.map(({ environment, template }) => ({ region: environment.region, template })),
      ...nestedStacksIn(app),
    ]).flatMap(({ region, template }) =>
      fixedNamesIn(template).map(({ name, type }) => `${region} ${type} ${name}`),
    );
  });
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe('the contract on names turns red at', () => {
  test.each<[string, Record<string, unknown>, string | undefined]>([
    ['AWS::SSM::Parameter', { Name: '/shop/till' }, 'Name is fixed to /shop/till'],
    [
      'AWS::S3::Bucket',
      { BucketName: { 'Fn::Join': ['-', ['shop', { Ref: 'AWS::AccountId' }]] } },
      'BucketName is fixed to shop-<AccountId>',
    ],
    [
      'AWS::KMS::Alias',
      { AliasName: { 'Fn::Sub': 'alias/shop-$' + '{AWS::Region}' } },
      'AliasName is fixed to alias/shop-<Region>',
    ],
    ['AWS::SSM::Parameter', { Name: { 'Fn::Join': ['/', ['', { Ref: 'AWS::StackName' }]] } }, undefined],
    ['AWS::SSM::Parameter', { Name: { 'Fn::Sub': '/$' + '{AWS::StackName}' } }, undefined],
    ['AWS::Route53::RecordSet', { Name: 'shop.example.com' }, undefined],
  ])('a fixed name, also a composed one, of %s %j', (type, properties, problem) => {
    const found = nameProblems({ Resources: { A: { Type: type, Properties: properties } } });
    expect(found).toEqual(problem ? [`A: ${problem}`] : []);
  });

  test.each([
    ['/shop/till', true],
    ['alias/shop', true],
    ['shop-files-<AccountId>', true],
    ['/aws/vendedlogs/states/shop-take-over', true],
    ['/aws/lambda/shop-till', true],
    ['/till/shop', false],
    ['shops', false],
    ['my-shop', false],
  ])("a name that does not begin with its system's: %s", (name, isRight) => {
    const named = { Resources: { A: { Type: 'AWS::S3::Bucket', Properties: { BucketName: name } } } };
    const problem = `A: BucketName is fixed to ${name}, which does not begin with shop`;
    expect(nameProblems(named, { systemName: 'shop' })).toEqual(isRight ? [] : [problem]);
  });
});

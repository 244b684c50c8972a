import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { createApp, type StackTemplate, templateOf, withAssembly } from './support/apps';
import { ESTATE } from './support/estate';
import { systemNameOf } from './support/fixed-names';
import { nestedStacksIn } from './support/nested-stacks';
import { nameProblems, productionProblems, sandboxProblems } from './support/round-trip';

describe.each(ESTATE)('$name', ({ addStacks, profile }) => {
  const app = createApp();
  addStacks(app);
  const { protections, templates, missing } = withAssembly(app, (assembly) => ({
    protections: assembly.stacksRecursively.map(({ terminationProtection }) => terminationProtection),
    templates: [
      ...assembly.stacksRecursively.map(({ hierarchicalId, template }) => ({
        template: template as StackTemplate,
        context: { systemName: systemNameOf(app, hierarchicalId) },
      })),
      ...nestedStacksIn(app).map(({ given, id, template }) => ({
        template,
        context: { given, systemName: systemNameOf(app, id) },
      })),
    ],
    missing: [assembly, ...assembly.nestedAssemblies.map(({ nestedAssembly }) => nestedAssembly)].flatMap(
      ({ manifest }) => manifest.missing ?? [],
    ),
  }));

  test('needs no lookup', () => {
    expect(missing).toEqual([]);
  });

  if (profile.deletionProtection) {
    test('keeps everything stateful', () => {
      expect(templates.flatMap(({ template }) => productionProblems(template))).toEqual([]);
      expect(protections.filter((isProtected) => !isProtected)).toEqual([]);
    });

    test('fits twice into an account', () => {
      expect(templates.flatMap(({ context, template }) => nameProblems(template, context))).toEqual([]);
    });
  } else {
    test('goes away when it is destroyed, and fits twice into an account', () => {
      expect(templates.flatMap(({ context, template }) => sandboxProblems(template, context))).toEqual([]);
      expect(protections).not.toContain(true);
    });
  }
});

describe('the contract turns red at', () => {
  const template = (add: (stack: Stack) => void) =>
    templateOf((app) => {
      const stack = new Stack(app, 'Stack');
      add(stack);
      return stack;
    });
  const dbInstance = { engine: 'mysql', dbInstanceClass: 'db.t4g.micro' };

  test('a database without a deletion policy, which RDS snapshots', () => {
    const found = sandboxProblems(template((stack) => new rds.CfnDBInstance(stack, 'Db', dbInstance)));
    expect(found).toEqual([
      'Db: DeletionPolicy is not set, not Delete',
      'Db: UpdateReplacePolicy is not set, not Delete',
    ]);
  });

  test('a retained bucket that keeps its objects and has a fixed name', () => {
    const found = sandboxProblems(template((stack) => new s3.Bucket(stack, 'B', { bucketName: 'fixed' })));
    expect(found.map((problem) => problem.replace(/^\w+: /, ''))).toEqual([
      'BucketName is fixed to fixed',
      'DeletionPolicy is Retain, not Delete',
      'UpdateReplacePolicy is Retain, not Delete',
      'does not empty itself',
    ]);
  });

  test('a provider of aws-cdk-lib that may make a log group outside of the stack', () => {
    const found = sandboxProblems(
      template((stack) => {
        new s3.Bucket(stack, 'B', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true });
      }),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('has no log group in the stack');
  });

  test('a function without a log group', () => {
    const found = sandboxProblems(
      template((stack) => {
        new lambda.CfnFunction(stack, 'F', {
          code: { zipFile: ' ' },
          role: 'arn:aws:iam::123456789012:role/r',
        });
      }),
    );
    expect(found).toEqual(['F: has no log group in the stack and may make one outside of it']);
  });

  test('a protected database whose backups and logs stay', () => {
    const found = sandboxProblems(
      template((stack) => {
        new rds.CfnDBInstance(stack, 'Db', {
          ...dbInstance,
          deletionProtection: true,
          deleteAutomatedBackups: false,
          enableCloudwatchLogsExports: ['error'],
        }).applyRemovalPolicy(RemovalPolicy.DESTROY);
      }),
    );
    expect(found).toEqual([
      'Db: DeletionProtection is on',
      'Db: automated backups outlive it',
      'Db: RDS makes log groups for it outside of the stack',
    ]);
  });

  test('a repository that keeps its images, and a bucket beside one that empties itself', () => {
    const found = sandboxProblems(
      template((stack) => {
        new CfnResource(stack, 'Repository', { type: 'AWS::ECR::Repository' });
        new s3.CfnBucket(stack, 'Kept');
        new s3.CfnBucket(stack, 'Emptied');
        new CfnResource(stack, 'Emptying', {
          type: 'Custom::S3AutoDeleteObjects',
          properties: { BucketName: { Ref: 'Emptied' } },
        });
        new CfnResource(stack, 'EmptyingNothing', {
          type: 'Custom::S3AutoDeleteObjects',
          properties: { ServiceToken: 'token' },
        });
      }),
    );
    expect(found).toEqual(['Repository: does not empty itself', 'Kept: does not empty itself']);
  });

  test('a function whose right to write logs comes from a policy of its own', () => {
    const found = sandboxProblems(
      template((stack) => {
        const trust = { Version: '2012-10-17', Statement: [] };
        const role = new iam.CfnRole(stack, 'Role', { assumeRolePolicyDocument: trust });
        new iam.CfnPolicy(stack, 'Policy', {
          policyName: 'logs',
          roles: [role.ref],
          policyDocument: { Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }] },
        });
        new lambda.CfnFunction(stack, 'F', { code: { zipFile: ' ' }, role: role.attrArn });
      }),
    );
    expect(found).toEqual(['F: has no log group in the stack and may make one outside of it']);
  });

  test.each(['AWS::Logs::LogGroup', 'AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::KMS::Key'])(
    'a %s that production would lose',
    (type) => {
      const found = productionProblems(
        template((stack) =>
          new CfnResource(stack, 'Store', { type }).applyRemovalPolicy(RemovalPolicy.DESTROY),
        ),
      );
      expect(found).toEqual(['Store: DeletionPolicy is Delete', 'Store: UpdateReplacePolicy is Delete']);
    },
  );

  test('a parameter that must be given', () => {
    const parameters = { Parameters: { Domain: {}, Vpc: {} }, Resources: {} };
    expect(sandboxProblems(parameters, { given: ['Vpc'] })).toEqual([
      'parameter Domain: must be given by hand',
    ]);
  });

  test('a vault that is locked, or keeps its recovery points', () => {
    const vault = (properties: Record<string, unknown>) => ({
      Type: 'AWS::Backup::BackupVault',
      Properties: { BackupVaultName: 'shop-copies', ...properties },
    });
    const emptying = (Vault: unknown) => ({ Type: 'Custom::EmptyVault', Properties: { Vault } });
    const found = (Resources: StackTemplate['Resources']) =>
      sandboxProblems({ Resources }, { systemName: 'shop' });
    expect(found({ V: vault({ LockConfiguration: { MinRetentionDays: 1 } }) })).toEqual([
      'V: does not empty itself',
      'V: is locked',
    ]);
    expect(found({ V: vault({}), E: emptying({ Ref: 'V' }) })).toEqual([]);
    expect(found({ V: vault({}), E: emptying('shop-copies') })).toEqual([]);
    expect(found({ V: vault({}), E: emptying('other') })).toEqual(['V: does not empty itself']);
  });

  test('an unprotected database in production', () => {
    const found = productionProblems(template((stack) => new rds.CfnDBInstance(stack, 'Db', dbInstance)));
    expect(found).toEqual([
      'Db: DeletionPolicy is not set',
      'Db: UpdateReplacePolicy is not set',
      'Db: DeletionProtection is off',
    ]);
  });
});

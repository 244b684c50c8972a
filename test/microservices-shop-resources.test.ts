import { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { ShopResources } from '../lib/microservices/shop-resources';
import {
  addressesFor,
  SHOP,
  SHOP_PORTS,
  SHOP_SERVICES,
  type ShopServiceName,
} from '../lib/microservices/shop-services';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import { resourcesOf, type StackTemplate, templateOfConstructs, theOnly } from './support/apps';
import { permissionsOf, textOf } from './support/fleet';
import { addShop, shopPart, withPlainIds } from './support/shop-stack';
import { validate } from './support/validation';

const PROFILES = [
  { name: 'PRODUCTION', profile: PRODUCTION },
  { name: 'SANDBOX', profile: SANDBOX },
];

/** What services find in their environment. */
const environments: Partial<Record<ShopServiceName, Record<string, unknown>>> = {};

const template = templateOfConstructs((stack) => {
  const { shop } = addShop(stack, SANDBOX);
  for (const service of SHOP_SERVICES) environments[service] = stack.resolve(shop.environmentOf(service));
});

const capital = (word: string) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

const tableOf = (service: string, among: StackTemplate = template) =>
  shopPart(among, 'AWS::DynamoDB::GlobalTable', `Shop${capital(service)}Table`);

describe('the services', () => {
  test('call each other at ports where somebody answers', () => {
    for (const service of SHOP_SERVICES) {
      for (const call of SHOP[service].calls) {
        expect(call.service).not.toBe(service);
        if (call.port === 'internal') expect(SHOP[call.service].internalApi).toBe(true);
      }
    }
  });

  test('have an internal API only where somebody calls it', () => {
    const called = SHOP_SERVICES.flatMap((service) => SHOP[service].calls)
      .filter(({ port }) => port === 'internal')
      .map(({ service }) => service);
    expect(new Set([...called, 'product'])).toEqual(
      new Set(SHOP_SERVICES.filter((service) => SHOP[service].internalApi)),
    );
  });

  test('are told where the others are, and of no others', () => {
    const jwks = { CUSTOMER_URL: 'http://customer:8080' };
    expect(Object.fromEntries(SHOP_SERVICES.map((service) => [service, addressesFor(service)]))).toEqual({
      product: {},
      cart: { PRODUCT_URL: 'http://product:8080', ORDER_URL: 'http://order:8081', ...jwks },
      order: { PRODUCT_URL: 'http://product:8081', PAYMENT_URL: 'http://payment:8081', ...jwks },
      payment: jwks,
      customer: {},
      review: jwks,
    });
  });

  test('share no public path', () => {
    const paths = SHOP_SERVICES.flatMap((service) => SHOP[service].publicPaths);
    expect(paths.toSorted()).toEqual([
      '/',
      '/.well-known/jwks.json',
      '/cart',
      '/customers',
      '/orders',
      '/payment-methods',
      '/products',
      '/reviews',
      '/sessions',
    ]);
  });

  test('have ports of their own for each other', () => {
    expect(SHOP_PORTS).toEqual({ public: 8080, internal: 8081 });
  });
});

describe('tables', () => {
  const keys = (pairs: [string, string][]) =>
    pairs.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType }));

  test('are one for each service, with nothing shared', () => {
    expect(Object.keys(resourcesOf(template, 'AWS::DynamoDB::GlobalTable'))).toHaveLength(6);
    expect(new Set(SHOP_SERVICES.map((service) => tableOf(service).id)).size).toBe(6);
  });

  test.each(SHOP_SERVICES)('of %s are paid per request, and forget what is over', (service) => {
    expect(tableOf(service).Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keys([
        ['pk', 'HASH'],
        ['sk', 'RANGE'],
      ]),
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  test.each<[ShopServiceName, unknown[]]>([
    ['product', [['category', 'category S', 'byName S', 'ALL']]],
    ['cart', []],
    [
      'order',
      [
        ['unfinished', 'unfinished S', 'nextAttemptAt N', 'KEYS_ONLY'],
        ['outbox', 'outbox S', 'createdAt S', 'ALL'],
      ],
    ],
    ['payment', []],
    ['customer', []],
    ['review', [['outbox', 'outbox S', 'createdAt S', 'ALL']]],
  ])('of %s have these indexes', (service, expected) => {
    const { AttributeDefinitions, GlobalSecondaryIndexes = [] } = tableOf(service).Properties as {
      AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
      GlobalSecondaryIndexes?: {
        IndexName: string;
        KeySchema: { AttributeName: string }[];
        Projection: { ProjectionType: string };
      }[];
    };
    const typeOf = (name: string) =>
      AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
    expect(
      GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection: { ProjectionType } }) => [
        IndexName,
        ...KeySchema.map(({ AttributeName }) => `${AttributeName} ${typeOf(AttributeName)}`),
        ProjectionType,
      ]),
    ).toEqual(expected);
  });

  test.each(PROFILES)('are kept, protected and restorable as $name says', ({ profile }) => {
    const one = templateOfConstructs((stack) => addShop(stack, profile));
    const policy = profile === PRODUCTION ? 'Retain' : 'Delete';
    for (const service of SHOP_SERVICES) {
      const { DeletionPolicy, Properties, UpdateReplacePolicy } = tableOf(service, one);
      expect({ DeletionPolicy, UpdateReplacePolicy }).toEqual({
        DeletionPolicy: policy,
        UpdateReplacePolicy: policy,
      });
      expect(Properties.Replicas).toMatchObject([
        {
          DeletionProtectionEnabled: profile.deletionProtection,
          PointInTimeRecoverySpecification: {
            PointInTimeRecoveryEnabled: true,
            RecoveryPeriodInDays: profile.backupRetention.toDays(),
          },
        },
      ]);
    }
    for (const type of ['AWS::KMS::Key', 'AWS::SecretsManager::Secret']) {
      expect(theOnly(one, type)).toMatchObject({ DeletionPolicy: policy, UpdateReplacePolicy: policy });
    }
  });

  test('are production’s where nothing is said', () => {
    const silent = templateOfConstructs((stack) => {
      new ShopResources(stack, 'Shop');
    });
    expect(tableOf('order', silent).DeletionPolicy).toBe('Retain');
  });
});

describe('the signing secret', () => {
  test('is 64 letters and digits that nobody chose', () => {
    const { Properties } = theOnly(template, 'AWS::SecretsManager::Secret');
    expect(Properties.GenerateSecretString).toEqual({ PasswordLength: 64, ExcludePunctuation: true });
    expect(Properties).not.toHaveProperty('SecretString');
  });
});

describe('each service', () => {
  const dynamodb = (actions: string) =>
    actions
      .split(' ')
      .map((action) => `dynamodb:${action}`)
      .join(' ');
  const consume = 'sqs:DeleteMessage sqs:ReceiveMessage';

  test.each<[ShopServiceName, [string, string][]]>([
    [
      'product',
      [
        [dynamodb('BatchGetItem GetItem PutItem UpdateItem'), '<ShopProductTable.Arn>'],
        ['dynamodb:Query', '<ShopProductTable.Arn>/index/category'],
        [consume, '<ShopEventsProductQueue.Arn>'],
      ],
    ],
    [
      'cart',
      [
        [dynamodb('DeleteItem GetItem PutItem Query UpdateItem'), '<ShopCartTable.Arn>'],
        [consume, '<ShopEventsCartQueue.Arn>'],
      ],
    ],
    [
      'order',
      [
        [dynamodb('BatchGetItem DeleteItem GetItem PutItem Query UpdateItem'), '<ShopOrderTable.Arn>'],
        ['dynamodb:Query', '<ShopOrderTable.Arn>/index/unfinished'],
        ['dynamodb:Query', '<ShopOrderTable.Arn>/index/outbox'],
        ['sns:Publish', '<ShopEventsOrderTopic>'],
      ],
    ],
    [
      'payment',
      [[dynamodb('ConditionCheckItem GetItem PutItem Query UpdateItem'), '<ShopPaymentTable.Arn>']],
    ],
    [
      'customer',
      [
        [dynamodb('DeleteItem GetItem PutItem UpdateItem'), '<ShopCustomerTable.Arn>'],
        ['secretsmanager:GetSecretValue', '<ShopSigningSecret>'],
      ],
    ],
    [
      'review',
      [
        [dynamodb('BatchGetItem DeleteItem GetItem PutItem Query'), '<ShopReviewTable.Arn>'],
        ['dynamodb:Query', '<ShopReviewTable.Arn>/index/outbox'],
        [consume, '<ShopEventsReviewQueue.Arn>'],
        ['sns:Publish', '<ShopEventsReviewTopic>'],
      ],
    ],
  ])('may do what it does: %s', (service, expected) => {
    const role = shopPart(template, 'AWS::IAM::Role', `${service}Role`).id;
    const rights = permissionsOf(template, role).map(([actions, resource]) => [
      actions,
      withPlainIds(resource),
    ]);
    expect(rights.toSorted()).toEqual(expected.toSorted());
  });

  test('finds what is its own in its environment', () => {
    const plainly = Object.fromEntries(
      Object.entries(environments).map(([service, variables]) => [
        service,
        Object.fromEntries(
          Object.entries(variables ?? {}).map(([name, value]) => [name, withPlainIds(textOf(value))]),
        ),
      ]),
    );
    expect(plainly).toEqual({
      product: { TABLE_NAME: '<ShopProductTable>', QUEUE_URL: '<ShopEventsProductQueue>' },
      cart: { TABLE_NAME: '<ShopCartTable>', QUEUE_URL: '<ShopEventsCartQueue>' },
      order: { TABLE_NAME: '<ShopOrderTable>', TOPIC_ARN: '<ShopEventsOrderTopic>' },
      payment: { TABLE_NAME: '<ShopPaymentTable>', KEY_ID: '<ShopPaymentKey.Arn>' },
      customer: { TABLE_NAME: '<ShopCustomerTable>', SIGNING_SECRET_ID: '<ShopSigningSecret>' },
      review: {
        TABLE_NAME: '<ShopReviewTable>',
        QUEUE_URL: '<ShopEventsReviewQueue>',
        TOPIC_ARN: '<ShopEventsReviewTopic>',
      },
    });
  });
});

describe.each(PROFILES)('with $name', ({ profile }) => {
  test('nothing is unacknowledged in AwsSolutions and Serverless', () => {
    const { findings, stale } = validate((app) => {
      addShop(new Stack(app, 'Stack', { env: { region: 'ap-northeast-1' } }), profile);
    });
    expect(findings.filter(({ pack }) => !/^(NIST|PCI|HIPAA)/.test(pack))).toEqual([]);
    expect(stale).toEqual([]);
  });
});

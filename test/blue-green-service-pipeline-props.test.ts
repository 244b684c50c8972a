import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Token } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { describe, expect, test } from 'vitest';
import { DeliveryPipeline, type DeliveryPipelineProps } from '../lib/blue-green-service/delivery-pipeline';
import { inTemporaryFolder } from '../lib/building-blocks/project-folder';
import { createApp } from './support/apps';
import type { BadInput } from './support/bad-input';
import { CONNECTION, GITHUB } from './support/delivery-pipeline';
import { ContainerTarget, repositoryOf, ServerTarget } from './support/release-targets';

type Props = Partial<DeliveryPipelineProps>;

const stack = new Stack(createApp(), 'Stack', { env: { region: 'ap-northeast-1' } });
const repository = repositoryOf(stack);
const target = new ContainerTarget(stack, 'Beta', repository);
const production = new ContainerTarget(stack, 'Production', repository);
const servers = new ServerTarget(stack, 'Servers');
const twins = [stack, new Stack(createApp(), 'Other')].map(
  (home) => new ContainerTarget(home, 'TwinTarget', new ecr.Repository(home, 'Twin')),
);
const elsewhere = new ContainerTarget(stack, 'Elsewhere', new ecr.Repository(stack, 'Another'));

const source = (differences: Partial<typeof GITHUB & { branch: string }>) => ({
  source: { ...GITHUB, ...differences },
});
const NO_BRANCH = "is no branch; write it like 'main', without 'refs/heads/'.";
const NO_REPOSITORY = "is no repository; write it like 'owner/name'.";
const NO_CONNECTION = 'is no ARN of a connection of AWS CodeConnections.';
const SEVERITIES = 'none, LOW, MEDIUM, HIGH, CRITICAL';
const OUTCOMES = 'SUCCEEDED, FAILED, CANCELED, STOPPED, SUPERSEDED';

describe('refuses', () => {
  const cases: BadInput<Props>[] = [
    ...['', 'arn', CONNECTION.replace('connection/', ''), `${CONNECTION}/x`, CONNECTION.toUpperCase()].map(
      (connectionArn): BadInput<Props> => [
        `the connection ${connectionArn}`,
        source({ connectionArn }),
        `source.connectionArn: ${JSON.stringify(connectionArn)} ${NO_CONNECTION}`,
      ],
    ),
    ...['', 'board', 'acme/', '/board', 'acme/my board', 'https://github.com/acme/board'].map(
      (name): BadInput<Props> => [
        `the repository ${name}`,
        source({ repository: name }),
        `source.repository: ${JSON.stringify(name)} ${NO_REPOSITORY}`,
      ],
    ),
    [
      'a repository that is not known yet',
      source({ repository: Token.asString({ Ref: 'Name' }) }),
      `source.repository: "a token" is not known yet; write it like 'owner/name'.`,
    ],
    ...['', 'refs/heads/main', 'my branch', '-main', 'a..b', 'a//b', 'main/', 'main.', 'x.lock', 'a~1'].map(
      (branch): BadInput<Props> => [
        `the branch ${branch}`,
        source({ branch }),
        `source.branch: ${JSON.stringify(branch)} ${NO_BRANCH}`,
      ],
    ),
    [
      'an application for a source that is elsewhere',
      { ...source({}), application: 'services/notice-board' },
      'application: "services/notice-board" is what S3 is seeded with; leave out application or source.',
    ],
    [
      'an application that is not there',
      { application: '/nowhere' },
      'application: "/nowhere" is no folder.',
    ],
    [
      'an application that is a file',
      { application: 'package.json' },
      'application: "package.json" is no folder.',
    ],
    [
      'an application that nothing builds',
      { application: 'lib' },
      'application: "lib" has no buildspec.yml, which says how it is built.',
    ],
    [
      'an application that is not known yet',
      { application: Token.asString({ Ref: 'Folder' }) },
      'application: "a token" is not known yet; give the path of a folder.',
    ],
    [
      'production that is beta',
      { production: target },
      'production: "target" is the target of the beta stage already; give another one, or none.',
    ],
    [
      'production with an image of its own',
      { production: elsewhere },
      `production: "a repository of its own" does not take what was tested in beta; give it the target's repository.`,
    ],
    [
      'production with an image of another stack that is called the same',
      { target: twins[0], production: twins[1] },
      `production: "a repository of its own" does not take what was tested in beta; give it the target's repository.`,
    ],
    [
      'production on servers, with beta in containers',
      { production: servers },
      `production: "no repository" does not take what was tested in beta; give it the target's repository.`,
    ],
    [
      'production in containers, with beta on servers',
      { target: servers, production },
      `production: "a repository of its own" does not take what was tested in beta; give it the target's repository.`,
    ],
    [
      'a severity that is none',
      { maxSeverity: 'UNDEFINED' as 'LOW' },
      `maxSeverity: "UNDEFINED" is not known; give one of ${SEVERITIES}.`,
    ],
    [
      'a severity without an image',
      { target: servers, maxSeverity: 'HIGH' },
      'maxSeverity: "HIGH" is about an image, which servers do not get; leave it out.',
    ],
    [
      'an outcome that is none',
      { notifiedOutcomes: ['FAILED', 'STARTED' as 'FAILED'] },
      `notifiedOutcomes: "STARTED" is not known; give some of ${OUTCOMES}.`,
    ],
    [
      'silence about failures',
      { notifiedOutcomes: ['SUCCEEDED'] },
      'notifiedOutcomes: ["SUCCEEDED"] tells nobody of a failure; add FAILED.',
    ],
    ['silence', { notifiedOutcomes: [] }, 'notifiedOutcomes: [] tells nobody of a failure; add FAILED.'],
    [
      'a link for nobody',
      { reviewUrl: 'https://beta.example.com' },
      'reviewUrl: "https://beta.example.com" is for the approval of a production stage; leave it out, or give production.',
    ],
    ...['', 'beta.example.com', 'ftp://beta.example.com', 'https://', 'see https://x'].map(
      (reviewUrl): BadInput<Props> => [
        `the link ${reviewUrl}`,
        { production, reviewUrl },
        `reviewUrl: ${JSON.stringify(reviewUrl)} is no address; write it like 'https://beta.example.com'.`,
      ],
    ),
    ['an address that is none', { alarmEmail: 'nobody' }, 'alarmEmail: "nobody" is no e-mail address.'],
  ];

  test.each(cases)('%s', (name, props, problem) => {
    const id = name.replaceAll('/', '|') || 'Empty';
    expect(() => new DeliveryPipeline(stack, id, { target, ...props })).toThrow(
      new Error(`DeliveryPipeline at Stack/${id} has a problem:\n  - ${problem}`),
    );
  });

  test.each(['ap-northeast-3', 'eu-central-2', 'us-gov-west-1'])('a connection in %s', (region) => {
    const there = new Stack(createApp(), 'Stack', { env: { region } });
    expect(
      () =>
        new DeliveryPipeline(there, 'There', {
          target: new ContainerTarget(there, 'Beta', repositoryOf(there)),
          ...source({}),
        }),
    ).toThrow(
      `source: "${region}" is a region where no pipeline takes a connection; leave out source, and push to S3.`,
    );
  });

  test('all at once', () => {
    const everything: Props = {
      ...source({ connectionArn: 'x', repository: 'x', branch: '' }),
      application: 'x',
      production: elsewhere,
      maxSeverity: 'low' as 'LOW',
      notifiedOutcomes: ['x' as 'FAILED'],
      reviewUrl: 'x',
      alarmEmail: 'x',
    };
    expect(() => new DeliveryPipeline(stack, 'All', { target, ...everything })).toThrow(
      /^DeliveryPipeline at Stack\/All has 10 problems:\n {2}- source\.connectionArn: .*\n {2}- source\.repository: .*\n {2}- source\.branch: .*\n {2}- application: .*\n {2}- production: .*\n {2}- maxSeverity: .*\n {2}- notifiedOutcomes: "x" .*\n {2}- notifiedOutcomes: \["x"\] .*\n {2}- reviewUrl: .*\n {2}- alarmEmail: .*$/,
    );
  });

  const agnostic = new Stack(createApp(), 'Agnostic');
  const { region } = agnostic;
  const imported = (home: Stack) => {
    const arn = 'arn:aws:ecr:ap-northeast-1:123456789012:repository/board';
    return new ContainerTarget(home, 'Far', ecr.Repository.fromRepositoryArn(home, 'FarRepository', arn));
  };
  const twice = new ContainerTarget(agnostic, 'Twice', repositoryOf(agnostic, 'Once'));
  const good: [string, Props][] = [
    ['a connection of the former name', source({ connectionArn: CONNECTION.replace('codec', 'codestar-c') })],
    ['a connection of another partition', source({ connectionArn: CONNECTION.replace('aws', 'aws-cn') })],
    ['a group of groups', source({ repository: 'Acme.Inc/sub_group/my-board' })],
    ['a branch with a slash', source({ branch: 'feature/a-b.c_d@2' })],
    ['what only CloudFormation knows', source({ connectionArn: region, branch: region })],
    ['a link and a severity that it knows', { production, reviewUrl: region, maxSeverity: region as 'LOW' }],
    ['a plain link', { production, reviewUrl: 'http://beta:8443/x' }],
    ['an address that it knows', { alarmEmail: region }],
    ['any severity', { maxSeverity: 'none' }],
    ['all outcomes', { notifiedOutcomes: ['SUCCEEDED', 'FAILED', 'CANCELED', 'STOPPED', 'SUPERSEDED'] }],
    ['a repository that was imported twice', { production: twice }],
    [
      'a repository that was imported into two stacks by its ARN',
      { target: imported(agnostic), production: imported(new Stack(agnostic, 'There')) },
    ],
    [
      'servers for both',
      {
        target: new ServerTarget(agnostic, 'Servers'),
        production: new ServerTarget(agnostic, 'MoreServers'),
      },
    ],
  ];

  test.each(good)('not %s', (name, props) => {
    const target = new ContainerTarget(agnostic, `Target of ${name}`, repositoryOf(agnostic, `R of ${name}`));
    const own = props.production === production ? { ...props, production: twice } : props;
    expect(() => new DeliveryPipeline(agnostic, name, { target, ...own })).not.toThrow();
  });

  test('not an application of one’s own', () => {
    inTemporaryFolder((folder) => {
      const application = join(folder, 'app');
      mkdirSync(application);
      writeFileSync(join(application, 'buildspec.yml'), 'version: 0.2');
      expect(() => new DeliveryPipeline(stack, 'Own', { target, application })).not.toThrow();
    });
  });
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Repository } from '../release/repository';
import { type FakeEcr, startEcr } from './support/fake-ecr';

const URI = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/team/notice-board';
const NAMES = { registryId: '123456789012', repositoryName: 'team/notice-board' };

let ecr: FakeEcr;

beforeEach(async () => {
  ecr = await startEcr();
  vi.stubEnv('AWS_ENDPOINT_URL', ecr.url);
  vi.stubEnv('AWS_REGION', 'ap-northeast-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await ecr.close();
});

test('an image is there, or not; what else goes wrong is no answer', async () => {
  const repository = new Repository(URI);
  ecr.answers.set('DescribeImages', [
    { imageDetails: [{}] },
    'ImageNotFoundException',
    'RepositoryNotFoundException',
  ]);
  expect(await repository.has('v-1')).toBe(true);
  expect(await repository.has('v-1')).toBe(false);
  await expect(repository.has('v-1')).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
  expect(ecr.requests[0]?.input).toEqual({ ...NAMES, imageIds: [{ imageTag: 'v-1' }] });
});

test('a login is for the registry of the repository, and its password may have colons', async () => {
  const authorizationToken = Buffer.from('AWS:pass:word').toString('base64');
  ecr.answers.set('GetAuthorizationToken', [
    { authorizationData: [{ authorizationToken }] },
    { authorizationData: [] },
  ]);
  const repository = new Repository(URI);
  expect(await repository.login()).toEqual({
    registry: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com',
    user: 'AWS',
    password: 'pass:word',
  });
  await expect(repository.login()).rejects.toThrow('ECR gave no authorization token');
});

test("all pages of ECR's own findings are read", async () => {
  const finding = (name: string) => ({
    name,
    severity: 'HIGH',
    attributes: [
      { key: 'package_version', value: '3.5.1' },
      { key: 'package_name', value: 'openssl' },
    ],
  });
  const page = { imageScanStatus: { status: 'COMPLETE' } };
  ecr.answers.set('DescribeImageScanFindings', [
    {
      ...page,
      imageScanFindings: { findings: [finding('CVE-1')], findingSeverityCounts: { HIGH: 2 } },
      nextToken: 'more',
    },
    { ...page, imageScanFindings: { findings: [finding('CVE-2')], findingSeverityCounts: { HIGH: 2 } } },
  ]);
  expect(await new Repository(URI).scan('v-1')).toEqual({
    status: 'COMPLETE',
    description: undefined,
    counts: { HIGH: 2 },
    findings: ['CVE-1', 'CVE-2'].map((name) => ({ severity: 'HIGH', name, packages: 'openssl 3.5.1' })),
  });
  expect(ecr.requests.map(({ input }) => input)).toEqual([
    { ...NAMES, imageId: { imageTag: 'v-1' } },
    { ...NAMES, imageId: { imageTag: 'v-1' }, nextToken: 'more' },
  ]);
});

test("Inspector's findings are read, too", async () => {
  ecr.answers.set('DescribeImageScanFindings', {
    imageScanStatus: { status: 'ACTIVE', description: 'Continuous scan is selected for image.' },
    imageScanFindings: {
      enhancedFindings: [
        {
          severity: 'CRITICAL',
          title: 'CVE-3 - zlib',
          packageVulnerabilityDetails: {
            vulnerabilityId: 'CVE-3',
            vulnerablePackages: [
              { name: 'zlib1g', version: '1.3' },
              { name: 'zlib', version: '1.3' },
            ],
          },
        },
        { severity: 'LOW', title: 'Something else' },
      ],
    },
  });
  expect(await new Repository(URI).scan('v-1')).toEqual({
    status: 'ACTIVE',
    description: 'Continuous scan is selected for image.',
    counts: {},
    findings: [
      { severity: 'CRITICAL', name: 'CVE-3', packages: 'zlib1g 1.3, zlib 1.3' },
      { severity: 'LOW', name: 'Something else', packages: '' },
    ],
  });
});

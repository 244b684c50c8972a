import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join, matchesGlob, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakeEcr, startEcr } from '../services/notice-board/test/support/fake-ecr';
import { CodeBuild } from './support/code-build';

const PROJECT = resolve('services', 'notice-board');

describe('a build as CodeBuild runs it, in a clean copy', () => {
  const COMMIT = '0123456789abcdef0123456789abcdef01234567';
  const REGISTRY = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com';
  const REPOSITORY_URI = `${REGISTRY}/notice-board`;
  const IMAGE_URI = `${REPOSITORY_URI}:${COMMIT}`;
  const BUILD = `build --platform linux/arm64 --build-arg VERSION=${COMMIT} --tag ${IMAGE_URI} .`;
  const CLEAN = scan({});

  let ecr: FakeEcr;
  let codeBuild: CodeBuild;
  const environment = () => ({
    SOURCE_VERSION: COMMIT,
    REPOSITORY_URI,
    MAX_SEVERITY: 'HIGH',
    TARGET: 'container',
    AWS_ENDPOINT_URL: ecr.url,
    AWS_REGION: 'ap-northeast-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });

  /** The commands that depend on what is released; those before them have run in the first test. */
  const release = (more: Readonly<Record<string, string>> = {}) => {
    const first = codeBuild.commands.indexOf('node build/plan.cjs');
    expect(first).toBeGreaterThan(0);
    return codeBuild.run(codeBuild.commands.slice(first), { ...environment(), ...more });
  };

  const artifact = () => join(codeBuild.source, codeBuild.buildspec.artifacts['base-directory']);

  beforeAll(async () => {
    ecr = await startEcr();
    codeBuild = new CodeBuild(PROJECT);
  });

  afterAll(async () => {
    await ecr.close();
    await codeBuild.remove();
  }, 120_000);

  beforeEach(() => {
    ecr.requests.length = 0;
    ecr.answers.clear();
    ecr.answers.set('DescribeImages', 'ImageNotFoundException');
    ecr.answers.set('GetAuthorizationToken', {
      authorizationData: [{ authorizationToken: Buffer.from('AWS:the-password').toString('base64') }],
    });
    ecr.answers.set('DescribeImageScanFindings', CLEAN);
  });

  test('checks, tests, builds, pushes and judges an image', async () => {
    const { code, log, docker, exported } = await codeBuild.run(codeBuild.commands, environment());
    expect(code, log).toBe(0);
    expect(docker).toEqual([
      BUILD,
      `login --username AWS --password-stdin ${REGISTRY} < the-password`,
      `push ${IMAGE_URI}`,
    ]);
    expect(exported).toEqual({ IMAGE_URI });
    expect(log).toContain('The scan found nothing.');
    expect(log).not.toContain('the-password');
    expect(existsSync(artifact())).toBe(true);
  }, 300_000);

  test('leaves the report of its tests', () => {
    const { 'base-directory': folder, files } = codeBuild.buildspec.reports['unit-tests'] ?? { files: [] };
    const report = readFileSync(join(codeBuild.source, folder ?? '', files[0] ?? ''), 'utf8');
    expect(report).toMatch(/<testsuites [^>]*tests="[1-9]\d+" failures="0" errors="0"/);
  });

  test('makes the same program of what Docker gets to see', () => {
    const image = join(codeBuild.source, '..', 'image');
    const [everything, ...kept] = readFileSync(join(codeBuild.source, '.dockerignore'), 'utf8')
      .trim()
      .split('\n');
    expect([everything, kept.every((line) => line.startsWith('!'))]).toEqual(['*', true]);
    const seen = readdirSync(codeBuild.source).filter((file) =>
      kept.some((line) => matchesGlob(file, line.slice(1))),
    );
    expect(seen).not.toContain('node_modules');
    for (const file of seen) cpSync(join(codeBuild.source, file), join(image, file), { recursive: true });
    // Moved and not linked: the program names the files that it is made of.
    renameSync(join(codeBuild.source, 'node_modules'), join(image, 'node_modules'));
    try {
      execFileSync('npm', ['run', 'build'], { cwd: image, stdio: 'pipe' });
    } finally {
      renameSync(join(image, 'node_modules'), join(codeBuild.source, 'node_modules'));
    }
    const programOf = (folder: string) => readFileSync(join(folder, 'dist', 'server.cjs'), 'utf8');
    expect(programOf(image) === programOf(codeBuild.source)).toBe(true);
  });

  test('that is repeated takes the image that is there, and judges it again', async () => {
    ecr.answers.set('DescribeImages', { imageDetails: [{}] });
    const { code, log, docker, exported } = await release();
    expect([code, docker, exported]).toEqual([0, [], { IMAGE_URI }]);
    expect(log).toContain(`${IMAGE_URI} is there already.`);
    expect(ecr.requests.map(({ operation }) => operation)).toEqual([
      'DescribeImages',
      'DescribeImageScanFindings',
    ]);
  });

  test.each([
    ['HIGH', 1],
    ['CRITICAL', 0],
    ['none', 0],
  ])('with a HIGH finding and MAX_SEVERITY=%s ends with %i', async (MAX_SEVERITY, code) => {
    ecr.answers.set('DescribeImageScanFindings', scan({ HIGH: 1 }));
    const result = await release({ MAX_SEVERITY });
    expect(result.code).toBe(code);
    expect(result.log.includes('HIGH      CVE-2026-1  openssl 3.5.1')).toBe(code === 1);
    expect(result.log.includes(`${IMAGE_URI} is not released`)).toBe(code === 1);
  });

  test('of an image that can not be scanned fails, and says why', async () => {
    ecr.answers.set('DescribeImageScanFindings', {
      imageScanStatus: { status: 'FAILED', description: 'UnsupportedImageError' },
    });
    const { code, log } = await release();
    expect([code, log]).toEqual([1, expect.stringContaining('its scan is FAILED (UnsupportedImageError)')]);
  });

  test('stops where the registry, or Docker, refuses', async () => {
    ecr.answers.set('DescribeImages', 'AccessDeniedException');
    const refused = await release();
    expect([refused.code, refused.docker]).toEqual([1, []]);
    ecr.answers.set('DescribeImages', 'ImageNotFoundException');
    const broken = await release({ DOCKER_LOG: '/nowhere/docker.log' });
    expect(broken.code).toBe(1);
    expect(ecr.requests.map(({ operation }) => operation)).not.toContain('GetAuthorizationToken');
  });

  test('for servers makes a bundle for CodeDeploy, without Docker or a registry', async () => {
    const { code, log, docker, exported } = await release({
      TARGET: 'servers',
      REPOSITORY_URI: '',
      SOURCE_VERSION: 'aVersionIdOfS3.1',
    });
    expect([code, docker, exported], log).toEqual([0, [], { IMAGE_URI: '' }]);
    expect(ecr.requests).toEqual([]);
    const files = readdirSync(artifact(), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(
      expect.arrayContaining([
        'appspec.yml',
        'server.cjs',
        join('public', 'style.css'),
        'notice-board.service',
      ]),
    );
    expect(readFileSync(join(artifact(), 'version.env'), 'utf8')).toBe('VERSION=v-aVersionIdOfS3.1\n');
  });

  function scan(findingSeverityCounts: Readonly<Record<string, number>>) {
    const findings = Object.keys(findingSeverityCounts).map((severity) => ({
      severity,
      name: 'CVE-2026-1',
      attributes: [
        { key: 'package_name', value: 'openssl' },
        { key: 'package_version', value: '3.5.1' },
      ],
    }));
    return {
      imageScanStatus: { status: 'COMPLETE' },
      imageScanFindings: { findingSeverityCounts, findings },
    };
  }
});

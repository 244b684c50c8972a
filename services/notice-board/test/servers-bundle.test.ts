import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeServersBundle } from '../release/servers-bundle';

const PROJECT = join(__dirname, '..');
let project: string;
let bundle: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'notice-board-'));
  cpSync(join(PROJECT, 'servers'), join(project, 'servers'), { recursive: true });
  cpSync(join(PROJECT, 'public'), join(project, 'dist', 'public'), { recursive: true });
  writeFileSync(join(project, 'dist', 'server.cjs'), '');
  bundle = join(project, 'bundle');
  mkdirSync(bundle);
  makeServersBundle(project, bundle, 'v-5');
});

afterAll(() => rmSync(project, { recursive: true }));

const read = (file: string) => readFileSync(join(bundle, file), 'utf8');
const valuesOf = (key: string) =>
  [...read('appspec.yml').matchAll(new RegExp(`${key}: (.+)$`, 'gm'))].map(([, value = '']) => value);

test('the bundle has what appspec.yml names, at its root', () => {
  expect(readdirSync(bundle).sort()).toEqual([
    'appspec.yml',
    'logrotate',
    'notice-board.service',
    'public',
    'scripts',
    'server.cjs',
    'version.env',
  ]);
  const named = [...valuesOf('source'), ...valuesOf('location')];
  expect(named).toHaveLength(10);
  expect(named.filter((file) => !existsSync(join(bundle, file)))).toEqual([]);
});

test('every script is named, can be run, and has an end', () => {
  const scripts = readdirSync(join(bundle, 'scripts')).map((name) => `scripts/${name}`);
  expect([...valuesOf('location'), 'scripts/fetch-token.sh'].sort()).toEqual(scripts.sort());
  expect(scripts.filter((file) => (statSync(join(bundle, file)).mode & 0o111) !== 0o111)).toEqual([]);
  expect(valuesOf('timeout')).toEqual(['60', '60', '60', '90']);
  expect(valuesOf('runas')).toEqual(['root', 'root', 'root', 'root']);
});

test('the version is in the bundle', () => {
  expect(read('version.env')).toBe('VERSION=v-5\n');
});

test('the unit finds the files where appspec.yml puts them', () => {
  const unit = read('notice-board.service');
  const installed = valuesOf('source').map((source, index) => {
    const target = valuesOf('destination')[index] ?? '';
    return source === 'public' ? target : `${target}/${source.split('/').at(-1)}`;
  });
  expect(installed).toContain('/etc/systemd/system/notice-board.service');
  const used = [...unit.matchAll(/\/opt\/notice-board\/[\w.-]+/g)].map(([path]) => path);
  expect(used).toHaveLength(3);
  expect(used.filter((path) => !installed.includes(path))).toEqual([]);
});

test('the service runs without rights, and only the fetching of the token with them', () => {
  const unit = read('notice-board.service');
  for (const line of [
    'DynamicUser=yes',
    'ProtectSystem=strict',
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
  ]) {
    expect(unit.split('\n')).toContain(line);
  }
  expect(unit.match(/^\w+=\+.*$/gm)).toEqual(['ExecStartPre=+/bin/bash /opt/notice-board/fetch-token.sh']);
});

test('systemd waits longer than the program takes for its stop', () => {
  expect(Number(read('notice-board.service').match(/^TimeoutStopSec=(\d+)$/m)?.[1])).toBeGreaterThan(25);
});

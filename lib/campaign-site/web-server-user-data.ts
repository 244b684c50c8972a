import { Aws, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as assets from 'aws-cdk-lib/aws-s3-assets';
import {
  shipLogs,
  WAIT_FOR_LOGS_AFTER_FAILURE,
  writeEnvironment,
  writeFile,
} from '../building-blocks/first-boot';

const SITE_ROOT = '/srv/campaign-site';

/** What the first boot of a web server needs to know. */
export interface WebServerBoot {
  /** The site's files, zipped. */
  readonly content: assets.Asset;

  /** Where the server's logs go. */
  readonly logGroup: logs.ILogGroup;

  /** What the application finds in /etc/campaign-site.env; no secret belongs here. */
  readonly environment: Record<string, string>;
}

/**
 * The script of a web server's first boot: logs first, then nginx, then the site, then a request to itself.
 *
 * Whatever fails ends the script, and its exit signals CloudFormation either way; see `signalExit`.
 */
export function webServerUserData(boot: WebServerBoot): ec2.UserData {
  const userData = ec2.UserData.forLinux();
  const { content, logGroup, environment } = boot;
  userData.addCommands(
    'set -euo pipefail',
    ...shipLogs(logGroup, [
      { path: '/var/log/nginx/access.log', stream: 'access' },
      { path: '/var/log/nginx/error.log', stream: 'error' },
    ]),
    ...writeEnvironment('/etc/campaign-site.env', environment),
    'dnf install -y nginx',
    ...writeFile('/etc/nginx/nginx.conf', NGINX_CONF),
    `aws s3 cp --region ${Aws.REGION} ${content.s3ObjectUrl} /tmp/site.zip`,
    `mkdir -p ${SITE_ROOT}`,
    // -DD gives the files the time of this boot. An asset's files all bear the same date, and nginx makes its
    // ETag of date and size: a new page of the old one's size would never reach a browser that has the old one.
    `unzip -q -o -DD /tmp/site.zip -d ${SITE_ROOT}`,
    `chmod -R a+rX ${SITE_ROOT}`,
    'nginx -t',
    'systemctl enable --now nginx',
    'curl --fail --silent --show-error --output /dev/null --retry 10 --retry-delay 1 --retry-connrefused http://127.0.0.1/',
  );
  return userData;
}

/**
 * Makes the end of the first boot decide the deployment: exit code 0 completes the instance, any other fails it.
 */
export function signalExit(instance: ec2.Instance, logGroup: logs.ILogGroup): void {
  instance.userData.addOnExitCommands(
    WAIT_FOR_LOGS_AFTER_FAILURE,
    [
      '/opt/aws/bin/cfn-signal',
      '--exit-code "$exitCode"',
      `--reason "First boot ended with exit code $exitCode; see log group ${logGroup.logGroupName}"`,
      `--stack ${Stack.of(instance).stackName}`,
      `--resource ${instance.instance.logicalId}`,
      `--region ${Aws.REGION}`,
    ].join(' '),
  );
}

/** Browsers and CloudFront keep pages for a minute, other files for an hour. */
const NGINX_CONF = `
user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;

events {
  worker_connections 1024;
}

http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /var/log/nginx/access.log combined;
  sendfile on;
  tcp_nopush on;
  server_tokens off;
  gzip on;
  gzip_proxied any;
  gzip_types text/css application/javascript application/json image/svg+xml;

  server {
    listen 80 default_server;
    root ${SITE_ROOT};
    index index.html;
    add_header X-Content-Type-Options nosniff always;
    expires 1m;

    location ~* \\.(css|js|png|jpe?g|gif|svg|webp|avif|ico|woff2?)$ {
      expires 1h;
    }
  }
}
`.trim();

import { cpSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Aws } from 'aws-cdk-lib';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { takeOrBuild } from './build-cache';
import { bundle } from './bundle';
import { type ShippedLog, writeFile } from './first-boot';
import { APPLICATION_ENVIRONMENT } from './fleet-boot';
import { inTemporaryFolder, projectFolder } from './project-folder';
import type { ServerApplication } from './server-application';
import { SERVER_NODEJS } from './versions';

/** Properties of CompanyNews. */
export interface CompanyNewsProps {
  /** The heading of its page. */
  readonly title: string;

  /** Whether everyone who reaches it may post. */
  readonly allowPosts: boolean;
}

const SOURCE = projectFolder('services', 'company-news');

/** The folder with the style sheet, script and logo of its pages. */
export const PUBLIC_FILES = join(SOURCE, 'public');

const HOME = '/opt/company-news';
const LOG = '/var/log/company-news/company-news.log';

/** The patterns' sample application: news from the database, on Node.js, without a server of its own in front. */
export class CompanyNews extends Construct implements ServerApplication {
  readonly port = 8080;
  readonly healthCheckPath = '/healthz';
  readonly stopCommands = ['systemctl stop company-news'];
  readonly logs: ShippedLog[] = [{ path: LOG, stream: 'application' }];
  readonly assets: assets.Asset[];
  readonly commands: string[];

  constructor(scope: Construct, id: string, props: CompanyNewsProps) {
    super(scope, id);
    const bundle = this.createBundle();
    this.assets = [bundle];
    this.commands = [
      `dnf install -y ${SERVER_NODEJS.package} logrotate`,
      `mkdir -p ${HOME} ${dirname(LOG)}`,
      `aws s3 cp --region ${Aws.REGION} ${bundle.s3ObjectUrl} /tmp/company-news.zip`,
      `unzip -q -o /tmp/company-news.zip -d ${HOME}`,
      `chmod -R a+rX ${HOME}`,
      ...writeFile('/etc/systemd/system/company-news.service', unit(this.port, props)),
      ...writeFile('/etc/logrotate.d/company-news', LOGROTATE),
      'systemctl enable --now company-news logrotate.timer',
    ];
  }

  private createBundle(): assets.Asset {
    return inTemporaryFolder((path) => {
      writeFileSync(join(path, 'server.cjs'), program());
      cpSync(PUBLIC_FILES, join(path, 'public'), { recursive: true });
      return new assets.Asset(this, 'Bundle', { path });
    });
  }
}

let bundled: string | undefined;

/** The application and its libraries as one file; made once, and again only when a file has changed. */
function program(): string {
  bundled ??= takeOrBuild('company-news', [], () => {
    const { inputs, texts } = bundle(['services/company-news/server.ts'], { target: SERVER_NODEJS.target });
    return { inputs, value: texts.get('server') };
  });
  if (!bundled) throw new Error(`esbuild made nothing of ${SOURCE}`);
  return bundled;
}

/** A service under a user of its own that may write nothing; systemd opens its log for it. */
function unit(port: number, { title, allowPosts }: CompanyNewsProps): string {
  return `
[Unit]
Description=Company news
After=network-online.target
Wants=network-online.target

[Service]
EnvironmentFile=${APPLICATION_ENVIRONMENT}
Environment=PORT=${port}
Environment=ALLOW_POSTS=${allowPosts}
Environment="SITE_TITLE=${title}"
ExecStart=${SERVER_NODEJS.program} ${HOME}/server.cjs
DynamicUser=yes
StandardOutput=append:${LOG}
StandardError=inherit
Restart=always
RestartSec=2
TimeoutStopSec=40
ProtectSystem=strict
ProtectHome=yes
PrivateDevices=yes
NoNewPrivileges=yes
CapabilityBoundingSet=

[Install]
WantedBy=multi-user.target
`.trim();
}

const LOGROTATE = `
${LOG} {
  size 50M
  rotate 2
  copytruncate
  missingok
  notifempty
}
`.trim();

import { dirname } from 'node:path';
import { Aws } from 'aws-cdk-lib';
import { type ShippedLog, writeFile } from '../building-blocks/first-boot';
import type { ServerApplication } from '../building-blocks/server-application';
import { SERVER_NODEJS } from '../building-blocks/versions';

/** The service that a release installs and starts. */
const SERVICE = 'notice-board';

/** The service that answers until then, on the same port. */
const PLACEHOLDER = 'release-placeholder';

const SERVICE_UNIT = `/etc/systemd/system/${SERVICE}.service`;
const PROGRAM = `/opt/${PLACEHOLDER}/server.cjs`;
const AGENT_SETTINGS = '/etc/codedeploy-agent/conf/codedeployagent.yml';
const AGENT_INSTALLER = '/opt/codedeploy-agent-installer';

/**
 * A server that has Node.js and the CodeDeploy agent, and nothing to run yet: a placeholder passes the health check, so
 * that servers can be deployed before anything was released to them.
 *
 * The agent comes last: CodeDeploy may send it a release as soon as it runs
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-auto-scaling.html#integrations-aws-auto-scaling-behaviors-event-order).
 */
export class ReleaseHost implements ServerApplication {
  readonly port = 8080;
  readonly healthCheckPath = '/healthz';
  readonly commands = [
    `dnf install -y ${SERVER_NODEJS.package} logrotate`,
    `mkdir -p ${dirname(PROGRAM)}`,
    ...writeFile(PROGRAM, placeholderProgram(this.healthCheckPath)),
    `chmod -R a+rX ${dirname(PROGRAM)}`,
    ...writeFile(`/etc/systemd/system/${PLACEHOLDER}.service`, placeholderUnit(this.port)),
    'systemctl enable --now logrotate.timer',
    // An image of your own may have an agent, to which CodeDeploy can have sent a release by now.
    `[ -e ${SERVICE_UNIT} ] || systemctl start ${PLACEHOLDER}`,
  ];
  readonly lastCommands = INSTALL_AGENT;
  readonly stopCommands = [`systemctl stop ${PLACEHOLDER} ${SERVICE}`];
  readonly logs: readonly ShippedLog[] = [
    { path: `/var/log/${SERVICE}/${SERVICE}.log`, stream: 'application' },
    // https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-view-logs.html
    { path: '/var/log/aws/codedeploy-agent/codedeploy-agent.log', stream: 'codedeploy-agent' },
    {
      path: '/opt/codedeploy-agent/deployment-root/deployment-logs/codedeploy-agent-deployments.log',
      stream: 'releases',
    },
  ];
}

/**
 * From the bucket that AWS has in each region for it. Version 2 is one program for each processor, and not in every region
 * yet; version 1.8 needs Ruby. Both find the region by themselves, and neither may fall back to version 1 of the instance
 * metadata: https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent-operations-install-linux.html
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-agent-configuration.html
 */
const INSTALL_AGENT = [
  'download_agent() {',
  `  curl --fail --silent --show-error --retry 5 --output ${AGENT_INSTALLER} "https://aws-codedeploy-${Aws.REGION}.s3.${Aws.REGION}.${Aws.URL_SUFFIX}/$1/install"`,
  '}',
  'download_agent latestv2 || { dnf install -y ruby; download_agent latest; }',
  `chmod 755 ${AGENT_INSTALLER}`,
  `${AGENT_INSTALLER} auto`,
  `sed --in-place '/^:disable_imds_v1:/d' ${AGENT_SETTINGS}`,
  `echo ':disable_imds_v1: true' >> ${AGENT_SETTINGS}`,
  'systemctl restart codedeploy-agent',
];

/**
 * Answers 404 to all but the health check: an error of the server would stop the release that is to replace it, by the
 * alarm on errors.
 */
function placeholderProgram(healthCheckPath: string): string {
  return `
const { createServer } = require('node:http');

createServer((request, response) => {
  const isCheck = request.url === '${healthCheckPath}';
  response
    .writeHead(isCheck ? 200 : 404, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
    .end(isCheck ? 'ok\\n' : 'no release yet\\n');
}).listen(Number(process.env.PORT));
`.trim();
}

/**
 * A service under a user of its own that may write nothing. systemd stops it before it starts what was released, and does
 * not start it after a reboot: a server that had no release by then is replaced by the group.
 */
function placeholderUnit(port: number): string {
  return `
[Unit]
Description=Answers until the first release
Conflicts=${SERVICE}.service
Before=${SERVICE}.service

[Service]
Environment=PORT=${port}
ExecStart=${SERVER_NODEJS.program} ${PROGRAM}
DynamicUser=yes
Restart=always
RestartSec=2
ProtectSystem=strict
ProtectHome=yes
PrivateDevices=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
`.trim();
}

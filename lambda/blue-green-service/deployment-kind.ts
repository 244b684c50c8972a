import { requireVariable } from '../shared/environment';

/** What deploys a service. */
export type DeploymentKind = 'ecs' | 'codeDeploy';

/** Reads from the environment what deploys the service. */
export function readDeployment(): DeploymentKind {
  const kind = requireVariable('DEPLOYMENT');
  if (kind === 'ecs' || kind === 'codeDeploy') return kind;
  throw new Error(`the environment variable DEPLOYMENT is ${kind}, and not ecs or codeDeploy`);
}

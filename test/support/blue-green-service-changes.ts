import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { BlueGreenServiceStackProps } from '../../lib/blue-green-service/blue-green-service-stack';
import { DOMAIN } from './blue-green-service';

/** The props of a change, and whether the template then says something else of what was released. */
export const CHANGES: Record<string, [isTouched: boolean, props: BlueGreenServiceStackProps]> = {
  cpu: [true, { cpu: 512, memoryLimitMiB: 1024 }],
  memory: [true, { memoryLimitMiB: 1024 }],
  'a variable': [true, { application: { environment: { A: '1' } } }],
  tracing: [true, { tracing: true }],
  'the time to stop': [true, { stopTimeout: Duration.seconds(60) }],
  'the port': [true, { containerPort: 3000 }],
  'ECS Exec': [true, { enableExecuteCommand: true }],
  'the bake time': [true, { bakeTime: Duration.minutes(7) }],
  'the strategy': [true, { deploymentStrategy: 'canary' }],
  'no alarm': [true, { rollbackOnErrors: false }],
  'the grace period': [true, { healthCheckGracePeriod: Duration.seconds(90) }],
  'a tag of the service, as of all': [true, { tags: { team: 'board' } }],
  'the health check': [false, { healthCheckPath: '/alive' }],
  'the deregistration delay': [false, { deregistrationDelay: Duration.seconds(5) }],
  'the checks': [false, { validationChecks: [{ path: '/' }], versionPath: '' }],
  testers: [false, { testClientRanges: ['198.51.100.0/24'] }],
  'the test port, to which the validation is let': [true, { testPort: 9000 }],
  capacity: [false, { minCapacity: 3, maxCapacity: 9, targetCpu: 50, targetRequests: 9 }],
  insights: [false, { containerInsights: ecs.ContainerInsights.ENHANCED }],
  'no firewall': [false, { webApplicationFirewall: false }],
  'an address': [false, { alarmEmail: 'a@example.com' }],
  'a domain': [false, DOMAIN],
  'another service': [false, { pathServices: { admin: { pathPatterns: ['/admin/*'], priority: 1 } } }],
};

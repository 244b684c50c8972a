import type { Duration } from 'aws-cdk-lib';
import { checkSeconds } from './durations';
import type { Problems } from './problems';

/** The choices about a load balancer that patterns hand on to their users. */
export interface LoadBalancerOptions {
  /**
   * How long the load balancer sends a browser to the same server, by a cookie of its own (AWSALB): 1 second to 7 days
   * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions).
   * Give it for applications that keep sessions on the server; a server that leaves takes its sessions along.
   *
   * @default - none: each request goes to any server
   */
  readonly stickinessCookieDuration?: Duration;

  /**
   * How long running requests may take to end on a server that leaves: 0 to 3600 seconds. Give it as much as the
   * slowest request needs; each release and each scale-in waits that long for a server.
   *
   * @default Duration.seconds(60)
   */
  readonly deregistrationDelay?: Duration;
}

/** Adds to `problems` what can't be honoured in `options`. */
export function checkLoadBalancer(options: LoadBalancerOptions, problems: Problems): void {
  checkSeconds('stickinessCookieDuration', options.stickinessCookieDuration, [1, 604_800], problems);
  if (options.stickinessCookieDuration?.isUnresolved()) {
    problems.add(
      'stickinessCookieDuration',
      options.stickinessCookieDuration.toString(),
      'is a token, which aws-cdk-lib does not take; give 1 to 604800 whole seconds.',
    );
  }
  checkSeconds('deregistrationDelay', options.deregistrationDelay, [0, 3600], problems);
}

import { Duration } from 'aws-cdk-lib';

/** What a function is given that asks a service or two. With all its attempts, a service takes 30 seconds at most. */
export const SMALL_FUNCTION = { memorySize: 256, timeout: Duration.minutes(1) };

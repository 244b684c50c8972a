/** Where the metric is that tells Route 53 which region serves. */
export const NAMESPACE = 'DisasterRecovery';

/** Its name: 1 while the standby serves, 0 while the primary does. */
export const FAILED_OVER = 'FailedOver';

/** Its dimension, whose value is the system's name. */
export const SYSTEM_DIMENSION = 'System';

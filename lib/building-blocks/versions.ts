import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';

/**
 * MySQL 8.4, in the newest minor version that this release of aws-cdk-lib names.
 *
 * RDS standard support of 8.4 ends on 2029-07-31:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
 */
export const MYSQL = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_10 });

/**
 * The SSM parameter in which AWS keeps the id of the newest Amazon Linux 2023 image for a processor.
 *
 * Standard support ends on 2027-06-30, maintenance on 2029-06-30:
 * https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html
 */
export function amazonLinuxParameter(architecture: ec2.InstanceArchitecture): string {
  const isArm = architecture === ec2.InstanceArchitecture.ARM_64;
  const cpuType = isArm ? ec2.AmazonLinuxCpuType.ARM_64 : ec2.AmazonLinuxCpuType.X86_64;
  return ec2.AmazonLinux2023ImageSsmParameter.ssmParameterName({ cpuType });
}

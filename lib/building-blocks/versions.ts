import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';

/**
 * MySQL 8.4, in the newest minor version that this release of aws-cdk-lib names.
 *
 * RDS standard support of 8.4 ends on 2029-07-31:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
 */
export const MYSQL = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_10 });

/**
 * The newest Amazon Linux 2023 at the moment when a server is launched, and at no other.
 *
 * `MachineImage.latestAmazonLinux2023()` makes the image a parameter of the stack, which CloudFormation reads at every
 * deployment: a release of AWS then replaces the server at a deployment that is about something else. Here the template
 * keeps the question instead of the answer, and EC2 asks it at the launch:
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html
 *
 * Standard support ends on 2027-06-30, maintenance on 2029-06-30:
 * https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html
 */
export function newestAmazonLinuxAtLaunch(architecture: ec2.InstanceArchitecture): ec2.IMachineImage {
  return ec2.MachineImage.resolveSsmParameterAtLaunch(
    ec2.AmazonLinux2023ImageSsmParameter.ssmParameterName({ cpuType: cpuTypeOf(architecture) }),
    { os: ec2.OperatingSystemType.LINUX },
  );
}

/**
 * The newest Amazon Linux 2023 at each deployment, as a parameter of the stack: all servers of a fleet are made from one
 * image, also those that are launched later. A deployment after a release of AWS replaces the servers.
 */
export function newestAmazonLinuxAtDeployment(architecture: ec2.InstanceArchitecture): ec2.IMachineImage {
  return ec2.MachineImage.latestAmazonLinux2023({ cpuType: cpuTypeOf(architecture) });
}

/**
 * Node.js on the servers: Amazon Linux 2023 has a package and a program of its own for each major version
 * (https://docs.aws.amazon.com/linux/al2023/ug/nodejs.html).
 *
 * Support of Node.js 24 ends on 2028-04-30: https://github.com/nodejs/release#release-schedule
 */
export const SERVER_NODEJS = { package: 'nodejs24', program: '/usr/bin/node-24', target: 'node24' };

/**
 * Node.js of the Lambda functions, and the version of JavaScript that their code is made for.
 *
 * AWS deprecates the runtime on 2028-04-30, and refuses new functions from 2028-06-01 and changes from 2028-07-01 on:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
export const LAMBDA_NODEJS = { runtime: lambda.Runtime.NODEJS_24_X, target: 'node24' };

/**
 * AWS's distribution of the OpenTelemetry collector, from Amazon's public registry: the release of 2026-07-14. No end of its
 * support is announced: https://github.com/aws-observability/aws-otel-collector/releases/tag/v0.49.0
 */
export const TRACE_COLLECTOR = { image: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0' };

/**
 * CodeBuild's image for arm64: Amazon Linux 2023 with Docker and Node.js 22 and 24
 * (https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html). The buildspec chooses the version.
 *
 * Support of Node.js 24 ends on 2028-04-30: https://github.com/nodejs/release#release-schedule
 */
export const BUILD_IMAGE = codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_4_0;

function cpuTypeOf(architecture: ec2.InstanceArchitecture): ec2.AmazonLinuxCpuType {
  return architecture === ec2.InstanceArchitecture.ARM_64
    ? ec2.AmazonLinuxCpuType.ARM_64
    : ec2.AmazonLinuxCpuType.X86_64;
}

import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
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

/**
 * Kubernetes on EKS: the newest version for which aws-cdk-lib's kubectl layer is released.
 *
 * Standard support of 1.36 ends on 2027-08-02, extended support on 2028-08-02:
 * https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
 */
export const KUBERNETES = eks.KubernetesVersion.V1_36;

/** What EKS installs into a cluster by itself, by the names that it has there. */
export type AddonName =
  | 'amazon-cloudwatch-observability'
  | 'coredns'
  | 'eks-pod-identity-agent'
  | 'kube-proxy'
  | 'metrics-server'
  | 'vpc-cni';

/**
 * The add-ons' versions for Kubernetes 1.36. EKS supports an add-on's version for as long as one of the cluster's is, and names
 * no dates; `aws eks describe-addon-versions --kubernetes-version 1.36 --addon-name <name>` lists what it takes today.
 *
 * - https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html
 * - https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html
 * - https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
 */
export const ADDON_VERSIONS: Readonly<Record<AddonName, string>> = {
  'amazon-cloudwatch-observability': 'v6.6.0-eksbuild.1',
  coredns: 'v1.14.3-eksbuild.16',
  'eks-pod-identity-agent': 'v1.4.0-eksbuild.1',
  'kube-proxy': 'v1.36.0-eksbuild.14',
  'metrics-server': 'v0.9.0-eksbuild.7',
  'vpc-cni': 'v1.23.1-eksbuild.1',
};

/**
 * The AWS Load Balancer Controller, which clusters without Auto Mode need for an Ingress: the newest one whose rights
 * aws-cdk-lib knows. No end of its support is announced: https://github.com/kubernetes-sigs/aws-load-balancer-controller
 */
export const LOAD_BALANCER_CONTROLLER = eks.AlbControllerVersion.V3_2_2;

function cpuTypeOf(architecture: ec2.InstanceArchitecture): ec2.AmazonLinuxCpuType {
  return architecture === ec2.InstanceArchitecture.ARM_64
    ? ec2.AmazonLinuxCpuType.ARM_64
    : ec2.AmazonLinuxCpuType.X86_64;
}

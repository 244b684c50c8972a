import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { amazonLinuxParameter } from './versions';

/**
 * The newest Amazon Linux 2023 at the moment when a server is launched, and at no other.
 *
 * `MachineImage.latestAmazonLinux2023()` makes the image a parameter of the stack, which CloudFormation reads at every
 * deployment: a release of AWS then replaces the server at a deployment that is about something else. A launch template
 * keeps the question instead of the answer, and EC2 asks it at the launch:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-launchtemplate-launchtemplatedata.html
 */
export class NewestImage extends Construct implements ec2.IMachineImage {
  private readonly launchTemplate: ec2.CfnLaunchTemplate;

  /**
   * @param architecture the processor of the instances
   */
  constructor(scope: Construct, id: string, architecture: ec2.InstanceArchitecture) {
    super(scope, id);
    this.launchTemplate = new ec2.CfnLaunchTemplate(this, 'LaunchTemplate', {
      launchTemplateData: { imageId: `resolve:ssm:${amazonLinuxParameter(architecture)}` },
    });
  }

  /** What `ec2.Instance` asks of an image; `launch` takes the id out again. */
  getImage(): ec2.MachineImageConfig {
    return {
      imageId: this.launchTemplate.ref,
      osType: ec2.OperatingSystemType.LINUX,
      userData: ec2.UserData.forLinux(),
    };
  }

  /** Lets an instance take its image from the launch template. */
  launch(instance: ec2.Instance): void {
    instance.instance.imageId = undefined;
    instance.instance.launchTemplate = {
      launchTemplateId: this.launchTemplate.ref,
      version: this.launchTemplate.attrLatestVersionNumber,
    };
  }
}

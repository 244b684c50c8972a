import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { mailTo } from './mail-to';

/** Properties of Monitoring. */
export interface MonitoringProps {
  /**
   * The topic that alarms notify.
   *
   * @default - a topic of its own that accepts TLS only
   */
  readonly alarmTopic?: sns.ITopic;

  /**
   * The e-mail address that receives the alarms; its owner must confirm the subscription that SNS mails.
   *
   * @default - nobody is subscribed
   */
  readonly alarmEmail?: string;
}

/** A dashboard, a topic, and alarms that notify the topic when they fire and when they are over. */
export class Monitoring extends Construct {
  /** The topic that all alarms notify. */
  readonly alarmTopic: sns.ITopic;

  /** The dashboard; its first row shows the state of every alarm. */
  readonly dashboard: cloudwatch.Dashboard;

  private readonly alarms: cloudwatch.Alarm[] = [];

  constructor(scope: Construct, id: string, props: MonitoringProps = {}) {
    super(scope, id);
    this.alarmTopic = props.alarmTopic ?? this.createTopic();
    if (props.alarmEmail) {
      mailTo(
        props.alarmEmail,
        this.alarmTopic,
        'An alarm that no e-mail server takes still shows on the dashboard; a queue would need a reader.',
      );
    }
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      widgets: [[new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: this.alarms, width: 24 })]],
    });
  }

  /**
   * Adds an alarm that notifies the topic.
   *
   * @param id the alarm's construct id
   * @param props what aws-cloudwatch takes for an alarm
   * @param remedies what else is to be done when it fires, for example a reboot
   */
  addAlarm(
    id: string,
    props: cloudwatch.AlarmProps,
    ...remedies: cloudwatch.IAlarmAction[]
  ): cloudwatch.Alarm {
    const alarm = new cloudwatch.Alarm(this, id, props);
    const notification = new actions.SnsAction(this.alarmTopic);
    alarm.addAlarmAction(notification, ...remedies);
    alarm.addOkAction(notification);
    this.alarms.push(alarm);
    return alarm;
  }

  /** The dashboard's address in the console. */
  get dashboardUrl(): string {
    const { region } = Stack.of(this);
    return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${this.dashboard.dashboardName}`;
  }

  private createTopic(): sns.ITopic {
    const topic = new sns.Topic(this, 'AlarmTopic', { enforceSSL: true });
    // A topic with a policy of its own loses SNS's default policy, which lets the account's alarms publish.
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AllowAlarmsOfThisAccount',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: '*',
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
    return topic;
  }
}

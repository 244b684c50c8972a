import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';

/** The least that an app can be: what its synthesis takes is not the patterns' doing. */
const app = new App();
new Bucket(new Stack(app, 'Floor'), 'Bucket');
app.synth();

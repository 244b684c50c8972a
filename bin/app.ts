import './compile-cache';

import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { addCatalogue } from './catalogue';
import { settingsFor } from './settings';

// CloudFormation Validate would take longer than all the rest. `npm test` runs it on every stack and variant, and
// CloudFormation validates each change set itself.
const app = new App({ builtinCloudFormationValidation: false });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
addCatalogue(app, settingsFor(app.node.tryGetContext('environment')));
app.synth();

import './compile-cache';

import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { addCatalogue } from './catalogue';
import { settingsFor } from './settings';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
addCatalogue(app, settingsFor(app.node.tryGetContext('environment')));
app.synth();

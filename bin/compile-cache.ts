import { enableCompileCache } from 'node:module';

// Keeps compiled code in the system's temporary folder: most of an app's start is compiling aws-cdk-lib again.
enableCompileCache();

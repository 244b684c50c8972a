import { run } from './copy/run';

process.exitCode = run(process.argv.slice(2));

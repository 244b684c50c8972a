import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type App,
  CloudFormationValidatePlugin,
  type IPolicyValidationContext,
  type PolicyValidationPluginReport,
  Token,
  Validations,
} from 'aws-cdk-lib';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import { vi } from 'vitest';
import { createApp, withAssembly } from './apps';
import { ClusterRules } from './cluster-rules';
import { nestedStacksIn } from './nested-stacks';

/** A rule that a construct breaks and that nobody acknowledged. */
export interface Finding {
  /** The plugin, for example `AwsSolutions` or `NIST.800.53.R5`. */
  readonly pack: string;

  /** The rule without its pack, for example `RDS3`. */
  readonly rule: string;

  readonly path: string;
  readonly description: string;
}

/** An acknowledgement in a construct. */
export interface Acknowledgement {
  /** The full id, for example `AwsSolutions::AwsSolutions-RDS3`. */
  readonly id: string;

  /** The construct that bears it. */
  readonly path: string;

  readonly reason: string;
}

/** What aws-cdk-lib acknowledges by itself, needed or not. */
const OF_AWS_CDK_LIB = ['W3010', 'F3002', 'F3003'].map((rule) => `CloudFormation-Validate::${rule}`);

/** What the validators say of an app. */
export interface Validation {
  readonly findings: Finding[];
  readonly acknowledgements: Acknowledgement[];

  /** Acknowledgements that acknowledge nothing; those of aws-cdk-lib itself do not count. */
  readonly stale: Acknowledgement[];
}

/** CloudFormation Validate, which by itself sees no template of a nested stack. */
class WithNestedStacks extends CloudFormationValidatePlugin {
  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const nested = nestedStacksIn(context.appConstruct).map(({ file, id, region }) => ({
      stackConstructPath: id,
      templatePath: file,
      accountId: context.accountId,
      region: Token.isUnresolved(region) ? undefined : region,
    }));
    return super.validate({ ...context, stackTemplates: [...context.stackTemplates, ...nested] });
  }
}

/** One for all apps: each holds an engine of more than 100 MB that is never freed. */
const CLOUDFORMATION_VALIDATE = new WithNestedStacks();

/** Synthesizes what `addStacks` adds to an app under five cdk-nag packs, rules of our own and CloudFormation Validate. */
export function validate(addStacks: (app: App) => void): Validation {
  const app = createApp({ '@aws-cdk/core:failSynthOnValidationErrors': false });
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new ServerlessChecks(app),
    new NIST80053R5Checks(app),
    new PCIDSS321Checks(app),
    new HIPAASecurityChecks(app),
    new ClusterRules(),
    CLOUDFORMATION_VALIDATE,
  );
  addStacks(app);
  const report = withReportInsteadOfFailure(() =>
    withAssembly(
      app,
      ({ directory }): Report => JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8')),
    ),
  );

  const used = new Map<string, Acknowledgement>();
  for (const { suppressedViolations = [] } of report.pluginReports) {
    for (const { acknowledgedId, acknowledgedAt, reason } of suppressedViolations) {
      used.set(`${acknowledgedAt} ${acknowledgedId}`, { id: acknowledgedId, path: acknowledgedAt, reason });
    }
  }
  const written = acknowledgementsIn(app);
  return {
    findings: report.pluginReports.flatMap(findingsOf),
    acknowledgements: written.filter(({ id, path }) => used.has(`${path} ${id}`)),
    stale: written.filter(({ id, path }) => !used.has(`${path} ${id}`)),
  };
}

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly violatingConstructs: { readonly constructPath?: string }[];
}

interface PluginReport {
  readonly pluginName: string;
  readonly violations: Violation[];
  readonly suppressedViolations?: {
    readonly acknowledgedId: string;
    readonly acknowledgedAt: string;
    readonly reason: string;
  }[];
}

interface Report {
  readonly pluginReports: PluginReport[];
}

function findingsOf({ pluginName: pack, violations }: PluginReport): Finding[] {
  return violations.flatMap(({ ruleName, description, violatingConstructs }) =>
    violatingConstructs.map(({ constructPath = '(template)' }) => ({
      pack,
      rule: ruleName.startsWith(`${pack}-`) ? ruleName.slice(pack.length + 1) : ruleName,
      path: constructPath,
      description,
    })),
  );
}

function acknowledgementsIn(app: App): Acknowledgement[] {
  return app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries<string>(data))
      .filter(([id]) => !OF_AWS_CDK_LIB.includes(id))
      .map(([id, reason]) => ({ id, path: node.path, reason })),
  );
}

/** With findings, aws-cdk-lib prints the report and sets the exit code of the process, which is vitest's here. */
function withReportInsteadOfFailure<T>(synthesize: () => T): T {
  const print = vi.spyOn(console, 'error').mockReturnValue();
  const exitCode = process.exitCode;
  try {
    return synthesize();
  } finally {
    print.mockRestore();
    process.exitCode = exitCode;
  }
}

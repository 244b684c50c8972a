import type { Acknowledgement } from './validation';

/** All acknowledgements as a page for reviewers, one row each, in a stable order. */
export function renderLedger(acknowledgements: readonly Acknowledgement[]): string {
  const rows = acknowledgements.map(({ id, path, reason }) => `| ${id} | ${path} | ${reason} |`);
  return `# Acknowledgements

Every rule of the AwsSolutions and Serverless packs and of CloudFormation Validate that a construct breaks on purpose,
in any profile or variant, with the reason that stands in the construct. \`npm test -- -u\` writes this page; review its changes.

| Rule | Construct | Reason |
| --- | --- | --- |
${[...new Set(rows)].sort().join('\n')}
`;
}

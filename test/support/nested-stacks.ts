import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NestedStack, Stack, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { StackTemplate } from './apps';

/** A stack that is nested in another one, on the disk. */
export interface NestedTemplate {
  /** Its path in the app, like 'Shop/Till/Drawer'. */
  readonly id: string;

  /** The path of the stack that is deployed with it: the outermost one. */
  readonly stackId: string;

  /** The logical ids by which it is reached from there, joined by '/'. */
  readonly resourcePath: string;

  /** The parameters that the stack around it gives it. */
  readonly given: readonly string[];

  readonly region: string;

  /** The file of its template. */
  readonly file: string;

  readonly template: StackTemplate;
}

/** All nested stacks of a tree that was synthesized. An assembly lists only the stacks around them. */
export function nestedStacksIn(root: IConstruct): NestedTemplate[] {
  return root.node
    .findAll()
    .filter((construct) => NestedStack.isNestedStack(construct))
    .map((nested) => {
      const parents = parentsOf(nested);
      const { stack, logicalId } = placeOf(nested);
      const resource = templateOf(stack).Resources[logicalId];
      return {
        id: nested.node.path,
        stackId: (parents.at(-1) ?? nested).node.path,
        resourcePath: [...parents.slice(0, -1).toReversed(), nested]
          .map((each) => placeOf(each).logicalId)
          .join('/'),
        given: Object.keys(resource?.Properties.Parameters ?? {}),
        region: nested.region,
        file: fileOf(nested),
        template: templateOf(nested),
      };
    });
}

/** The stacks around one, the nearest first. */
function parentsOf({ nestedStackParent: parent }: Stack): Stack[] {
  return parent ? [parent, ...parentsOf(parent)] : [];
}

/** The stack around a nested one, and the id of the resource that stands for it there. */
function placeOf({ nestedStackParent: stack, nestedStackResource: resource, node }: Stack) {
  if (!stack || !resource) throw new Error(`${node.path} is not nested`);
  return { stack, logicalId: String(stack.resolve(Stack.of(resource).getLogicalId(resource))) };
}

function fileOf(stack: Stack): string {
  const stage = Stage.of(stack);
  if (!stage) throw new Error(`${stack.node.path} is in no app`);
  return join(stage.outdir, stack.templateFile);
}

const templateOf = (stack: Stack): StackTemplate => JSON.parse(readFileSync(fileOf(stack), 'utf8'));

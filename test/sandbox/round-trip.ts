import { messageOf } from './account';

/** The steps of a round trip. */
export interface Steps<Outputs> {
  deploy(interrupted: AbortSignal): Promise<Outputs>;

  /** Gives what did not work, in words. */
  use(outputs: Outputs, interrupted: AbortSignal): Promise<string[]>;

  /** Works whatever became of the deployment. */
  destroy(): Promise<void>;

  /** Gives what is left, in words. */
  leftovers(): Promise<string[]>;
}

/**
 * Deploys, uses, destroys in any case, and looks for leftovers. Gives what went wrong or is left; an interruption
 * is neither.
 */
export async function roundTrip<Outputs>(
  { deploy, use, destroy, leftovers }: Steps<Outputs>,
  interrupted: AbortSignal,
): Promise<string[]> {
  const problems: string[] = [];
  const attempt = async (what: string, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      problems.push(`${what}: ${messageOf(error)}`);
    }
  };
  try {
    problems.push(...(await use(await deploy(interrupted), interrupted)));
  } catch (error) {
    if (!interrupted.aborted) problems.push(messageOf(error));
  } finally {
    await attempt('not destroyed', destroy);
    await attempt('leftovers not listed', async () => {
      problems.push(...(await leftovers()).map((item) => `left: ${item}`));
    });
  }
  return problems;
}

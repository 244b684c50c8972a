import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { Construct, IDependable } from 'constructs';
import { ADDON_VERSIONS, type AddonName } from '../building-blocks/versions';

/** Versions of add-ons by their names, where they are to be others than this repository's. */
export type AddonVersions = Readonly<Partial<Record<AddonName, string>>>;

/** What an add-on is installed with. */
export interface AddOnProps {
  readonly cluster: eks.Cluster;
  readonly versions: AddonVersions;
  readonly configuration?: Record<string, unknown>;

  /** What must be there before it. */
  readonly after?: readonly IDependable[];
}

/** Installs one of EKS's add-ons in the pinned version, as a child of its name. It goes with the stack. */
export function installAddOn(
  scope: Construct,
  name: AddonName,
  { after = [], cluster, configuration, versions }: AddOnProps,
): eks.Addon {
  const addOn = new eks.Addon(scope, name, {
    cluster,
    addonName: name,
    addonVersion: versions[name] ?? ADDON_VERSIONS[name],
    configurationValues: configuration,
    preserveOnDelete: false,
  });
  addOn.node.addDependency(...after);
  return addOn;
}

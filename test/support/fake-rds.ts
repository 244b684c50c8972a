import { type FakeDatabase, type FakeRegion, ServiceError } from './fake-region';
import type { FakeRegions } from './fake-regions';

/** What a service is asked. */
type Request = Readonly<Record<string, unknown>>;

/** What a service does, and answers. */
export type Operation = (aws: FakeRegions, region: FakeRegion, request: Request) => unknown;

const MINUTE = 60_000;

/** The operations of RDS that the workflows call. */
export const DATABASE_OPERATIONS: Readonly<Record<string, Operation>> = {
  'rds:describeDBInstances': (_aws, region, request) => {
    const identifier = text(request, 'DbInstanceIdentifier');
    return { DbInstances: [describe(region, identifier, databaseOf(region, identifier))] };
  },

  'rds:promoteReadReplica': (aws, region, request) => {
    const identifier = text(request, 'DbInstanceIdentifier');
    const database = databaseOf(region, identifier);
    if (!database.source || database.status !== 'available') throw busy();
    database.status = 'modifying';
    aws.later(2 * MINUTE, () => {
      database.status = 'rebooting';
      delete database.source;
      database.backupRetention = Number(request.BackupRetentionPeriod);
    });
    aws.later(3 * MINUTE, () => {
      database.status = 'available';
    });
    return { DbInstance: describe(region, identifier, database) };
  },

  'rds:deleteDBInstance': (aws, region, request) => {
    const identifier = text(request, 'DbInstanceIdentifier');
    const database = databaseOf(region, identifier);
    if (database.protected) throw new ServiceError('Rds.RdsException', 'Cannot delete protected DB Instance');
    if (database.status !== 'available') throw busy();
    database.status = 'deleting';
    aws.later(4 * MINUTE, () => {
      region.databases.delete(identifier);
      // RDS promotes the replicas of a source that is deleted.
      for (const replica of replicasOf(aws, aws.arnOf(region, identifier))) delete replica.source;
    });
    return { DbInstance: describe(region, identifier, database) };
  },

  'rds:modifyDBInstance': (aws, region, request) => {
    const identifier = text(request, 'DbInstanceIdentifier');
    const database = databaseOf(region, identifier);
    if (database.status !== 'available') throw busy();
    if (request.DeletionProtection === false) {
      database.protected = false;
      return { DbInstance: describe(region, identifier, database) };
    }
    database.status = 'renaming';
    const name = text(request, 'NewDBInstanceIdentifier');
    aws.later(10 * MINUTE, () => {
      region.databases.delete(identifier);
      region.databases.set(name, { ...database, status: 'available' });
      for (const replica of replicasOf(aws, aws.arnOf(region, identifier))) {
        replica.source = aws.arnOf(region, name);
      }
    });
    return { DbInstance: describe(region, identifier, database) };
  },

  'rds:createDBInstanceReadReplica': (aws, region, request) => {
    const identifier = text(request, 'DbInstanceIdentifier');
    const source = text(request, 'SourceDBInstanceIdentifier');
    if (region.databases.has(identifier)) {
      throw new ServiceError('Rds.DbInstanceAlreadyExistsException', 'DB instance already exists');
    }
    const sourceRegion = aws.regionOf(source);
    if (!sourceRegion.alive) throw new ServiceError('Rds.RdsException', 'The source region does not answer');
    const database = databaseOf(sourceRegion, source.split(':').at(-1) ?? '');
    if (database.status !== 'available' || database.source || database.backupRetention < 1) throw busy();
    const replica = { ...aws.newDatabase(source, request), status: 'creating' };
    region.databases.set(identifier, replica);
    aws.later(20 * MINUTE, () => {
      replica.status = 'available';
    });
    return { DbInstance: describe(region, identifier, replica) };
  },
};

/** A parameter that must be a text. */
export function text(request: Request, name: string): string {
  const value = request[name];
  if (typeof value !== 'string') throw new Error(`${name} is no text: ${JSON.stringify(request)}`);
  return value;
}

function databaseOf(region: FakeRegion, identifier: string): FakeDatabase {
  const database = region.databases.get(identifier);
  if (!database) {
    throw new ServiceError('Rds.DbInstanceNotFoundException', `DBInstance ${identifier} not found.`);
  }
  return database;
}

function replicasOf(aws: FakeRegions, source: string): FakeDatabase[] {
  return Object.values(aws.regions)
    .flatMap(({ databases }) => [...databases.values()])
    .filter((database) => database.source === source);
}

function describe(region: FakeRegion, identifier: string, { source, status }: FakeDatabase): unknown {
  return {
    DbInstanceIdentifier: identifier,
    DbInstanceStatus: status,
    Endpoint: { Address: region.endpoint(identifier), Port: 3306 },
    ...(source !== undefined && { ReadReplicaSourceDBInstanceIdentifier: source }),
  };
}

function busy(): ServiceError {
  return new ServiceError('Rds.InvalidDbInstanceStateException', 'Instance is not in available state.');
}

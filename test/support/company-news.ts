import { connect } from 'node:net';
import { start } from '../../services/company-news/application';
import { readConfiguration } from '../../services/company-news/configuration';
import { LIMITS } from '../../services/company-news/limits';
import { FakeMySql, type Storage } from './fake-mysql';
import { fileIn } from './fleet';

/**
 * Starts the sample application with the settings that a first boot writes for it, in front of a database with a standby.
 *
 * @param script the first boot of a fleet
 */
export async function startNews(script: string) {
  const unit = fileIn(script, '/etc/systemd/system/company-news.service');
  const settings = [...unit.matchAll(/^Environment="?(\w+)=(.*?)"?$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  const storage: Storage = { password: 'first', table: undefined };
  const [primary, standby] = [new FakeMySql(storage), new FakeMySql(storage)];
  const ports = new Map([
    [primary, await primary.listen()],
    [standby, await standby.listen()],
  ]);
  const name = { leadsTo: primary };
  const application = await start(
    readConfiguration({
      ...Object.fromEntries(settings),
      PORT: '0',
      DATABASE_HOST: 'database.example.com',
      DATABASE_PORT: '3306',
      DATABASE_NAME: 'app',
      DATABASE_SECRET_ARN: 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:rds!db-1',
      AWS_REGION: 'ap-northeast-1',
    }),
    {
      transport: {
        ssl: undefined,
        openSocket: () => connect({ host: '127.0.0.1', port: ports.get(name.leadsTo) ?? 0, noDelay: true }),
      },
      fetchSecret: async () => JSON.stringify({ username: 'admin', password: storage.password }),
      limits: { ...LIMITS, connect: 80, statement: 80, pause: 30, secret: 80, stop: 50 },
      log: () => undefined,
    },
  );
  const end = async () => {
    await application.stop();
    primary.close();
    standby.close();
  };
  const get = (path = '/') => fetch(`http://127.0.0.1:${application.port}${path}`);
  return { primary, standby, name, get, end };
}

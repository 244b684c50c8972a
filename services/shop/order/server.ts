import { runService } from '../shared/run-service';
import { readSettings } from './settings';

runService({
  name: 'order',
  settings: readSettings,
  build: async (settings, context) =>
    (await import('./order-service.js')).buildOrderService(settings, context),
});

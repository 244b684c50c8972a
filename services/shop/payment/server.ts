import { runService } from '../shared/run-service';
import { readSettings } from './settings';

runService({
  name: 'payment',
  settings: readSettings,
  build: async (settings, context) =>
    (await import('./payment-service.js')).buildPaymentService(settings, context),
});

import { runService } from '../shared/run-service';
import { readReviewSettings } from './settings';

runService({
  name: 'review',
  settings: readReviewSettings,
  build: async (settings, context) =>
    (await import('./review-service.js')).buildReviewService(settings, context),
});

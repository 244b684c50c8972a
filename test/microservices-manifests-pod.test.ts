import { expect, test } from 'vitest';
import { type Workload, workloadObjects } from '../lib/microservices/kubernetes/workload';

const WORKLOAD: Workload = {
  namespace: 'shop',
  application: 'shop',
  name: 'order',
  image: 'registry/order:1',
  environment: { PORT: '8080', TABLE_NAME: 'orders' },
  port: 8080,
  internalPort: 8081,
  resources: { cpuMillis: 250, cpuLimitMillis: 1000, memoryMiB: 256 },
  minReplicas: 2,
  maxReplicas: 6,
  compute: 'fargate',
};

const LABELS = {
  'app.kubernetes.io/name': 'order',
  'app.kubernetes.io/part-of': 'shop',
  'app.kubernetes.io/managed-by': 'aws-cdk',
};

const probe = (path: string, periodSeconds: number, failureThreshold: number) => ({
  httpGet: { path, port: 'http' },
  timeoutSeconds: 3,
  periodSeconds,
  failureThreshold,
});

const { deployment, autoscaler, service, disruptionBudget } = workloadObjects(WORKLOAD);

test('a pod is the whole of this', () => {
  expect(deployment.spec?.template).toEqual({
    metadata: { labels: LABELS },
    spec: {
      serviceAccountName: 'order',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 50,
      dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10_001,
        runAsGroup: 10_001,
        fsGroup: 10_001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'order',
          image: 'registry/order:1',
          imagePullPolicy: 'IfNotPresent',
          env: [
            { name: 'PORT', value: '8080' },
            { name: 'TABLE_NAME', value: 'orders' },
          ],
          ports: [
            { name: 'http', containerPort: 8080, protocol: 'TCP' },
            { name: 'internal', containerPort: 8081, protocol: 'TCP' },
          ],
          resources: {
            requests: { cpu: '250m', memory: '256Mi' },
            limits: { cpu: '1000m', memory: '256Mi' },
          },
          startupProbe: probe('/healthz', 2, 30),
          readinessProbe: probe('/readyz', 5, 3),
          livenessProbe: probe('/healthz', 10, 3),
          lifecycle: { preStop: { sleep: { seconds: 20 } } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        },
      ],
      volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
    },
  });
});

test('a rolling update starts pods before it stops any, and gives up after ten minutes', () => {
  const { template, selector, ...spec } = deployment.spec ?? {};
  expect(spec).toEqual({
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
    minReadySeconds: 10,
    revisionHistoryLimit: 5,
    progressDeadlineSeconds: 600,
  });
});

test('an autoscaler doubles within half a minute, and gives back a pod a minute after five quiet ones', () => {
  expect(autoscaler.spec).toEqual({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'order' },
    minReplicas: 2,
    maxReplicas: 6,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
      },
    ],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Percent', value: 100, periodSeconds: 30 },
          { type: 'Pods', value: 2, periodSeconds: 30 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 300,
        policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
      },
    },
  });
});

test('a Service and a disruption budget are for the pods of the workload only', () => {
  expect(service.spec).toEqual({
    type: 'ClusterIP',
    selector: { 'app.kubernetes.io/name': 'order' },
    ports: [
      { name: 'http', port: 8080, targetPort: 'http', protocol: 'TCP' },
      { name: 'internal', port: 8081, targetPort: 'internal', protocol: 'TCP' },
    ],
  });
  expect(disruptionBudget.spec).toEqual({
    maxUnavailable: 1,
    selector: { matchLabels: { 'app.kubernetes.io/name': 'order' } },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
  expect([deployment, autoscaler, service, disruptionBudget].map(({ metadata }) => metadata)).toEqual(
    Array.from({ length: 4 }, () => ({ name: 'order', namespace: 'shop', labels: LABELS })),
  );
});

/** A node of eight cores that kwok plays; the even ones are in one zone, the odd ones in another. */
export function fakeNode(index: number): unknown {
  const capacity = { cpu: '8', memory: '32Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${index}`,
      labels: {
        'kubernetes.io/hostname': `node-${index}`,
        'kubernetes.io/arch': 'arm64',
        'topology.kubernetes.io/zone': index % 2 === 0 ? 'zone-a' : 'zone-b',
      },
    },
    status: { allocatable: capacity, capacity },
  };
}

/**
 * How kwok plays nodes and pods: a pod serves five seconds after it was placed, and is gone 25 seconds after it was
 * told to go, which is the sleep before its stop and a little more.
 */
export const STAGES = `
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: { name: node-ready }
spec:
  resourceRef: { apiGroup: v1, kind: Node }
  selector:
    matchExpressions:
      - { key: '.status.conditions.[] | select( .type == "Ready" ) | .status', operator: NotIn, values: ["True"] }
  next:
    statusTemplate: |
      conditions:
        - { type: Ready, status: "True", reason: KubeletReady, lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ Now | Quote }} }
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: { name: pod-ready }
spec:
  resourceRef: { apiGroup: v1, kind: Pod }
  selector:
    matchExpressions:
      - { key: .metadata.deletionTimestamp, operator: DoesNotExist }
      - { key: .status.phase, operator: In, values: [Pending] }
  delay: { durationMilliseconds: 5000 }
  next:
    statusTemplate: |
      phase: Running
      startTime: {{ Now | Quote }}
      conditions:
        - { type: Ready, status: "True", lastTransitionTime: {{ Now | Quote }} }
        - { type: ContainersReady, status: "True", lastTransitionTime: {{ Now | Quote }} }
      containerStatuses:
      {{ range .spec.containers }}
        - { name: {{ .name | Quote }}, image: {{ .image | Quote }}, ready: true, restartCount: 0, state: { running: { startedAt: {{ Now | Quote }} } } }
      {{ end }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: { name: pod-delete }
spec:
  resourceRef: { apiGroup: v1, kind: Pod }
  selector:
    matchExpressions:
      - { key: .metadata.deletionTimestamp, operator: Exists }
  delay: { durationMilliseconds: 25000 }
  next: { delete: true }
`;

import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { FINISHING_CONTAINER, RUNNING_CONTAINER, SLOW_CONTAINER } from '../../stack/cluster-fixtures/real-container.ts';
import { daemonSet, deployment, job } from '../../stack/cluster-fixtures/workloads.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { recordCase } from '../ssh/host/case-table.ts';
import { awaitClosing } from './harness/closing.ts';
import { SHORT_WAITS, startHarness, toKnownHostsPath, type Harness } from './harness/harness.ts';
import { awaitHeartbeat } from './harness/host-place.ts';
import { startObjectWatch, type ObjectWatch } from './harness/object-watch.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';

const namespace = 'default';

/** Of a pod that an earlier drain evicted; its kubelet did not unmount it. */
const LEFT_MOUNT = '/var/lib/kubelet/pods/11111111-2222-3333-4444-555555555555/volumes/kubernetes.io~csi/pv-1/mount';
const AGENT_GRACE_SECONDS = 20;
/** Long enough for a slow machine: the test ends the wait. */
const DETACH_SECONDS = 120;

describeOnRealNodes('a real node', () => {
  let harness: Harness;
  let first: RealNode;
  let second: RealNode;
  let pods: ObjectWatch;
  let endpoints: ObjectWatch;

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true, waits: { ...SHORT_WAITS, detachSeconds: DETACH_SECONDS } });
    const { stack } = harness;
    [first, second] = (await stack.createRealNodes([
      { name: 'real-a', staticPods: [pod({ namespace, name: 'static', container: RUNNING_CONTAINER })] },
      { name: 'real-b' },
    ])) as [RealNode, RealNode];
    writeFileSync(toKnownHostsPath(stack), first.knownHosts + second.knownHosts);
    const container = RUNNING_CONTAINER;
    await stack.apply([
      deployment({ namespace, name: 'web', replicas: 4, pod: { container } }),
      daemonSet({
        namespace,
        name: 'agent',
        pod: { container: SLOW_CONTAINER, terminationGracePeriodSeconds: AGENT_GRACE_SECONDS },
      }),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace, name: 'agent' },
        spec: { selector: { app: 'agent' }, ports: [{ port: 80 }] },
      },
      job({ namespace, name: 'done', pod: { container: FINISHING_CONTAINER } }),
    ]);
    await stack.awaitPodsReady(namespace, 'app=web', 4);
    await stack.awaitPodsReady(namespace, 'app=agent', 2);
    pods = await startObjectWatch(stack, 'pods', `/api/v1/namespaces/${namespace}/pods`);
    endpoints = await startObjectWatch(
      stack,
      'endpoints',
      `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    );
    await harness.startWorker();
  });

  afterAll(async () => {
    await Promise.all([pods.stop(), endpoints.stop()]);
    await harness.stop();
  });

  it('is removed from the cluster after the last volume is unmounted, and its host is clean', async () => {
    const { stack } = harness;
    await first.read(`mkdir -p ${LEFT_MOUNT} && mount -t tmpfs left ${LEFT_MOUNT}`);
    const run = await harness.start({ nodeNames: ['real-a'], hostCleanup: 'required', deleteEmptyDirData: true });
    await awaitHeartbeat(harness, 'real-a', `waiting for 1 mount on the host: ${LEFT_MOUNT}`);
    expect(await first.read('systemctl is-active kubelet')).toBe('active\n');
    await first.read(`umount ${LEFT_MOUNT}`);
    const { report } = await awaitClosing(run);
    expect(report).toMatchObject({ outcome: 'Decommissioned' });
    expect(report.nodes[0]?.steps.map(({ name, status }) => `${name} ${status}`)).toEqual(
      report.nodes[0]?.steps.map(({ name }) => `${name} ${name === 'endMachine' ? 'Skipped' : 'Succeeded'}`),
    );
    expect(report.nodes[0]?.steps.find(({ name }) => name === 'detach')?.message).toMatch(
      /1 DaemonSet pod evicted last$/,
    );
    const some: unknown = expect.any(Number);
    expect(report.nodes[0]?.host?.keptCounts).toMatchObject({ link: some, cniConfiguration: some, machineState: some });
    expect(report.message).toMatch(/Still there, and listed in the report: .*network links/);
    expect(await stack.api.find('/api/v1/nodes/real-a')).toBeUndefined();
    expect(await first.read('pgrep -c containerd-shim || true')).toBe('0\n');
    expect(await first.read('ls -A /etc/kubernetes /var/lib/kubelet/pki 2>/dev/null || true')).not.toMatch(/conf|pem/);
    expect(await first.read('systemctl is-enabled kubelet || true')).toBe('masked\n');
    expect(await first.read('grep -c /var/lib/kubelet/ /proc/self/mountinfo || true')).toBe('0\n');
    await stack.awaitPodsReady(namespace, 'app=web', 4);

    await first.reboot();
    expect(await first.read('systemctl is-active kubelet containerd || true')).toBe('inactive\ninactive\n');
    expect(await stack.api.find('/api/v1/nodes/real-a')).toBeUndefined();
    expect(second.isOn()).toBe(true);
    recordCase({
      layout: 'as kubeadm leaves it, with a static pod and a finished one; restarted afterwards',
      how: 'real host',
      outcome: 'cleaned',
      stays: 'nothing of others is there; another node runs its pods',
    });
  });

  it('ends its DaemonSet pod with a SIGTERM and its own grace, once no Service sends requests to it any more', () => {
    const states = pods
      .events()
      .map(({ object }) => object as AgentPod)
      .filter(({ metadata, spec }) => metadata.labels?.['app'] === 'agent' && spec.nodeName === 'real-a');
    const [{ metadata }] = states as [AgentPod];
    expect(new Set(states.map(({ metadata: { uid } }) => uid))).toEqual(new Set([metadata.uid]));
    const deleted = states.find(({ metadata: { deletionTimestamp } }) => deletionTimestamp !== undefined);
    expect(deleted?.metadata.deletionGracePeriodSeconds).toBe(AGENT_GRACE_SECONDS);

    const ended = states.find((state) => toTerminated(state) !== undefined);
    expect(toTerminated(ended)).toMatchObject({ exitCode: 0, message: 'SIGTERM\ndone\n' });
    const withdrawn = endpoints
      .events()
      .map(({ object }) => object as AgentSlice)
      .find((slice) => toReadiness(slice, metadata.uid) === false);
    const withdrawnAt = withdrawn?.metadata.managedFields
      ?.map(({ time }) => time)
      .sort()
      .at(-1);
    expect(withdrawnAt).toMatch(/Z$/);
    expect(Date.parse(withdrawnAt!)).toBeLessThanOrEqual(Date.parse(toTerminated(ended)!.finishedAt));
  });
});

interface AgentPod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly state?: {
        readonly terminated?: { readonly exitCode: number; readonly message?: string; readonly finishedAt: string };
      };
    }[];
  };
}

interface AgentSlice extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly managedFields?: readonly { readonly time: string }[] };
  readonly endpoints?: readonly {
    readonly conditions?: { readonly ready?: boolean };
    readonly targetRef?: { readonly uid?: string };
  }[];
}

const toTerminated = (pod: AgentPod | undefined) => pod?.status.containerStatuses?.[0]?.state?.terminated;

const toReadiness = ({ endpoints }: AgentSlice, uid: string | undefined): boolean | undefined =>
  endpoints?.find(({ targetRef }) => targetRef?.uid === uid)?.conditions?.ready;

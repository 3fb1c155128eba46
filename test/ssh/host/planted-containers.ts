/** Commands that create containers for the stand-ins in `stubs`. */

import { toFile } from './worker-node.ts';

export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';
export const CRI_RECORDS = '/var/lib/containerd/io.containerd.grpc.v1.cri';
/** The kubelet's name for a container of docker. */
export const K8S_NAME = 'k8s_app_web-0_shop_6f1c2c1e-0000-4000-8000-000000000001_0';
export const K8S_POD_NAME = K8S_NAME.replace('_app_', '_POD_');

/** A pod in crictl; `network` as the CRI reports it. */
export const toPod = (id: string, network: 'POD' | 'NODE' = 'POD', containers: readonly string[] = ['c1']): string =>
  [
    `mkdir -p /run/stub/cri/${id}/containers && echo ${network} >/run/stub/cri/${id}/network`,
    ...containers.map((name) => `touch /run/stub/cri/${id}/containers/${id}${name}`),
  ].join('\n');

/** A container in ctr; without a kind, one of a user. */
export const toContainer = (namespace: string, id: string, kind: 'sandbox' | 'container' | '', info = ''): string =>
  `mkdir -p /run/stub/ctr/${namespace}/${id} && echo ${kind} >/run/stub/ctr/${namespace}/${id}/kind
  echo '${info}' >/run/stub/ctr/${namespace}/${id}/info && touch /run/stub/ctr/${namespace}/${id}/running`;

export const toDockerContainer = (id: string, name: string, network = 'bridge'): string =>
  `mkdir -p /run/stub/docker/${id} && echo ${name} >/run/stub/docker/${id}/name && echo ${network} >/run/stub/docker/${id}/network`;

/** The program of all shims, created once before them. */
export const SHIM_PROGRAM = `echo '[ "$8" != stubborn ] || trap "" TERM
while :; do sleep 0.2; done' >/tmp/shim`;

interface PlantedShim {
  /** A stubborn one ignores SIGTERM. */
  readonly mode?: 'plain' | 'stubborn';
  readonly address?: string;
  /** containerd's state folder; the shim runs in the container's directory there, if that exists. */
  readonly state?: string;
}

/** A process whose arguments are those of a shim. */
export const toShim = (
  namespace: string,
  id: string,
  { mode = 'plain', address = CONTAINERD_SOCKET, state = '/run/containerd' }: PlantedShim = {},
): string =>
  `(cd '${state}/io.containerd.runtime.v2.task/${namespace}/${id}' 2>/dev/null
  exec setsid bash -c 'exec -a /usr/bin/containerd-shim-runc-v2 bash /tmp/shim -namespace ${namespace} -id ${id} -address ${address} x ${mode}') </dev/null >/dev/null 2>&1 &`;

/** Ids of the existing shims, sorted. */
export const LIST_SHIMS = `for file in /proc/[0-9]*/cmdline; do
  tr '\\0' '\\n' <"$file" 2>/dev/null | awk 'NR == 1 && !/^.usr.bin.containerd-shim/ { exit } last == "-id" { print } { last = $0 }'
done | sort | tr '\\n' ' '`;

/** The description of a container that a shim of the CRI runs, with the UID of its pod. */
export const toBundle = (state: string, id: string, uid = '6f1c2c1e-0000-4000-8000-000000000001'): string =>
  toFile(
    `${state}/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`,
    `{"annotations":{"io.kubernetes.cri.container-type":"sandbox","io.kubernetes.cri.sandbox-uid":"${uid}"}}`,
  );

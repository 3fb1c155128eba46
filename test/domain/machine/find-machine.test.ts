import { describe, expect, it } from '@jest/globals';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { findMachine } from '../../../src/domain/machine/find-machine.ts';
import { node } from '../../builders/node.ts';

const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
const COMPUTE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/mc_rg_shop_westeurope/providers/Microsoft.Compute`;
const VMSS_ID = `${COMPUTE}/virtualMachineScaleSets/aks-pool1-123-vmss/virtualMachines/7`;
const VM_ID = `${COMPUTE}/virtualMachines/aks-pool2-123-vms1`;
const UUID = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const OCI_INSTANCE = 'ocid1.instance.oc1.iad.abuw';
const OCI_POOL = 'ocid1.nodepool.oc1.iad.aaaa';

interface Row {
  readonly given: Partial<NodeFacts>;
  readonly found: readonly [provider: string, pool: string | undefined, instanceId: string, command: string];
}

describe('findMachine', () => {
  const rows: readonly (readonly [what: string, row: Row])[] = [
    [
      'a managed node group of EKS',
      {
        given: {
          providerID: 'aws:///eu-central-1a/i-0abc123',
          labels: { 'eks.amazonaws.com/nodegroup': 'workers', 'topology.kubernetes.io/region': 'eu-central-1' },
        },
        found: [
          'Amazon EKS',
          'workers',
          'i-0abc123',
          'aws autoscaling terminate-instance-in-auto-scaling-group --instance-id i-0abc123 --should-decrement-desired-capacity --region eu-central-1',
        ],
      },
    ],
    [
      'a group that eksctl made, in a local zone, without a label of its region',
      {
        given: {
          providerID: 'aws:///us-west-2-lax-1a/i-0abc123',
          labels: { 'alpha.eksctl.io/nodegroup-name': 'edge' },
        },
        found: [
          'Amazon EKS',
          'edge',
          'i-0abc123',
          'aws autoscaling terminate-instance-in-auto-scaling-group --instance-id i-0abc123 --should-decrement-desired-capacity --region us-west-2',
        ],
      },
    ],
    [
      'an EC2 instance without a pool',
      {
        given: { providerID: 'aws:///us-gov-west-1b/i-0abc123' },
        found: [
          'Amazon EC2',
          undefined,
          'i-0abc123',
          'aws ec2 terminate-instances --instance-ids i-0abc123 --region us-gov-west-1',
        ],
      },
    ],
    [
      'a node pool of GKE',
      {
        given: {
          providerID: 'gce://example.com:shop/europe-west3-a/gke-shop-pool-1-0a1b2c3d-x9z8',
          labels: { 'cloud.google.com/gke-nodepool': 'pool-1' },
        },
        found: [
          'Google GKE',
          'pool-1',
          'gke-shop-pool-1-0a1b2c3d-x9z8',
          'gcloud compute instance-groups managed delete-instances gke-shop-pool-1-0a1b2c3d-grp --instances gke-shop-pool-1-0a1b2c3d-x9z8 --zone europe-west3-a --project example.com:shop',
        ],
      },
    ],
    [
      'a node pool of GKE whose instances have other names',
      {
        given: { providerID: 'gce://shop/europe-west3-a/other', labels: { 'cloud.google.com/gke-nodepool': 'pool-1' } },
        found: [
          'Google GKE',
          'pool-1',
          'other',
          'gcloud compute instance-groups managed delete-instances INSTANCE_GROUP --instances other --zone europe-west3-a --project shop',
        ],
      },
    ],
    [
      'a Google instance without a pool',
      {
        given: { providerID: 'gce://shop/europe-west3-a/worker-7' },
        found: [
          'Google Compute Engine',
          undefined,
          'worker-7',
          'gcloud compute instances delete worker-7 --zone europe-west3-a --project shop',
        ],
      },
    ],
    [
      'a scale set of AKS',
      {
        given: { providerID: `azure://${VMSS_ID}`, labels: { 'kubernetes.azure.com/agentpool': 'pool1' } },
        found: [
          'Azure AKS',
          'pool1',
          VMSS_ID,
          `az vmss delete-instances --subscription ${SUBSCRIPTION} --resource-group mc_rg_shop_westeurope --name aks-pool1-123-vmss --instance-ids 7`,
        ],
      },
    ],
    [
      'a single machine of Azure',
      {
        given: { providerID: `azure://${VM_ID}` },
        found: ['Azure', undefined, VM_ID, `az vm delete --yes --ids ${VM_ID}`],
      },
    ],
    [
      'a node pool of DigitalOcean',
      {
        given: {
          providerID: 'digitalocean://42',
          labels: {
            'doks.digitalocean.com/node-pool': 'basic',
            'doks.digitalocean.com/node-pool-id': 'pool-id',
            'doks.digitalocean.com/node-id': 'node-id',
          },
        },
        found: [
          'DigitalOcean Kubernetes',
          'basic',
          '42',
          'doctl kubernetes cluster node-pool delete-node CLUSTER pool-id node-id',
        ],
      },
    ],
    [
      'a droplet without a pool',
      {
        given: { providerID: 'digitalocean://42' },
        found: ['DigitalOcean', undefined, '42', 'doctl compute droplet delete 42'],
      },
    ],
    [
      'a node pool of LKE',
      {
        given: {
          name: 'lke212553-307295-339173d10000',
          providerID: 'linode://42',
          labels: { 'lke.linode.com/pool-id': '307295' },
        },
        found: ['Linode LKE', '307295', '42', 'linode-cli lke node-delete 212553 307295-339173d10000'],
      },
    ],
    [
      'a Linode without a pool',
      {
        given: { providerID: 'linode://42' },
        found: ['Linode', undefined, '42', 'linode-cli linodes delete 42'],
      },
    ],
    [
      'a node pool of OKE',
      {
        given: { providerID: OCI_INSTANCE, annotations: { 'oci.oraclecloud.com/node-pool-id': OCI_POOL } },
        found: [
          'Oracle OKE',
          OCI_POOL,
          OCI_INSTANCE,
          `oci ce node-pool delete-node --node-pool-id ${OCI_POOL} --node-id ${OCI_INSTANCE} --is-decrement-size true`,
        ],
      },
    ],
    [
      'an Oracle instance whose annotation is no id of a pool',
      {
        given: {
          providerID: `oci://${OCI_INSTANCE}`,
          annotations: { 'oci.oraclecloud.com/node-pool-id': 'x; reboot' },
        },
        found: [
          'Oracle Cloud',
          undefined,
          OCI_INSTANCE,
          `oci compute instance terminate --instance-id ${OCI_INSTANCE}`,
        ],
      },
    ],
    [
      'a worker of IBM Cloud',
      {
        given: {
          providerID: 'ibm://account///c1/kube-c1-shop-default-0000a1',
          labels: { 'ibm-cloud.kubernetes.io/worker-pool-name': 'default' },
        },
        found: [
          'IBM Cloud Kubernetes Service',
          'default',
          'kube-c1-shop-default-0000a1',
          'ibmcloud ks worker rm --cluster c1 --worker kube-c1-shop-default-0000a1',
        ],
      },
    ],
    [
      'a server of Hetzner',
      { given: { providerID: 'hcloud://42' }, found: ['Hetzner Cloud', undefined, '42', 'hcloud server delete 42'] },
    ],
    [
      'a server of OpenStack in a region',
      {
        given: { providerID: `openstack://region-1/${UUID}` },
        found: ['OpenStack', undefined, UUID, `openstack server delete ${UUID}`],
      },
    ],
    [
      'a machine of vSphere',
      {
        given: { providerID: `vsphere://${UUID}` },
        found: ['vSphere', undefined, UUID, `govc vm.destroy -vm.uuid ${UUID}`],
      },
    ],
  ];
  it.each(rows)('recognises %s', (_what, { given, found: [provider, pool, instanceId, command] }) => {
    expect(findMachine(node(given))).toEqual({
      providerID: given.providerID,
      provider,
      ...(pool === undefined ? {} : { pool }),
      instanceId,
      command,
    });
  });

  it.each([
    ['of another provider', 'k3s://worker-7'],
    ['that no provider writes like this', 'aws:///eu-central-1a/i-0abc; reboot'],
    ['with a word that a shell would split', 'gce://shop/europe-west3-a/a b'],
    ['of an Azure resource that is no machine', `azure://${COMPUTE}/disks/disk-1`],
    ['of a node of EKS without a machine', 'aws:///eu-central-1a/fargate-ip-10-0-0-1.ec2.internal'],
  ])('makes no command of a providerID %s', (_what, providerID) => {
    expect(findMachine(node({ providerID }))).toEqual({ providerID });
  });

  it('finds none on a Node that names none', () => {
    expect(findMachine(node({ labels: { 'eks.amazonaws.com/nodegroup': 'workers' } }))).toBeUndefined();
  });
});

import type { NodeFacts } from '../cluster/facts.ts';
import type { Machine } from './machine.ts';

/** A Node with a `providerID`. */
export type ProvidedNode = Pick<NodeFacts, 'name' | 'labels' | 'annotations'> & { readonly providerID: string };

type Recognised = Omit<Machine, 'providerID'>;

/** Undefined: it is not a machine of this provider. */
type Provider = (node: ProvidedNode) => Recognised | undefined;

/** A word of a command that only an operator knows. */
const UNKNOWN_CLUSTER = 'CLUSTER';

const toPool = (pool: string | undefined): Pick<Machine, 'pool'> => (pool === undefined ? {} : { pool });

/**
 * A provider whose machines end with the same command, in a pool or not. `form`: of `providerID`; its first group is the machine's id. Every
 * group matches only what a shell takes as one word.
 */
const simple =
  (provider: string, form: RegExp, toCommand: (id: string) => string): Provider =>
  ({ providerID }) => {
    const [, instanceId] = form.exec(providerID) ?? [];
    return instanceId === undefined ? undefined : { provider, instanceId, command: toCommand(instanceId) };
  };

/** `aws:///<zone>/<instance>`. An instance of an Auto Scaling group is replaced, unless the group is made smaller with it. */
const amazon: Provider = ({ providerID, labels }) => {
  const [, zone = '', instanceId] = /^aws:\/\/\/([a-z\d-]*)\/(i-[\da-f]+)$/.exec(providerID) ?? [];
  if (instanceId === undefined) return undefined;
  const pool = labels['eks.amazonaws.com/nodegroup'] ?? labels['alpha.eksctl.io/nodegroup-name'];
  const region = labels['topology.kubernetes.io/region'] ?? /^[a-z]+(?:-[a-z]+)+-\d+/.exec(zone)?.[0];
  const where = region === undefined ? '' : ` --region ${region}`;
  if (pool === undefined) {
    const command = `aws ec2 terminate-instances --instance-ids ${instanceId}${where}`;
    return { provider: 'Amazon EC2', instanceId, command };
  }
  const command = `aws autoscaling terminate-instance-in-auto-scaling-group --instance-id ${instanceId} --should-decrement-desired-capacity${where}`;
  return { provider: 'Amazon EKS', pool, instanceId, command };
};

/** `gce://<project>/<zone>/<instance>`. Of a GKE node `gke-<cluster>-<pool>-<hash>-<suffix>`, the group is `gke-<cluster>-<pool>-<hash>-grp`. */
const google: Provider = ({ providerID, labels }) => {
  const [, project, zone, instanceId] = /^gce:\/\/([a-z\d.:-]+)\/([a-z\d-]+)\/([a-z\d-]+)$/.exec(providerID) ?? [];
  if (project === undefined || zone === undefined || instanceId === undefined) return undefined;
  const pool = labels['cloud.google.com/gke-nodepool'];
  const where = `--zone ${zone} --project ${project}`;
  if (pool === undefined) {
    const command = `gcloud compute instances delete ${instanceId} ${where}`;
    return { provider: 'Google Compute Engine', instanceId, command };
  }
  const prefix = /^(gke-.+-[\da-f]{8})-[a-z\d]{4}$/.exec(instanceId)?.[1];
  const group = prefix === undefined ? 'INSTANCE_GROUP' : `${prefix}-grp`;
  const command = `gcloud compute instance-groups managed delete-instances ${group} --instances ${instanceId} ${where}`;
  return { provider: 'Google GKE', pool, instanceId, command };
};

/** `azure://<resource id>`, of a machine of a scale set or of a single one. Azure writes resource groups in any case. */
const azure: Provider = ({ providerID, labels }) => {
  const [, instanceId, subscription = '', group = '', path = ''] = AZURE.exec(providerID) ?? [];
  const command = instanceId === undefined ? undefined : toAzureCommand(instanceId, subscription, group, path);
  if (instanceId === undefined || command === undefined) return undefined;
  const pool = labels['kubernetes.azure.com/agentpool'] ?? labels['agentpool'];
  return { provider: pool === undefined ? 'Azure' : 'Azure AKS', ...toPool(pool), instanceId, command };
};

const AZURE =
  /^azure:\/\/(\/subscriptions\/([\w-]+)\/resourceGroups\/([\w.-]+)\/providers\/Microsoft\.Compute\/([\w./-]+))$/i;

/** `path`: of the resource, below its provider. Undefined: it is no machine. */
const toAzureCommand = (id: string, subscription: string, group: string, path: string): string | undefined => {
  if (/^virtualMachines\/[^/]+$/i.test(path)) return `az vm delete --yes --ids ${id}`;
  const [, name, index] = /^virtualMachineScaleSets\/([^/]+)\/virtualMachines\/([^/]+)$/i.exec(path) ?? [];
  if (name === undefined || index === undefined) return undefined;
  const where = `--subscription ${subscription} --resource-group ${group} --name ${name}`;
  return `az vmss delete-instances ${where} --instance-ids ${index}`;
};

/** `digitalocean://<droplet>`. A droplet of a pool is replaced, unless its node is deleted from the pool. */
const digitalOcean: Provider = ({ providerID, labels }) => {
  const [, instanceId] = /^digitalocean:\/\/(\d+)$/.exec(providerID) ?? [];
  if (instanceId === undefined) return undefined;
  const poolId = labels['doks.digitalocean.com/node-pool-id'];
  const nodeId = labels['doks.digitalocean.com/node-id'];
  if (poolId === undefined || nodeId === undefined) {
    return { provider: 'DigitalOcean', instanceId, command: `doctl compute droplet delete ${instanceId}` };
  }
  const pool = labels['doks.digitalocean.com/node-pool'] ?? poolId;
  const command = `doctl kubernetes cluster node-pool delete-node ${UNKNOWN_CLUSTER} ${poolId} ${nodeId}`;
  return { provider: 'DigitalOcean Kubernetes', pool, instanceId, command };
};

/** `linode://<linode>`. Nodes of LKE are named `lke<cluster>-<pool>-<suffix>`; the last two parts are the id of the node in its pool. */
const linode: Provider = ({ providerID, labels, name }) => {
  const [, instanceId] = /^linode:\/\/(\d+)$/.exec(providerID) ?? [];
  if (instanceId === undefined) return undefined;
  const pool = labels['lke.linode.com/pool-id'];
  if (pool === undefined) {
    return { provider: 'Linode', instanceId, command: `linode-cli linodes delete ${instanceId}` };
  }
  const [, cluster = UNKNOWN_CLUSTER, nodeId = 'NODE_ID'] = /^lke(\d+)-(\d+-[\da-z]+)$/.exec(name) ?? [];
  return { provider: 'Linode LKE', pool, instanceId, command: `linode-cli lke node-delete ${cluster} ${nodeId}` };
};

/** The OCID of the instance, with or without `oci://`. The pool is an annotation. */
const oracle: Provider = ({ providerID, annotations }) => {
  const [, instanceId] = /^(?:oci:\/\/)?(ocid1\.instance\.[\w.-]+)$/.exec(providerID) ?? [];
  if (instanceId === undefined) return undefined;
  const pool = /^ocid1\.nodepool\.[\w.-]+$/.exec(annotations['oci.oraclecloud.com/node-pool-id'] ?? '')?.[0];
  if (pool === undefined) {
    return {
      provider: 'Oracle Cloud',
      instanceId,
      command: `oci compute instance terminate --instance-id ${instanceId}`,
    };
  }
  const command = `oci ce node-pool delete-node --node-pool-id ${pool} --node-id ${instanceId} --is-decrement-size true`;
  return { provider: 'Oracle OKE', pool, instanceId, command };
};

/** `ibm://<account>///<cluster>/<worker>` */
const ibm: Provider = ({ providerID, labels }) => {
  const [, cluster, instanceId] = /^ibm:\/\/[\w-]*\/[\w-]*\/[\w-]*\/([\w-]+)\/([\w.-]+)$/.exec(providerID) ?? [];
  if (cluster === undefined || instanceId === undefined) return undefined;
  const pool = labels['ibm-cloud.kubernetes.io/worker-pool-name'];
  const command = `ibmcloud ks worker rm --cluster ${cluster} --worker ${instanceId}`;
  return { provider: 'IBM Cloud Kubernetes Service', ...toPool(pool), instanceId, command };
};

const UUID = String.raw`[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}`;

/** The first that recognises a node is used. The forms of `providerID` are those of the providers' cloud controller managers. */
export const PROVIDERS: readonly Provider[] = [
  amazon,
  google,
  azure,
  digitalOcean,
  linode,
  oracle,
  ibm,
  simple('Hetzner Cloud', /^hcloud:\/\/(\d+)$/, (id) => `hcloud server delete ${id}`),
  simple('OpenStack', new RegExp(`^openstack://[\\w-]*/(${UUID})$`), (id) => `openstack server delete ${id}`),
  simple('vSphere', new RegExp(`^vsphere://(${UUID})$`), (id) => `govc vm.destroy -vm.uuid ${id}`),
];

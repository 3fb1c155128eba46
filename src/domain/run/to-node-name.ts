/** The node of the workflow id `decommission/<cluster>/node/<nodeName>`; undefined for any other id. Pure. */
export const toNodeName = (workflowId: string): string | undefined =>
  /^decommission\/[^/]+\/node\/([^/]+)$/.exec(workflowId)?.[1];

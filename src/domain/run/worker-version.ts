/** The version of workers in a Worker Deployment of Temporal. */
export interface WorkerVersion {
  /** Of the Worker Deployment; the same for all workers of a Temporal namespace. */
  readonly deploymentName: string;
  /** Of the build that the workers run; another one for each release. */
  readonly buildId: string;
}

/** As Temporal writes it: `shop:1.2.0`. Pure. */
export const toVersionText = ({ deploymentName, buildId }: WorkerVersion): string => `${deploymentName}:${buildId}`;

export const isSameVersion = (one: WorkerVersion, other: WorkerVersion): boolean =>
  one.deploymentName === other.deploymentName && one.buildId === other.buildId;

/** The command after which new workflows run on this version. Pure. */
export const toSetCurrentCommand = ({ deploymentName, buildId }: WorkerVersion, namespace: string): string =>
  `temporal worker deployment set-current-version --namespace ${namespace} --deployment-name ${deploymentName} --build-id ${buildId}`;

/** The command that moves a workflow from the version to which it is pinned to the current one. Pure. */
export const toMoveCommand = (workflowId: string, namespace: string): string =>
  `temporal workflow update-options --namespace ${namespace} --workflow-id ${workflowId} --versioning-override-behavior auto_upgrade`;

/** The command that lists the open workflows of this version. Pure. */
export const toListCommand = (version: WorkerVersion, namespace: string): string =>
  `temporal workflow list --namespace ${namespace} --query "TemporalWorkerDeploymentVersion = '${toVersionText(version)}' AND ExecutionStatus = 'Running'"`;

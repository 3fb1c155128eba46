import { findUnusedAttachments, toAttachmentsText } from '../volumes/attached-volumes.ts';
import type { AssessedNode, Assessment } from './assessment.ts';
import type { Observation } from './findings.ts';
import type { PreflightFacts } from './facts.ts';

/** Volumes that are attached to a node although none of its pods uses them: an earlier drain, or a driver that does not detach. */
export const checkVolumes = (facts: PreflightFacts, { nodes }: Assessment): readonly Observation[] =>
  nodes.flatMap((assessed) => checkNode(assessed, facts));

const checkNode = ({ node, pods }: AssessedNode, facts: PreflightFacts): readonly Observation[] => {
  const left = findUnusedAttachments(facts.attachments, node.name, {
    volumeNames: pods.flatMap(({ pod }) =>
      facts.claims
        .filter(({ namespace, name }) => namespace === pod.namespace && pod.persistentVolumeClaims.includes(name))
        .map(({ volumeName }) => volumeName),
    ),
    inlineDisks: pods.flatMap(({ pod }) => pod.inlineDisks),
  });
  if (left.length === 0) return [];
  const message = `node ${node.name} has volumes attached that none of its pods uses, e.g. left by an earlier drain: ${toAttachmentsText(left)}. The run waits until they are detached, and is undone if they stay attached: check their CSI driver`;
  return [{ code: 'VolumeLeftAttached', subject: node.name, nodeName: node.name, message }];
};

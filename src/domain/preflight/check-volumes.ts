import { findUnusedAttachments, toAttachmentsText, toVolumeNames } from '../volumes/attached-volumes.ts';
import type { AssessedNode } from './assess-nodes.ts';
import type { Assessment } from './assessment.ts';
import type { Observation } from './findings.ts';
import type { PreflightFacts } from './facts.ts';

/** Volumes that are attached to a node although none of its pods uses them: an earlier drain, or a driver that does not detach. */
export const checkVolumes = (facts: PreflightFacts, { nodes }: Assessment): readonly Observation[] =>
  nodes.flatMap((assessed) => checkNode(assessed, facts));

const checkNode = ({ node, pods }: AssessedNode, facts: PreflightFacts): readonly Observation[] => {
  const podFacts = pods.map(({ pod }) => pod);
  const left = findUnusedAttachments(facts.attachments, node.name, {
    volumeNames: toVolumeNames(podFacts, facts.claims),
    inlineDisks: podFacts.flatMap(({ inlineDisks }) => inlineDisks),
  });
  if (left.length === 0) return [];
  const message = `node ${node.name} has volumes attached that none of its pods uses, e.g. left by an earlier drain: ${toAttachmentsText(left)}. The run waits until they are detached, and is undone if they stay attached: check their CSI driver`;
  return [{ code: 'VolumeLeftAttached', subject: node.name, nodeName: node.name, message }];
};

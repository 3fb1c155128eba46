import type { RealNodeFixture } from '../../../stack/hosts/real-node-fixture.ts';
import type { HostCase } from '../../../stack/tests/case-table.ts';

/** One host, what is on it, and what its decommission must do. Its parts share the run; each is a test and a row of docs/host-cleanup.md. */
export interface LayoutHost {
  /** Name of its Node. */
  readonly node: string;
  readonly fixture?: Omit<RealNodeFixture, 'name'>;
  /** In the configuration: connection settings of this node. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly outcome: HostCase['outcome'];
  /** Part of the finding's message for `refused`, of the status for `parked`. */
  readonly expectedText?: RegExp;
  /** For `parked`: a shell command after which `resume` completes. */
  readonly fix?: string;
  readonly parts: readonly LayoutPart[];
}

/** All commands run as root on the host. */
export interface LayoutPart {
  readonly layout: string;
  /** Creates what belongs to others, once the Node is Ready. */
  readonly plant?: string;
  /** Prints what belongs to others: the same before and after. */
  readonly others?: string;
  /** Prints what is left of the cluster: nothing once the host is cleaned. */
  readonly left?: string;
  /** Texts of the plan or the report: what stays is listed. */
  readonly listed?: readonly string[];
  /** For the table: what `others` compares. */
  readonly stays: string;
}

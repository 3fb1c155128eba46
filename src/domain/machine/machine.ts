/** The machine of a node, as its Node names it; what is recognised of it depends on the provider. */
export interface Machine {
  /** `spec.providerID` of the Node. */
  readonly providerID: string;
  /** E.g. `Amazon EKS`; absent: not recognised, and so are the fields below. */
  readonly provider?: string;
  /** The pool that the machine belongs to; absent: none is known. */
  readonly pool?: string;
  /** How the provider names the machine. */
  readonly instanceId?: string;
  /** The provider's own command that ends the machine. Words in capitals are not known here, e.g. `CLUSTER`. */
  readonly command?: string;
}

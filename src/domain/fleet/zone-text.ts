/** A zone as sentences name it; empty: all nodes without a zone label. Pure. */
export const toZoneText = (zone: string): string =>
  zone === '' ? 'the zone of nodes without a zone label' : `zone ${zone}`;

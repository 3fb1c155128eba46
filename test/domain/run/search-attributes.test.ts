import { describe, expect, it } from '@jest/globals';
import {
  findRegistered,
  SEARCH_ATTRIBUTES,
  toRegistrationCommand,
  toSearchAttributeValues,
} from '../../../src/domain/run/search-attributes.ts';
import { nodeStatus, runStatus } from '../../builders/run-status.ts';

const KEYWORD = 2;

describe('findRegistered', () => {
  it.each<readonly [string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['none', {}, []],
    ['all', Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, KEYWORD])), SEARCH_ATTRIBUTES],
    ['only ours', { DecommissionNode: KEYWORD, Team: KEYWORD }, ['DecommissionNode']],
    ['none of another type: a value of ours would not fit', { DecommissionPhase: 1 }, []],
  ])('finds %s', (_name, types, expected) => {
    expect(findRegistered(types, KEYWORD)).toEqual(expected);
  });
});

describe('toSearchAttributeValues', () => {
  it('has the outcome only once there is one', () => {
    const status = runStatus({ cluster: 'east', taskId: 't', nodes: [nodeStatus()], phase: 'Draining' });
    expect(toSearchAttributeValues(status)).toEqual({
      DecommissionCluster: 'east',
      DecommissionNode: 'node-1',
      DecommissionTask: 't',
      DecommissionPhase: 'Draining',
      DecommissionOutcome: undefined,
    });
    const closed = runStatus({ phase: 'Closed', outcome: 'RolledBack' });
    expect(toSearchAttributeValues(closed)).toMatchObject({ DecommissionOutcome: 'RolledBack' });
  });

  it('names no node for several', () => {
    const nodes = [nodeStatus(), nodeStatus({ nodeName: 'node-2' })];
    expect(toSearchAttributeValues(runStatus({ nodes })).DecommissionNode).toBeUndefined();
  });
});

describe('toRegistrationCommand', () => {
  it('registers all of them at once', () => {
    expect(toRegistrationCommand(['DecommissionNode', 'DecommissionTask'], 'ops')).toBe(
      'temporal operator search-attribute create --namespace ops --name DecommissionNode --type Keyword --name DecommissionTask --type Keyword',
    );
  });
});

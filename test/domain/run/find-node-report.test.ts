import { describe, expect, it } from '@jest/globals';
import { findNodeReport } from '../../../src/domain/run/find-node-report.ts';
import { decommissionReport, nodeReport } from '../../builders/decommission-report.ts';

describe('findNodeReport', () => {
  it.each([
    { name: 'the report of the node itself', result: nodeReport(), expected: nodeReport() },
    {
      name: 'a report of a task with that node',
      result: decommissionReport({ nodes: [nodeReport()] }),
      expected: nodeReport(),
    },
    { name: 'a report of another node', result: nodeReport({ nodeName: 'node-2' }), expected: undefined },
    { name: 'nothing', result: undefined, expected: undefined },
    { name: 'something else', result: 'done', expected: undefined },
  ])('reads $name', ({ result, expected }) => {
    expect(findNodeReport('node-1', result)).toEqual(expected);
  });
});

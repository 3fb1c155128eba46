import { describe, expect, it } from '@jest/globals';
import { readSelected } from '../../../src/cli/request/select-nodes.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { node } from '../../builders/node.ts';

const clusterWith = (answer: readonly string[] | Error) => {
  const asked: unknown[] = [];
  const readNodes = (scope?: unknown) => {
    asked.push(scope);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer.map((name) => node({ name })));
  };
  return { asked, cluster: { name: 'prod', readNodes } };
};

describe('readSelected', () => {
  it('sorts the names of the nodes that the API server selects', async () => {
    const { cluster, asked } = clusterWith(['b', 'a']);
    expect(await readSelected(cluster, 'pool in (old),!spot')).toEqual(['a', 'b']);
    expect(asked).toEqual([{ selector: 'pool in (old),!spot' }]);
  });

  it.each([
    {
      name: 'no node matches',
      selector: 'pool=x',
      answer: [],
      message: 'no node of cluster prod has the labels pool=x',
    },
    { name: 'it is empty', selector: ' ', answer: ['a'], message: '--selector must not be empty' },
    {
      name: 'it cannot be parsed',
      selector: 'a=b=c',
      answer: new ClusterFailure('Invalid', 'unable to parse requirement', 400),
      message: '--selector "a=b=c" is not a label selector: unable to parse requirement',
    },
    {
      name: 'the cluster cannot be read',
      selector: 'a=b',
      answer: new ClusterFailure('Forbidden', 'may not list nodes', 403),
      message: 'may not list nodes',
    },
  ])('M7: fails when $name', async ({ selector, answer, message }) => {
    await expect(readSelected(clusterWith(answer).cluster, selector)).rejects.toThrow(message);
  });
});

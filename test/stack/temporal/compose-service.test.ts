import { describe, expect, it } from '@jest/globals';

import { readComposeService } from '../../../stack/temporal/compose-service.ts';

describe('readComposeService', () => {
  it('reads environment and command', () => {
    expect(readComposeService('temporal').environment).toMatchObject({ DB: 'postgres12', NUM_HISTORY_SHARDS: '64' });
    expect(readComposeService('postgresql').command).toEqual(['postgres', '-c', 'max_connections=200']);
  });

  it('has no command when the one of the image is used', () => {
    expect(readComposeService('ui').command).toEqual([]);
  });

  it('throws for a service that does not exist', () => {
    expect(() => readComposeService('nothing')).toThrow('docker-compose.yml has no service "nothing".');
  });
});

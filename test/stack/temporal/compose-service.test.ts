import { describe, expect, it } from '@jest/globals';

import { readComposeService } from '../../../stack/temporal/compose-service.ts';

describe('readComposeService', () => {
  it('reads what the server natively takes over', () => {
    expect(readComposeService('temporal').environment).toMatchObject({ DB: 'postgres12', NUM_HISTORY_SHARDS: '64' });
    expect(readComposeService('postgresql').command).toEqual(['postgres', '-c', 'max_connections=200']);
  });

  it('has no command where the image’s own is used', () => {
    expect(readComposeService('ui').command).toEqual([]);
  });

  it('names the service that is not there', () => {
    expect(() => readComposeService('nothing')).toThrow('docker-compose.yml has no service "nothing".');
  });
});

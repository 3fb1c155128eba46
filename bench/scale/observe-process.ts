import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/*
 * Loaded into a process with `node --import`: writes its resident memory and the longest block of its event loop to the file OBSERVED_FILE,
 * a JSON line ten times a second.
 */

const INTERVAL_MILLISECONDS = 100;
const RESOLUTION_MILLISECONDS = 5;

const path = process.env['OBSERVED_FILE'];
if (path !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MILLISECONDS });
  delay.enable();
  const write = (): void => {
    const { user, system } = process.cpuUsage();
    const line = {
      at: Date.now(),
      megabytes: Math.round(process.memoryUsage().rss / 1e6),
      blockedMilliseconds: Math.max(0, Math.round(delay.max / 1e6) - RESOLUTION_MILLISECONDS),
      cpuSeconds: (user + system) / 1e6,
    };
    delay.reset();
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  };
  setInterval(write, INTERVAL_MILLISECONDS).unref();
  process.on('exit', write);
}

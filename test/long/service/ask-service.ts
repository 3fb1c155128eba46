import { get } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/*
 * `node ask-service.ts <URL>`: asks ten times a second, each time over a new connection, and prints a `ServiceRequest` as a JSON line. It runs
 * in the network of a node, until it is stopped.
 */

const TEN_TIMES_A_SECOND = 100;
const REQUEST_MILLISECONDS = 1_000;

const ask = (url: string): void => {
  const at = new Date().toISOString();
  const print = (result: object): void => {
    process.stdout.write(`${JSON.stringify({ at, ...result })}\n`);
  };
  const request = get(url, { agent: false, timeout: REQUEST_MILLISECONDS }, (response) => {
    let answer = '';
    response.setEncoding('utf8').on('data', (text: string) => (answer += text));
    response.on('end', () => {
      print(response.statusCode === 200 ? { answer: answer.trim() } : { failure: `status ${response.statusCode}` });
    });
  });
  request.on('timeout', () => request.destroy(new Error(`no response in ${REQUEST_MILLISECONDS} ms`)));
  request.on('error', (error) => {
    print({ failure: error.message });
  });
};

for (;;) {
  ask(process.argv[2] ?? '');
  await setTimeout(TEN_TIMES_A_SECOND);
}

import { BUSYBOX_IMAGE } from '../hosts/container-images.ts';

export const WEB_PORT = 8080;

/**
 * A container for real nodes that answers HTTP requests with the name of its host, and is Ready when it does. It still answers for three
 * seconds while it terminates, until every client has learnt that it leaves.
 */
export const WEB_CONTAINER = {
  image: BUSYBOX_IMAGE,
  imagePullPolicy: 'Never',
  command: [
    'sh',
    '-c',
    `mkdir -p /tmp/web && hostname > /tmp/web/index.html && exec busybox httpd -f -p ${WEB_PORT} -h /tmp/web`,
  ],
  readinessProbe: { httpGet: { path: '/', port: WEB_PORT }, periodSeconds: 1 },
  lifecycle: { preStop: { sleep: { seconds: 3 } } },
} as const;

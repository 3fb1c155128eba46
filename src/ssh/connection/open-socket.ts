import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { toFailure } from './destination.ts';
import type { Destination } from './destination.ts';
import { toErrorCodeText } from '../../domain/text/error-code.ts';

/** @throws HostFailure `Unreachable` */
export const openSocket = (destination: Destination, timeoutSeconds: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: destination.host, port: destination.port, noDelay: true });
    const fail = (problem: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(toFailure('Unreachable', destination, problem));
    };
    const timer = setTimeout(() => {
      fail(
        `it took no connection within ${timeoutSeconds} s; check that it is up, its address, its port and the firewalls`,
      );
    }, timeoutSeconds * 1000);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    // Stays: an error without a listener would end the process.
    socket.on('error', (error) => {
      fail(
        `there is no connection (${toErrorCodeText(error)}); check that it is up, its address, its port and that sshd runs`,
      );
    });
  });

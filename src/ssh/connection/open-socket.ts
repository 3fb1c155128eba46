import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { toFailure } from './destination.ts';
import type { Destination } from './destination.ts';
import { toErrorCodeText } from '../../domain/text/error-code.ts';

/** @throws HostFailure `Unreachable`, retryable: there is no TCP connection within the time-out. */
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
        `it did not accept a connection within ${timeoutSeconds} s; check that it is running, its address, its port and the firewalls`,
      );
    }, timeoutSeconds * 1000);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    // Stays registered: an error without a listener ends the process.
    socket.on('error', (error) => {
      fail(
        `the connection failed (${toErrorCodeText(error)}); check that it is running, its address, its port and its sshd`,
      );
    });
  });

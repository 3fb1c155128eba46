/** Chromium's DevTools protocol over a WebSocket. */
export interface DevTools {
  /** @throws Error when the browser reports one, or the connection is closed. */
  send<Result>(method: string, parameters?: object): Promise<Result>;
  close(): void;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export const openDevTools = async (url: string): Promise<DevTools> => {
  const socket = new WebSocket(url);
  const waiting = new Map<number, Waiting>();
  socket.addEventListener('message', ({ data }) => {
    const { id = 0, result, error } = JSON.parse(String(data)) as Answer;
    const call = waiting.get(id);
    waiting.delete(id);
    if (error) call?.reject(new Error(error.message));
    else call?.resolve(result);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser has closed the connection'));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => {
      resolve();
    });
    socket.addEventListener('error', () => {
      reject(new Error(`cannot connect to ${url}`));
    });
  });
  let lastId = 0;
  return {
    send: async <Result>(method: string, parameters: object = {}) => {
      const id = (lastId += 1);
      return (await new Promise<unknown>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params: parameters }));
      })) as Result;
    },
    close: () => {
      socket.close();
    },
  };
};

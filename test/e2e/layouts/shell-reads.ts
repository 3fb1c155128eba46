/** Commands that print the state of a host; all of them succeed. */

/** Type, mode, owner and target of everything below the paths, and the checksum of each file. */
export const readTrees = (...paths: readonly string[]): string => {
  const list = paths.map(quote).join(' ');
  return `find ${list} -printf '%y %m %u %p %l\\n' | sort; find ${list} -type f -exec sha256sum {} + | sort`;
};

/** Tasks of a containerd namespace with the PID and start time of each; `ctr` lists them in any order. */
export const readTasks = (socket: string, namespace: string): string => {
  const ctr = `ctr --address ${socket} --namespace ${namespace}`;
  return `${ctr} tasks ls | sort; for pid in $(${ctr} tasks ls | awk '$2 ~ /^[0-9]+$/ { print $2 }'); do cut -d ' ' -f 1,22 "/proc/$pid/stat"; done | sort`;
};

/** State and main process of units. */
export const readUnits = (...units: readonly string[]): string =>
  `systemctl show --property=Id,LoadState,ActiveState,UnitFileState,MainPID ${units.join(' ')}`;

/** Files below the paths, and mounts below them. */
export const listFilesBelow = (...paths: readonly string[]): string => {
  const list = paths.map(quote).join(' ');
  const mounts = paths.map((path) => `index($5, "${path}/") == 1`).join(' || ');
  return `find ${list} -type f 2>/dev/null || true; awk '${mounts} { print $5 }' /proc/self/mountinfo`;
};

/** Paths that exist. */
export const listExisting = (...paths: readonly string[]): string =>
  `ls -d ${paths.map(quote).join(' ')} 2>/dev/null || true`;

/** Units that run or would start. */
export const listStartable = (...units: readonly string[]): string =>
  `for unit in ${units.join(' ')}; do systemctl is-active "$unit" | sed -n "/^active/s/^/$unit /p"; systemctl is-enabled "$unit" 2>/dev/null | sed -n "/^enabled/s/^/$unit /p"; done`;

/** A command that writes files with a text of their own, their folders included. */
export const plantFiles = (...paths: readonly string[]): string =>
  paths
    .map(
      (path) =>
        `mkdir -p ${quote(path.slice(0, path.lastIndexOf('/')))} && echo ${quote(`content of ${path}`)} >${quote(path)}`,
    )
    .join(' && ');

/** A command that writes the kubeconfig of another cluster. */
export const plantKubeconfig = (path: string): string => {
  const text = [
    'apiVersion: v1',
    'kind: Config',
    'current-context: theirs',
    'clusters: [{ name: theirs, cluster: { server: "https://192.0.2.1:6443" } }]',
    'users: [{ name: them, user: { token: theirs } }]',
    'contexts: [{ name: theirs, context: { cluster: theirs, user: them } }]',
  ].join('\n');
  return `mkdir -p ${quote(path.slice(0, path.lastIndexOf('/')))} && echo ${quote(text)} >${quote(path)}`;
};

/** One command after the other; any exit code of the earlier ones is ignored. */
export const inOrder = (...commands: readonly string[]): string => commands.join('\n');

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Imports point one way; each comment names the place where the offending import belongs. */
module.exports = {
  forbidden: [
    rule(
      'no-circular',
      'Two files that need each other are one subject, or miss a third that both may use.',
      {},
      { circular: true },
    ),
    rule(
      'domain-is-pure',
      'Decisions are functions of facts and time: pass in what you wanted to import.',
      { path: '^src/domain' },
      { pathNot: '^src/domain|node_modules/croner' },
    ),
    rule(
      'ports-speak-domain',
      'A port is an interface in domain terms; the library type belongs in the adapter.',
      { path: '^src/ports' },
      { pathNot: '^src/(ports|domain)' },
    ),
    rule(
      'workflows-stay-in-the-sandbox',
      'Workflow code may use values only from the domain and @temporalio/workflow or /common; do the rest in an activity.',
      { path: '^src/workflows' },
      {
        pathNot: '^src/(workflows|domain)|node_modules/@temporalio/(workflow|common)',
        dependencyTypesNot: ['type-only'],
      },
    ),
    rule(
      'workflows-know-activities-by-type-only',
      'A value import would bundle the activity into the sandbox: use `import type` and proxyActivities.',
      { path: '^src/workflows' },
      { path: '^src/(kube|ssh|scheduler|cli|config|worker|client|ports)' },
    ),
    rule(
      'only-messages-leave-workflows',
      'Names and messages belong in workflows/messages.ts. The worker names workflows by path.',
      { path: '^src', pathNot: '^src/workflows' },
      { path: '^src/workflows', pathNot: '^src/workflows/messages' },
    ),
    rule(
      'activities-see-ports-not-adapters',
      'Ask for a port in createActivities(deps); worker.ts supplies the adapter.',
      { path: '^src/activities' },
      { path: '^src/(kube|ssh|scheduler|cli|client|worker|inspect)' },
    ),
    rule(
      'only-the-worker-joins-adapters',
      'Take the port as an argument; src/worker creates the adapter.',
      { path: '^src', pathNot: '^src/(kube|ssh|scheduler|worker)' },
      { path: '^src/(kube|ssh|scheduler)/' },
    ),
    rule(
      'config-is-a-leaf',
      'The configuration is data: what uses it imports it, not the reverse.',
      { path: '^src/config' },
      { path: '^src/(?!config|domain)' },
    ),
    rule(
      'client-knows-messages-only',
      'The typed client talks to Temporal alone; what reads a cluster belongs in src/inspect.',
      { path: '^src/client' },
      { path: '^src/(?!client|domain|workflows/messages)' },
    ),
    rule(
      'inspect-needs-no-temporal',
      'src/inspect reads clusters and hosts without Temporal; what needs Temporal belongs in src/client.',
      { path: '^src/inspect' },
      { path: '^src/(client|cli|workflows)|node_modules/@temporalio' },
    ),
    rule(
      'cli-calls-the-client',
      'The CLI calls src/client, src/inspect and src/worker; decisions belong in the domain, effects in activities.',
      { path: '^src/cli' },
      { path: '^src/activities' },
    ),
    rule(
      'adapters-do-not-meet',
      'Adapters know ports and domain only; what joins them is composed in src/worker.',
      { path: '^src/(kube|ssh|scheduler)/' },
      { path: '^src/(?!ports|domain|kube|ssh|scheduler)' },
    ),
    rule('kube-and-ssh-are-strangers', 'Compose them in an activity.', { path: '^src/kube' }, { path: '^src/ssh' }),
    rule(
      'scheduler-is-alone',
      'It is given facts as an argument; what reads them belongs in src/kube, what asks it in an activity.',
      { path: '^src/scheduler/' },
      { path: '^src/(?!ports|domain|scheduler/)' },
    ),
    rule(
      'adapters-do-not-know-the-scheduler',
      'Return facts; an activity passes them to the Scheduler port.',
      { path: '^src/(kube|ssh)/' },
      { path: '^src/scheduler/' },
    ),
    rule(
      'client-node-only-in-kube',
      'Translate Kubernetes once, at the border: src/kube.',
      { path: '^src', pathNot: '^src/kube' },
      { path: 'node_modules/@kubernetes/client-node' },
    ),
    rule(
      'ssh2-only-in-ssh',
      'Talk to hosts through the Host port.',
      { path: '^src', pathNot: '^src/ssh' },
      { path: 'node_modules/ssh2' },
    ),
    rule(
      'no-production-to-test',
      'Production code cannot need a test or the local stack.',
      { path: '^src' },
      { path: '^(test|stack|bench)' },
    ),
    rule(
      'no-development-dependencies-in-src',
      'The installed package does not have it: move it to `dependencies` in package.json, or do without it.',
      { path: '^src' },
      { dependencyTypes: ['npm-dev'] },
    ),
    rule(
      'no-undeclared-dependencies-in-src',
      'It is there only because another package needs it: declare it in `dependencies` of package.json.',
      { path: '^src' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

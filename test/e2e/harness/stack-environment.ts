import { TestEnvironment } from 'jest-environment-node';
import { borrowStack as borrow } from './shared-stack.ts';

declare global {
  /** Belongs to the process that runs the suite, which outlives the suite. */
  var borrowStack: typeof borrow;
}

/** Passes the control plane of the process to the suites, whose own modules are reloaded for each suite. */
class StackEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global.borrowStack = borrow;
  }
}

// oxlint-disable-next-line import/no-default-export -- jest requires it
export { StackEnvironment as default };

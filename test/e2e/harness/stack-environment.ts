import { TestEnvironment } from 'jest-environment-node';
import { borrowStack as borrow } from './shared-stack.ts';

declare global {
  /** Of the process that runs the suite, which outlives it. */
  var borrowStack: typeof borrow;
}

/** Hands the process' control plane to the suites, whose own modules are loaded anew for each. */
class StackEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global.borrowStack = borrow;
  }
}

// As jest wants it.
export { StackEnvironment as default };

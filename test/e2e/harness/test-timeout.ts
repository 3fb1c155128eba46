import { jest } from '@jest/globals';

/*
 * For each test and hook of a suite. It ends only what hangs: these tests start control planes, hosts and dozens of processes, several suites
 * at a time, and slowness of a busy machine is not a defect. The first run also compiles the stack.
 */
jest.setTimeout(1_800_000);

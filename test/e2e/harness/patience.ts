import { jest } from '@jest/globals';

/*
 * For each test and hook of a suite. It ends what hangs and nothing else: these tests start control planes, hosts and dozens of
 * processes, several suites at a time, and a busy machine is no defect of what they look at. The first run compiles the stack besides.
 */
jest.setTimeout(1_800_000);

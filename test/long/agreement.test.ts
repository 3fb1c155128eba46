import { jest } from '@jest/globals';
import { describeAgreement } from '../e2e/agreement/describe-agreement.ts';

/** About twelve seconds per cluster. */
jest.setTimeout(2 * 3_600_000);

describeAgreement(300);

import { describeAgreement } from './agreement/describe-agreement.ts';

/** Three hundred are in test/long. */
describeAgreement(7);

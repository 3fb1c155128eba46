import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StepName } from '../../src/domain/report.ts';
import type { RunStatus } from '../../src/domain/status.ts';
import { awaitCondition } from '../../stack/await-condition.ts';
import type { ManagedProcess } from '../../stack/managed-process.ts';
import { holdRequests, nodeChange } from './harness/admission-hold.ts';
import { awaitClosing, type Closing } from './harness/closing.ts';
import { startHarness, type Harness, type Run } from './harness/harness.ts';
import { awaitPhase, readEvictions, readStepStatus } from './harness/progress.ts';
import { halfBlockedScene, setScenes, toSceneSnapshot, type Scene } from './harness/scene.ts';
import { readSnapshot, type Snapshot } from './harness/snapshot.ts';

const OUTAGE_MILLISECONDS = 60_000;

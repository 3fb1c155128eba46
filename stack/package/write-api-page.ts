import { writeFileSync } from 'node:fs';
import { API_PAGE_PATH, formatApiPage } from './format-api-page.ts';

/** `npm run docs:api`: writes docs/api.md. A test compares it. */
writeFileSync(API_PAGE_PATH, formatApiPage());

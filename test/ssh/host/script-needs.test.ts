import { describe, expect, it } from '@jest/globals';
import { findNeeds, readDeclaredNeeds, type ScriptNeeds } from './script-needs.ts';

const BASE = 'TAB=x\nemit() {\n  :\n}\nhave() {\n  :\n}\n';
const STAGE = 'OPERATION=$1\n';

describe('findNeeds', () => {
  it.each<[string, string, ScriptNeeds]>([
    ['a call', 'if have tr; then :; fi', { 'base.sh': ['have'] }],
    ['a variable', 'printf "$TAB"', { 'base.sh': ['TAB'] }],
    ['a call in a substitution in quotes', 'printf "%s" "a emit $(emit b) have"', { 'base.sh': ['emit'] }],
    ['a function that is given to another', 'each emit', { 'base.sh': ['emit'] }],
    ['what the last part sets', 'cat "${OPERATION}/order"', { 'its caller': ['OPERATION'] }],
    ['no comment', '# emit', {}],
    ['no text in quotes', 'note \'have it\' "emit so"', {}],
    ['no here-document', "cat <<'AWK'\nemit have\nAWK\n", {}],
    ['nothing that it defines itself', 'emit() {\n  :\n}\nemit', {}],
    ['no part of a path or of an option', 'ls /emit --have', {}],
  ])('finds %s', (_what, text, needs) => {
    expect(findNeeds('part.sh', { 'base.sh': BASE, 'stage.sh': STAGE, 'part.sh': text })).toEqual(needs);
  });
});

describe('readDeclaredNeeds', () => {
  it('joins the lines of one file', () => {
    const text =
      '# What it is for.\n# Needs of base.sh: emit\n# Needs of base.sh: TAB, have\n# Needs of its caller: OPERATION\n';
    expect(readDeclaredNeeds(text)).toEqual({ 'base.sh': ['TAB', 'emit', 'have'], 'its caller': ['OPERATION'] });
  });
});

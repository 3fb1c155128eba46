/** What one part of a script takes from the others: by their file, or `its caller`, the names of functions and variables, sorted. */
export type ScriptNeeds = Readonly<Record<string, readonly string[]>>;

/** Parts by their file below `scripts`. */
export type ScriptParts = Readonly<Record<string, string>>;

const CALLER = 'its caller';
/** Last parts of scripts: the variables that they set are arguments to the parts before them. */
const LAST_PARTS = /(^|\/)(probe|identify|read-stage|start-stage|stage|withdraw|clean-host)\.sh$/;

/** Reads the lines `# Needs of <file>: <name>, <name>`. */
export const readDeclaredNeeds = (text: string): ScriptNeeds =>
  toNeeds(
    [...text.matchAll(/^# Needs of ([^:]+): (.+)$/gm)].flatMap(([, owner = '', names = '']) =>
      names.split(', ').map((name) => [owner, name] as const),
    ),
  );

/** Finds what a part uses and does not define. */
export const findNeeds = (file: string, parts: ScriptParts): ScriptNeeds => {
  const own = toDefinitions(parts[file] ?? '');
  const { words, variables } = toUses(parts[file] ?? '');
  const others = Object.entries(parts).filter(([other]) => other !== file);
  const functions = others.flatMap(([other, text]) =>
    toDefinitions(text)
      .functions.filter((name) => words.has(name) && !own.functions.includes(name))
      .map((name) => [other, name] as const),
  );
  const settings = [...variables]
    .filter((name) => !own.variables.includes(name))
    .flatMap((name) => {
      const owners = others.filter(([, text]) => toDefinitions(text).variables.includes(name)).map(([other]) => other);
      if (owners.length === 0) return [];
      return [[owners.some((owner) => LAST_PARTS.test(owner)) ? CALLER : (owners[0] ?? ''), name] as const];
    });
  return toNeeds([...functions, ...settings]);
};

const toNeeds = (pairs: readonly (readonly [owner: string, name: string])[]): ScriptNeeds => {
  const owners = [...new Set(pairs.map(([owner]) => owner))].sort();
  return Object.fromEntries(
    owners.map((owner) => [
      owner,
      [...new Set(pairs.filter(([each]) => each === owner).map(([, name]) => name))].sort(),
    ]),
  );
};

const toDefinitions = (text: string): { readonly functions: string[]; readonly variables: string[] } => ({
  functions: [...text.matchAll(/^(\w+)\(\) ?\{/gm)].map(([, name = '']) => name),
  variables: [...text.matchAll(/(?:^|[;{]|\bdo|\bthen)\s*([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name),
});

const toUses = (text: string): { readonly words: ReadonlySet<string>; readonly variables: ReadonlySet<string> } => {
  const code = toCode(text);
  return {
    words: new Set([...code.matchAll(/(?<![\w$/.-])[a-z_]\w*(?![\w/.=-])/g)].map(([word]) => word)),
    variables: new Set([...code.matchAll(/\$([A-Z][A-Z_]+)/g)].map(([, name = '']) => name)),
  };
};

/** What a token of shell text is replaced by, and whether it begins or ends a double-quoted text or a substitution. */
const TOKENS: readonly (readonly [RegExp, (match: RegExpExecArray, nesting: string[]) => string])[] = [
  [/\\[^]/y, () => ' '],
  [/\$\(/y, (_match, nesting) => open(nesting, '(')],
  [/\$\{?(\w+)/y, ([, name = '']) => ` $${name}`],
  [/"/y, (_match, nesting) => (nesting.at(-1) === '"' ? close(nesting) : open(nesting, '"'))],
];
/** Outside of double quotes only. */
const BARE_TOKENS: typeof TOKENS = [
  [/'[^']*'/y, () => ' '],
  [/(?<=[\s;(])#.*/y, () => ' '],
  [/\(/y, (_match, nesting) => open(nesting, '(')],
  [/\)/y, (_match, nesting) => (nesting.at(-1) === '(' ? close(nesting) : ' ')],
  [/[^]/y, ([character]) => character],
];

const open = (nesting: string[], mark: string): string => {
  nesting.push(mark);
  return '\n';
};
const close = (nesting: string[]): string => {
  nesting.pop();
  return '\n';
};

/** The text without comments, here-documents and what is in quotes, but with the substitutions in double quotes. */
const toCode = (text: string): string => {
  const shell = `\n${text.replace(/<<'(\w+)'\n[^]*?\n\1\n/g, '\n')}`;
  const nesting: string[] = [];
  let code = '';
  for (let position = 0; position < shell.length;) {
    const tokens = nesting.at(-1) === '"' ? TOKENS : [...TOKENS, ...BARE_TOKENS];
    const found = findToken(tokens, shell, position);
    if (found === undefined) {
      position += 1;
      continue;
    }
    code += found.replace(found.match, nesting);
    position += found.match[0].length;
  }
  return code;
};

const findToken = (
  tokens: typeof TOKENS,
  shell: string,
  position: number,
): { match: RegExpExecArray; replace: (typeof TOKENS)[number][1] } | undefined => {
  for (const [pattern, replace] of tokens) {
    pattern.lastIndex = position;
    const match = pattern.exec(shell);
    if (match !== null) return { match, replace };
  }
  return undefined;
};

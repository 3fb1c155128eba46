import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** One thing that a public entry exports, as its source has it. */
export interface ApiItem {
  readonly name: string;
  /** Without the body of a function, and without the constructor of a class. */
  readonly declaration: string;
  /** Empty: none. */
  readonly description: string;
  /** One for each `@throws` tag. */
  readonly failures: readonly string[];
  /** Members without a docstring that take arguments or are numbers: these need a unit, a failure or an effect. */
  readonly undescribed: readonly string[];
  /** Names of the types in its declaration. */
  readonly mentions: readonly string[];
}

/**
 * What an entry such as `src/client.ts` exports, in the order of its source. Reads the sources only, so types are shown as they are written.
 * @throws Error when an export has no name, or its name is not in the file from which it is exported.
 */
export const readApi = (entryPath: string): readonly ApiItem[] => {
  const text = readFileSync(entryPath, 'utf8');
  const source = ts.createSourceFile(entryPath, text, ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return readExportsOfOthers(entryPath, statement);
    return isMarked(statement, ts.SyntaxKind.ExportKeyword) ? toItems(statement) : [];
  });
};

const isMarked = (node: ts.Node, modifier: ts.SyntaxKind): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === modifier);

const readExportsOfOthers = (
  path: string,
  { exportClause, moduleSpecifier }: ts.ExportDeclaration,
): readonly ApiItem[] => {
  if (exportClause === undefined || !ts.isNamedExports(exportClause) || moduleSpecifier === undefined) {
    throw new Error(`${path} has an export without names or without a file.`);
  }
  const file = join(dirname(path), (moduleSpecifier as ts.StringLiteral).text);
  const exported = readApi(file);
  return exportClause.elements.map(({ name }) => {
    const found = exported.find((item) => item.name === name.text);
    if (found === undefined) throw new Error(`${file} does not export ${name.text}.`);
    return found;
  });
};

const toItems = (statement: ts.Statement): readonly ApiItem[] => {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(toValue);
  if (ts.isInterfaceDeclaration(statement)) return [toDeclared(statement, statement.name.text, statement.members)];
  if (ts.isTypeAliasDeclaration(statement)) return [toDeclared(statement, statement.name.text, [])];
  return ts.isClassDeclaration(statement) ? [toClass(statement)] : [];
};

const toDeclared = (node: ts.Statement, name: string, members: readonly ts.TypeElement[]): ApiItem => ({
  name,
  declaration: withoutExport(node.getText()),
  ...readDocumentation(node),
  undescribed: listUndescribed(members),
  mentions: listMentions([node]),
});

const toClass = (node: ts.ClassDeclaration): ApiItem => {
  const shown = node.members.filter(
    (member) => ts.isPropertyDeclaration(member) && !isMarked(member, ts.SyntaxKind.OverrideKeyword),
  );
  const [head = ''] = withoutExport(node.getText()).split('{');
  const body = shown.map((member) => `  ${member.getFullText().trim()}\n`);
  return {
    name: node.name?.text ?? '',
    declaration: `${head}{${body.length > 0 ? '\n' : ''}${body.join('')}}`,
    ...readDocumentation(node),
    undescribed: listUndescribed(shown),
    mentions: listMentions([...shown, ...(node.heritageClauses ?? [])]),
  };
};

const toValue = (node: ts.VariableDeclaration): ApiItem => {
  const shared = { name: node.name.getText(), ...readDocumentation(node.parent.parent), undescribed: [] };
  const { initializer, type } = node;
  if (initializer === undefined || !ts.isArrowFunction(initializer)) {
    return { ...shared, declaration: `const ${node.getText()}`, mentions: listMentions([type]) };
  }
  const [head] = node
    .getSourceFile()
    .text.slice(node.getStart(), initializer.body.getStart())
    .split(/\s*=>\s*$/);
  const declaration = `function ${head?.replace(/ = (async )?/, '') ?? ''}`;
  return { ...shared, declaration, mentions: listMentions([...initializer.parameters, initializer.type]) };
};

const withoutExport = (text: string): string => text.replace(/^export /, '');

const readDocumentation = (node: ts.Node): Pick<ApiItem, 'description' | 'failures'> => {
  const documentation = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  const tags = documentation?.tags ?? [];
  const isFailure = ({ tagName }: ts.JSDocTag): boolean => tagName.text === 'throws';
  const paragraphs = [
    ts.getTextOfJSDocComment(documentation?.comment) ?? '',
    ...tags.filter((tag) => !isFailure(tag)).map(toTagText),
  ];
  return { description: paragraphs.filter(Boolean).join('\n\n'), failures: tags.filter(isFailure).map(toTagText) };
};

/** On one line; of `@throws` without the tag's name. */
const toTagText = (tag: ts.JSDocTag): string =>
  tag
    .getText()
    .replace(/^@throws\s+/, '')
    .replace(/\s*\n\s*\*?\s*/g, ' ')
    .trim();

const listUndescribed = (members: readonly (ts.TypeElement | ts.ClassElement)[]): readonly string[] =>
  members
    .filter((member) => ts.isMethodSignature(member) || isNumber(member))
    .filter((member) => readDocumentation(member).description === '')
    .map((member) => member.name?.getText() ?? '');

const isNumber = (member: ts.TypeElement | ts.ClassElement): boolean =>
  ts.isPropertySignature(member) && member.type?.kind === ts.SyntaxKind.NumberKeyword;

const listMentions = (nodes: readonly (ts.Node | undefined)[]): readonly string[] => {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) names.add(node.typeName.getText());
    if (ts.isExpressionWithTypeArguments(node)) names.add(node.expression.getText());
    ts.forEachChild(node, visit);
  };
  for (const node of nodes) if (node !== undefined) visit(node);
  return [...names];
};

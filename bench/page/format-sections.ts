import type { SectionRecord } from '../record/benchmark-record.ts';
import type { Section } from '../scale/sections.ts';
import { toNumber, toTable } from './markdown.ts';

/** The parts of the page beside the rows; one that was never measured has its command. Pure. */
export const formatSections = (sections: readonly Section[], records: readonly SectionRecord[]): string =>
  sections
    .map(({ name, title, explanation, command }) => {
      const record = records.find((each) => each.name === name);
      return [`### ${title}`, explanation, ...(record === undefined ? [toMissing(command)] : toFigures(record))].join(
        '\n\n',
      );
    })
    .join('\n\n');

const toMissing = (command: string): string => `Not measured yet: \`${command}\`.`;

const toFigures = ({ environment, figures, failure }: SectionRecord): readonly string[] => [
  `Measured ${environment.startedAt.slice(0, 16).replace('T', ' ')}, commit \`${environment.commit}\`.`,
  ...(failure === undefined ? [] : [`**Failed**: ${failure}`]),
  ...(figures.length === 0
    ? []
    : [
        toTable(
          ['', 'measured', 'goal', ''],
          figures.map(({ what, value, unit, atMost }) => [
            what,
            `${toNumber(value)} ${unit}`,
            atMost === undefined ? '–' : `≤ ${toNumber(atMost)} ${unit}`,
            atMost === undefined ? '–' : value <= atMost ? 'met' : '**not met**',
          ]),
        ),
      ]),
];

import type { SchedulerObject } from './scheduler-facts.ts';

/**
 * Added templates, each once. Two are the same when their JSON is: the API server writes the fields of a type in one order, and maps by key.
 */
export class TemplatePool {
  readonly templates: SchedulerObject[];
  readonly #indexes = new Map<string, number>();

  /** @param earlier Keep their indexes; they are not compared with those that are added. */
  constructor(earlier: readonly SchedulerObject[] = []) {
    this.templates = [...earlier];
  }

  /** @returns its index in `templates` */
  add(template: SchedulerObject): number {
    const text = JSON.stringify(template);
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.templates.push(template);
    this.#indexes.set(text, this.templates.length - 1);
    return this.templates.length - 1;
  }
}

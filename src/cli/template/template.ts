// A template that is ready to be written, once for each changeset.
import { QuicksilverError } from '../../base/errors.ts';
import { FILTERS } from './templateFilters.ts';
import { calculated, FUNCTIONS } from './templateFunctions.ts';
import { parseTemplate, type TemplateNode } from './templateParser.ts';
import { numberOf, textOf, type Scope, type TemplateContext, type TemplateValue } from './templateValues.ts';

export interface TemplateNames {
  /** Names that have a value of their own, in a changeset or in an item of a list. */
  readonly known: ReadonlySet<string>;
  /** Returns the template with a name of the configuration; undefined if there is none. Byte strings. */
  readonly named: (name: string) => string | undefined;
  /** True of names and functions that the configuration defines as others. */
  readonly isAlias: (name: string) => boolean;
}

/** Templates within templates. */
const MAX_NAMED = 50;

export class Template {
  readonly #root: TemplateNode;
  /** Templates of the configuration that this one uses. */
  readonly #named = new Map<string, TemplateNode>();

  /**
   * Throws a 'usage' error for a malformed template.
   *
   * @param source a byte string
   * @throws 'unsupported' for a name or a function that is not known here
   */
  constructor(source: string, names: TemplateNames) {
    this.#root = parseTemplate(source);
    this.#check(this.#root, names);
  }

  /** Returns the text for the names of one changeset, a byte string. */
  text(names: Scope, context: TemplateContext): string {
    return textOf(this.#value(this.#root, names, context, 0));
  }

  /** Finds everything unknown before the first byte is written. */
  #check(node: TemplateNode, names: TemplateNames): void {
    switch (node.kind) {
      case 'text':
      case 'number':
        return;
      case 'name':
        this.#checkName(node.name, names);
        return;
      case 'template':
        for (const part of node.parts) this.#check(part, names);
        return;
      case 'call': {
        const { name, args } = node;
        for (const arg of args) this.#check(arg, names);
        if (names.isAlias(name)) throw unsupported(`the alias '${name}' is not supported in templates`);
        const own = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
        if (own === undefined && !Object.hasOwn(FILTERS, name)) {
          throw unsupported(`the function '${name}' is not supported in templates`);
        }
        const { least, most } = own ?? { least: 1, most: 1 };
        if (args.length < least || args.length > most) {
          throw new QuicksilverError('usage', `template: '${name}' takes another number of arguments`);
        }
        return;
      }
      case 'map':
        this.#check(node.list, names);
        this.#check(node.body, names);
        return;
      case 'member':
        this.#check(node.of, names);
        if (!names.known.has(node.name)) throw unsupported(`the member '${node.name}' is not supported in templates`);
        return;
      case 'negation':
        this.#check(node.of, names);
        return;
      case 'operation':
        this.#check(node.left, names);
        this.#check(node.right, names);
    }
  }

  #checkName(name: string, names: TemplateNames): void {
    if (names.isAlias(name)) throw unsupported(`the alias '${name}' is not supported in templates`);
    if (names.known.has(name) || this.#named.has(name)) return;
    const source = names.named(name);
    if (source === undefined || this.#named.size >= MAX_NAMED) {
      throw unsupported(`the keyword '${name}' is not supported in templates`);
    }
    const node = parseTemplate(source);
    this.#named.set(name, node);
    this.#check(node, names);
  }

  #value(node: TemplateNode, names: Scope, context: TemplateContext, depth: number): TemplateValue {
    switch (node.kind) {
      case 'text':
        return node.text;
      case 'number':
        return node.value;
      case 'name':
        return this.#valueOfName(node.name, names, context, depth);
      case 'template':
        return node.parts.map(part => textOf(this.#value(part, names, context, depth))).join('');
      case 'call': {
        const args = node.args.map(arg => () => this.#value(arg, names, context, depth));
        const own = Object.hasOwn(FUNCTIONS, node.name) ? FUNCTIONS[node.name] : undefined;
        return own === undefined ? FILTERS[node.name]!(args[0]!(), context) : own.run(args, context);
      }
      case 'map':
        return this.#mapped(node, names, context, depth);
      case 'member': {
        const value = this.#value(node.of, names, context, depth);
        if (typeof value === 'object' && value.kind === 'item') return value.names(node.name);
        throw new QuicksilverError('usage', `template: nothing has a member '${node.name}' here`);
      }
      case 'negation':
        return -numberOf(this.#value(node.of, names, context, depth));
      case 'operation':
        return calculated(
          node.operator,
          numberOf(this.#value(node.left, names, context, depth)),
          numberOf(this.#value(node.right, names, context, depth)),
        );
    }
  }

  #valueOfName(name: string, names: Scope, context: TemplateContext, depth: number): TemplateValue {
    const node = this.#named.get(name);
    if (node === undefined) return names(name);
    if (depth > MAX_NAMED) throw new QuicksilverError('usage', `template: '${name}' contains itself`);
    return this.#value(node, names, context, depth + 1);
  }

  #mapped(
    { list, body }: Extract<TemplateNode, { kind: 'map' }>,
    names: Scope,
    context: TemplateContext,
    depth: number,
  ): string {
    const value = this.#value(list, names, context, depth);
    const items =
      typeof value !== 'object' || value.kind === 'date' ? undefined : value.kind === 'list' ? value.items : [value];
    if (items === undefined) throw new QuicksilverError('usage', 'template: only lists have items');
    const texts = items.map((item, index) => {
      const inner: Scope = name => (name === 'index' ? index : (item.names(name) ?? names(name)));
      return textOf(this.#value(body, inner, context, depth));
    });
    return texts.join('');
  }
}

function unsupported(message: string): QuicksilverError {
  return new QuicksilverError('unsupported', message);
}

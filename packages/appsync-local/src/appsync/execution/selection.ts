/** Walks over what a client selected. */
import {
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
} from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLOutputType,
  GraphQLSchema,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';

export interface SelectionScope {
  schema: GraphQLSchema;
  fragments: Record<string, FragmentDefinitionNode>;
  variables: Record<string, unknown>;
}

export const responseName = (field: FieldNode): string => field.alias?.value ?? field.name.value;

export function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  return Object.fromEntries(
    document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
  );
}

/** The fields selected below `fields` for a value of the named type, fragments expanded, in order. */
export function subfields(
  fields: readonly { selectionSet?: SelectionSetNode }[],
  typeName: string,
  scope: SelectionScope,
): FieldNode[] {
  const found: FieldNode[] = [];
  const visited = new Set<FragmentDefinitionNode>();
  const collect = (selections: readonly SelectionNode[]): void => {
    for (const selection of selections) {
      if (!isIncluded(selection, scope)) continue;
      if (selection.kind === Kind.FIELD) found.push(selection);
      else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : scope.fragments[selection.name.value];
        if (!fragment || !applies(fragment.typeCondition?.name.value, typeName, scope.schema)) continue;
        if (fragment.kind === Kind.FRAGMENT_DEFINITION) {
          if (visited.has(fragment)) continue;
          visited.add(fragment);
        }
        collect(fragment.selectionSet.selections);
      }
    }
  };
  for (const field of fields) collect(field.selectionSet?.selections ?? []);
  return found;
}

function isIncluded(selection: SelectionNode, { variables }: SelectionScope): boolean {
  if (!selection.directives?.length) return true;
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false
  );
}

function applies(condition: string | undefined, typeName: string, schema: GraphQLSchema): boolean {
  if (condition === undefined || condition === typeName) return true;
  const type = schema.getType(typeName);
  const wanted = schema.getType(condition);
  return isAbstractType(wanted) && isObjectType(type) && schema.isSubType(wanted, type);
}

/** Fragments can make a short document name very many paths. */
const maximumList = 10_000;

/** `ctx.info.selectionSetList`: `a`, `a/b`, … with names as the client wrote them. */
export function selectionSetList(
  fields: readonly FieldNode[],
  type: GraphQLOutputType,
  scope: SelectionScope,
): string[] {
  const found = new Set<string>();
  const list = (parents: readonly FieldNode[], parentType: GraphQLOutputType, prefix: string): void => {
    const named = getNamedType(parentType);
    if (!isCompositeType(named)) return;
    for (const field of subfields(parents, named.name, scope)) {
      if (found.size >= maximumList) return;
      const path = `${prefix}${responseName(field)}`;
      found.add(path);
      const definition = 'getFields' in named ? named.getFields()[field.name.value] : undefined;
      if (definition) list([field], definition.type, `${path}/`);
    }
  };
  list(fields, type, '');
  return [...found];
}

type Key = (field: FieldNode) => string;

/**
 * Cuts a value to a selection. `from` says under which key the value holds a field, `to` under which the result does.
 * What the value does not hold stays out.
 */
function cut(
  value: unknown,
  fields: readonly FieldNode[],
  type: GraphQLOutputType,
  scope: SelectionScope,
  from: Key,
  to: Key,
): unknown {
  const named = getNamedType(type);
  if (Array.isArray(value)) return value.map((item) => cut(item, fields, type, scope, from, to));
  if (typeof value !== 'object' || value === null || !isCompositeType(named)) return value;
  const source = value as Record<string, unknown>;
  const concrete = isObjectType(named) ? named : scope.schema.getType(String(source.__typename));
  if (!isObjectType(concrete)) return null;
  const result: Record<string, unknown> = {};
  for (const same of byResponseName(subfields(fields, concrete.name, scope))) {
    const [field] = same;
    if (!field || !Object.hasOwn(source, from(field))) continue;
    const definition = concrete.getFields()[field.name.value];
    result[to(field)] = definition
      ? cut(source[from(field)], same, definition.type, scope, from, to)
      : source[from(field)];
  }
  return result;
}

export function byResponseName(fields: FieldNode[]): FieldNode[][] {
  const groups = new Map<string, FieldNode[]>();
  for (const field of fields) groups.set(responseName(field), [...(groups.get(responseName(field)) ?? []), field]);
  return [...groups.values()];
}

const fieldName: Key = (field) => field.name.value;

/** A value keyed by field names, cut to the selection and keyed as the client asked. For `data` of an error. */
export function trimToSelection(
  value: unknown,
  fields: readonly FieldNode[],
  type: GraphQLOutputType,
  scope: SelectionScope,
): unknown {
  return cut(value, fields, type, scope, fieldName, responseName);
}

/** Clients' documents: parsed, validated, and remembered. */
import { GraphQLError, Kind, NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate } from 'graphql';
import type { ASTNode, DocumentNode, GraphQLSchema, OperationDefinitionNode, ValidationRule } from 'graphql';
import { argumentPlaces } from '../schema/argumentPlaces.ts';
import { introspectionDepth } from '../schema/depth.ts';
import { requestError } from '../execution/errors.ts';
import type { RequestError } from '../types.ts';

/** Of a query or mutation. */
const maximumTokens = 15_000;
const cachedDocuments = 500;
/** Longer documents are hardly sent twice. */
const cachedLength = 20_000;

export type CheckedDocument =
  | { kind: 'valid'; document: DocumentNode }
  /** Answered with HTTP status 400. */
  | { kind: 'unreadable'; message: string }
  /** Answered with HTTP status 200. */
  | { kind: 'invalid'; errors: RequestError[] };

/** The service's names for what graphql-js's rules find. */
const errorTypes: Record<string, string> = {
  FieldsOnCorrectTypeRule: 'FieldUndefined',
  KnownArgumentNamesRule: 'UnknownArgument',
  KnownDirectivesRule: 'UnknownDirective',
  KnownFragmentNamesRule: 'UndefinedFragment',
  KnownTypeNamesRule: 'UnknownType',
  NoFragmentCyclesRule: 'FragmentCycle',
  NoUndefinedVariablesRule: 'UndefinedVariable',
  NoUnusedFragmentsRule: 'UnusedFragment',
  NoUnusedVariablesRule: 'UnusedVariable',
  OverlappingFieldsCanBeMergedRule: 'FieldsConflict',
  ProvidedRequiredArgumentsRule: 'MissingFieldArgument',
  ValuesOfCorrectTypeRule: 'WrongType',
  VariablesAreInputTypesRule: 'NonInputTypeOnVariable',
  VariablesInAllowedPositionRule: 'VariableTypeMismatch',
};

/**
 * Creates the check for one schema.
 * @param depthLimit how deep documents may ask; 0 is no limit
 */
export function createDocumentCheck(
  schema: GraphQLSchema,
  introspection: boolean,
  depthLimit: number,
): (query: string) => CheckedDocument {
  const types = new WeakMap<GraphQLError, string>();
  const rules = [...specifiedRules, ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])].map((rule) =>
    naming(rule, types),
  );
  const cache = new Map<string, CheckedDocument>();

  function check(query: string): CheckedDocument {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: maximumTokens });
    } catch (error) {
      // A RangeError comes from nesting deeper than the parser's stack.
      const tooLong = error instanceof GraphQLError && error.message.includes(`more that ${maximumTokens} tokens`);
      return {
        kind: 'unreadable',
        message: tooLong ? `The document has more than ${maximumTokens} tokens.` : 'Unable to parse GraphQL query.',
      };
    }
    try {
      const errors = validate(schema, document, rules, { hideSuggestions: true });
      if (errors.length === 0)
        return depthLimit > 0 && introspectionDepth(document) > depthLimit
          ? tooDeep(depthLimit)
          : { kind: 'valid', document };
      const typed = errors.map((error) => ({ error, type: types.get(error) ?? 'ValidationAborted' }));
      return { kind: 'invalid', errors: inWords(typed, document) };
    } catch (error) {
      if (error instanceof RangeError) return { kind: 'unreadable', message: 'Unable to parse GraphQL query.' };
      throw error;
    }
  }

  return (query) => {
    const known = cache.get(query);
    if (known) return known;
    const checked = check(query);
    if (query.length <= cachedLength) {
      if (cache.size >= cachedDocuments) cache.delete(cache.keys().next().value ?? '');
      cache.set(query, checked);
    }
    return checked;
  };
}

/** Errors as the client gets them; what is wrong with a value names the argument that holds it. */
function inWords(errors: { error: GraphQLError; type: string }[], document: DocumentNode): RequestError[] {
  const valueOf = ({ error, type }: { error: GraphQLError; type: string }): ASTNode | undefined =>
    type === 'WrongType' ? error.nodes?.[0] : undefined;
  const places = argumentPlaces(
    document,
    errors.flatMap((each) => valueOf(each) ?? []),
  );
  return errors.map((each) => {
    const value = valueOf(each);
    const place = value && places.get(value);
    return requestError(
      each.error,
      each.type,
      place && `${place.within}: ${each.error.message}${place.field === '' ? '' : ` @ '${place.field}'`}`,
    );
  });
}

function tooDeep(limit: number): CheckedDocument {
  const error = requestError(new GraphQLError(`The query is deeper than the limit of ${limit}.`));
  return { kind: 'invalid', errors: [{ ...error, errorType: 'QueryDepthLimitReached' }] };
}

/** Notes which rule reports an error. */
function naming(rule: ValidationRule, types: WeakMap<GraphQLError, string>): ValidationRule {
  const type = errorTypes[rule.name] ?? rule.name.replace(/Rule$/, '');
  return (context) => {
    const named = Object.create(context) as typeof context;
    named.reportError = (error) => {
      types.set(error, /must have a selection of subfields/.test(error.message) ? 'SubSelectionRequired' : type);
      context.reportError(error);
    };
    return rule(named);
  };
}

export type ChosenOperation = { ok: true; operation: OperationDefinitionNode } | { ok: false; message: string };

/** The operation to run: the only one, or the one named. */
export function chooseOperation(document: DocumentNode, operationName: string | null | undefined): ChosenOperation {
  const operations = document.definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const wanted = operationName ? operations.filter(({ name }) => name?.value === operationName) : operations;
  const [operation] = wanted;
  if (!operation)
    return {
      ok: false,
      message: operationName
        ? `Unknown operation named '${operationName.slice(0, 100)}'.`
        : 'Unable to parse GraphQL query.',
    };
  return wanted.length === 1 ? { ok: true, operation } : { ok: false, message: 'Missing operation name.' };
}

/** Coercion of a request's variables, with the service's words for what does not fit. */
import { coerceInputValue, isInputType, isNonNullType, typeFromAST, valueFromAST } from 'graphql';
import type { GraphQLSchema, OperationDefinitionNode, VariableDefinitionNode } from 'graphql';
import { nodeLocation, shorten } from '../execution/errors.ts';
import type { RequestError } from '../types.ts';

/** One error is enough to refuse the request; a few help to mend it. */
const maximumErrors = 20;

export type CoercedVariables = { ok: true; values: Record<string, unknown> } | { ok: false; errors: RequestError[] };

export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Record<string, unknown>,
): CoercedVariables {
  const values: Record<string, unknown> = {};
  const errors: RequestError[] = [];
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    const report = (message: string) =>
      errors.push({ path: null, locations: nodeLocation(definition), message: shorten(message) });
    if (!isInputType(type)) continue;
    if (!Object.hasOwn(given, name)) {
      if (definition.defaultValue) values[name] = valueFromAST(definition.defaultValue, type);
      else if (isNonNullType(type)) report(missing(definition, type.toString()));
      continue;
    }
    if (given[name] === null && isNonNullType(type)) {
      report(missing(definition, type.toString()));
      continue;
    }
    values[name] = coerceInputValue(
      given[name],
      type,
      (path, _value, error) => {
        const place = path.length > 0 ? ` at '${[name, ...path].join('.')}'` : '';
        if (errors.length < maximumErrors) report(`Variable '${name}' has an invalid value${place}: ${error.message}`);
      },
      true,
    );
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, values };
}

function missing(definition: VariableDefinitionNode, type: string): string {
  return `Variable '${definition.variable.name.value}' has coerced Null value for NonNull type '${type}'`;
}

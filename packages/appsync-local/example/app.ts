/**
 * A to-do list on AppSync and DynamoDB: the smallest application that the package is tried with. `node --import tsx
 * app.ts` writes cdk.out.
 */
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnDataSource, CfnGraphQLApi, CfnGraphQLSchema, CfnResolver } from 'aws-cdk-lib/aws-appsync';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

const app = new App({ outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out', analyticsReporting: false });
const stack = new Stack(app, 'Todo');

const todos = new Table(stack, 'todos', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});

const api = new CfnGraphQLApi(stack, 'api', {
  name: 'todo',
  authenticationType: 'OPENID_CONNECT',
  openIdConnectConfig: {
    issuer: process.env['ISSUER'] ?? 'http://127.0.0.1:4000/oidc/todo/',
    clientId: process.env['CLIENT_ID'] ?? 'todo-app',
  },
});
const schema = new CfnGraphQLSchema(stack, 'schema', { apiId: api.attrApiId, definition: read('schema.graphql') });

const role = new Role(stack, 'todosRole', { assumedBy: new ServicePrincipal('appsync.amazonaws.com') });
todos.grant(role, 'dynamodb:PutItem', 'dynamodb:Scan');
const source = new CfnDataSource(stack, 'todosSource', {
  apiId: api.attrApiId,
  name: 'todos',
  type: 'AMAZON_DYNAMODB',
  dynamoDbConfig: { awsRegion: stack.region, tableName: todos.tableName },
  serviceRoleArn: role.roleArn,
});

for (const [typeName, fieldName] of [
  ['Mutation', 'addTodo'],
  ['Query', 'todos'],
] as const) {
  const resolver = new CfnResolver(stack, `${fieldName}Resolver`, {
    apiId: api.attrApiId,
    typeName,
    fieldName,
    kind: 'UNIT',
    dataSourceName: source.name,
    runtime: { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' },
    code: read(`${fieldName}.js`),
  });
  resolver.addResourceDependency(schema);
  resolver.addResourceDependency(source);
}

new CfnOutput(stack, 'GraphQLUrl', { value: api.attrGraphQlUrl });
app.synth();

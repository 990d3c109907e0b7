/** IAM's names of the actions on the services in use, for the spelling: neither synthesis nor deployment checks it. */
export const actionNames = [
  'appsync:GraphQL',
  ...[
    'BatchGetItem',
    'BatchWriteItem',
    'ConditionCheckItem',
    'DeleteItem',
    'DescribeStream',
    'GetItem',
    'GetRecords',
    'GetShardIterator',
    'ListStreams',
    'PutItem',
    'Query',
    'Scan',
    'UpdateItem',
  ].map((name) => `dynamodb:${name}`),
  'lambda:InvokeFunction',
  ...['CreateLogGroup', 'CreateLogStream', 'PutLogEvents'].map((name) => `logs:${name}`),
  ...[
    'ChangeMessageVisibility',
    'DeleteMessage',
    'GetQueueAttributes',
    'GetQueueUrl',
    'ReceiveMessage',
    'SendMessage',
  ].map((name) => `sqs:${name}`),
];
